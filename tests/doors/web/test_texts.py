"""What the pages say: the same in both languages, nothing missing, nothing left over."""

import re
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.web import languages, texts

DOORS = Path(texts.__file__).parents[1]
KEYS = sorted(texts.TEXTS["en"])


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts() -> None:
    assert set(texts.TEXTS) == set(texts.LOCALES) == {"en", "ru"}
    assert sorted(texts.TEXTS["ru"]) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    assert names_in(texts.TEXTS["en"][key]) == names_in(texts.TEXTS["ru"][key])
    assert texts.TEXTS["en"][key] != texts.TEXTS["ru"][key]


def test_no_text_is_left_over_and_none_is_missing() -> None:
    sources = [path.read_text() for path in (*DOORS.glob("**/*.py"), *DOORS.glob("**/*.html"))]
    asked = {found for source in sources for found in re.findall(r'"([a-z_]+(?:\.[a-z_]+)?)"', source)}
    assert set(KEYS) <= asked
    kinds = {key.partition(".")[0] for key in KEYS}
    files = {path.name for path in DOORS.glob("**/*.*")}
    assert {key for key in asked if "." in key and key.partition(".")[0] in kinds} - files <= set(KEYS)


@given(st.sampled_from(KEYS), st.sampled_from(texts.LOCALES), st.text())
def test_whatever_is_filled_in_stays_as_it_is(key: str, locale: str, value: str) -> None:
    said = texts.say(locale, key, **dict.fromkeys(names_in(texts.TEXTS[locale][key]), value))
    assert said.count(value) >= len(names_in(texts.TEXTS[locale][key]))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en;q=0.5,ru;q=0.4", "en"),
        ("en;q=0.4,RU;q=0.5", "ru"),
        ("de,fr", "en"),
        ("de,ru;q=0.1", "ru"),
        ("ru;q=0", "en"),
        ("ru;q=nan,en;q=inf", "en"),
        ("ru;q=x", "en"),
        (";;,,=", "en"),
        ("de," * 50 + "ru", "en"),
    ],
)
def test_the_browsers_language(accepted: str, language: str) -> None:
    assert languages.choose(accepted) == language


@given(st.text())
def test_whatever_the_browser_says_there_is_a_language(accepted: str) -> None:
    assert languages.choose(accepted) in texts.LOCALES
