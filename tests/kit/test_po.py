"""Catalogues are read as gettext means them; what could break a page is left out."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit import po

HEADER = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 &&"\n" (n%100<12 || n%100>14) ? 1 : 2);\\n"\n\n'


def test_messages_are_found_by_context_and_text() -> None:
    found = po.parse(
        HEADER
        + '# a note\nmsgid "May"\nmsgstr "Может"\n\nmsgctxt "month"\nmsgid "May"\nmsgstr "май"\n'
        + 'msgid ""\n"two "\n"lines\\n\\"quoted\\" \\\\ \\t"\nmsgstr "одна"\n'
    )
    assert found.messages == {
        ("", "May"): ("Может",),
        ("month", "May"): ("май",),
        ("", 'two lines\n"quoted" \\ \t'): ("одна",),
    }


def test_plurals_follow_the_rule_of_the_language() -> None:
    found = po.parse(
        HEADER
        + 'msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s день"\nmsgstr[1] "%(n)s дня"\nmsgstr[2] "%(n)s дней"\n'
    )
    forms = found.messages["", "%(n)s day"]
    said = [forms[found.plural(n)] % {"n": n} for n in (1, 2, 5, 11, 21, 22, 112)]
    assert said == ["1 день", "2 дня", "5 дней", "11 дней", "21 день", "22 дня", "112 дней"]


@pytest.mark.parametrize(
    "entry",
    [
        'msgid "a"\nmsgstr ""\n',
        '#, fuzzy\nmsgid "a"\nmsgstr "b"\n',
        '#, fuzzy, python-format\nmsgid "a"\nmsgstr "b"\n',
        '#~ msgid "a"\n#~ msgstr "b"\n',
        'msgid "%(name)s"\nmsgstr "%(other)s"\n',
        'msgid "%(name)s"\nmsgstr "%s"\n',
        'msgid "%(name)s"\nmsgstr "%(name)d"\n',
        'msgid "a"\nmsgstr "100 %"\n',
        'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"\n',
    ],
)
def test_what_is_not_fit_to_be_said_is_left_out(entry: str) -> None:
    assert po.parse(HEADER + entry).messages == {}
    fine = 'msgid "fine"\nmsgstr "gut"\n'
    assert po.parse(f"{HEADER}{entry}\n{fine}").messages == {("", "fine"): ("gut",)}
    assert po.parse(f"{HEADER}{fine}\n{entry}").messages == {("", "fine"): ("gut",)}


@pytest.mark.parametrize(
    "text", ["what", 'msgid "a', "msgid a", '"lost"', 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=x;"']
)
def test_what_is_no_catalogue_is_refused(text: str) -> None:
    with pytest.raises(po.MalformedCatalogue):
        po.parse(text)


@given(st.text())
def test_any_text_is_a_catalogue_or_none(text: str) -> None:
    with contextlib.suppress(po.MalformedCatalogue):
        po.parse(text)


@given(st.text(st.characters(exclude_characters="%", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_what_is_written_is_read_again(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    assert po.parse(f'msgid "{quoted}"\nmsgstr "{quoted}"\n').messages == {("", text): (text,)}
