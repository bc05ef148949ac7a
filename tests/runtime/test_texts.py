"""Messages in their languages: those that have a catalogue, and one that somebody made up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit import po
from enlist.runtime import texts
from enlist.runtime.templates import Templates
from tests.support.languages import pseudo_language


def test_english_and_russian_are_shipped() -> None:
    assert texts.languages() == ("en", "ru")


def test_russian_says_everything() -> None:
    english, russian = ((texts.FOLDER / name / "LC_MESSAGES" / "enlist.po").read_text() for name in ("en", "ru"))
    said = po.parse(russian).messages
    assert len(said) > 250
    assert len(said) == russian.count("\nmsgid ") - 1 == english.count("\nmsgid ") - 1  # one is the header


def test_what_no_catalogue_says_is_said_in_english() -> None:
    assert texts.say("ru", "Nobody translated %(this)s.", this="это") == "Nobody translated это."
    assert texts.say("xx", "Sign in") == "Sign in"
    assert texts.say_plural("xx", "%(n)s thing", "%(n)s things", 1) == "1 thing"
    assert texts.say_plural("xx", "%(n)s thing", "%(n)s things", 0) == "0 things"


@given(st.text())
def test_whatever_is_filled_in_stays_as_it_is(value: str) -> None:
    assert texts.say("ru", "“%(title)s”", title=value) == f"«{value}»"


def test_another_language_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pseudo_language(tmp_path, monkeypatch, "qq")
    assert texts.languages() == ("en", "qq", "ru")
    assert texts.say("qq", "Sign in") == "[Sign in]"
    assert texts.say_in("qq", "time zone", "Moscow time") == "[Moscow time]"
    assert texts.say("ru", "Sign in") == "Войти"


def test_files_that_name_no_language_are_no_catalogues(tmp_path: Path) -> None:
    for name in ("de", "Deutsch", "..."):
        (tmp_path / name / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / name / "LC_MESSAGES" / "enlist.po").write_text('msgid "Yes"\nmsgstr "Ja"\n')
    assert texts.Catalogues(tmp_path).languages == ("en", "de")
    assert texts.Catalogues(tmp_path / "nowhere").languages == ("en",)


def test_templates_speak_the_language_of_the_page_and_quote_what_is_filled_in(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('{{ _("Signed in as %(login)s", login=login) }} {{ _("Email") }}')
    (tmp_path / "page.txt").write_text(
        '{% trans %}Sign in{% endtrans %} {{ ngettext("%(n)s x", "%(n)s xs", 3, n=3) }} {{ pgettext("month in a date", "May") }}'
    )
    pages = Templates(tmp_path)
    assert pages.render("page.html", locale="ru", login="<b>") == "Вы вошли как &lt;b&gt; Эл. почта"
    assert pages.render("page.html", locale="en", login="<b>") == "Signed in as &lt;b&gt; Email"
    assert pages.render("page.txt", locale="ru") == "Войти 3 xs мая"
