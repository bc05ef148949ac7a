"""Which language somebody is spoken to, of whom nothing is known but their browser."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.web import languages
from enlist.runtime import texts


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
    assert languages.choose(accepted) in texts.languages()
