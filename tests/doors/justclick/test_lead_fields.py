"""The fields that forms and the JustClick API have in common."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain.accounts import Account
from enlist.domain.groups import Enrolment, Origin
from enlist.doors.justclick import lead_fields
from enlist.doors.justclick.fields import EmailMalformed, EmailMissing
from enlist.doors.justclick.values import truth
from enlist.kit.php_form import Form, split

ACCOUNT = Account(1, "demo", "key", True, "UTC", "en", (), None, datetime(2026, 1, 1, tzinfo=UTC))


def read(query: str, ip: str = "") -> Enrolment:
    return lead_fields.enrolment(Form(split(query.encode(), max_fields=1000)), ACCOUNT, ip)


def test_every_field_finds_its_place() -> None:
    wish = read(
        "rid[0]=super&rid[1]=blog&lead_name=Anna&lead_email=Anna@Example.com&lead_phone=%2B7+999&lead_city=Riga"
        "&tag=top&doneurl=/ok&doneurl2=/thanks&activation=true&utm[utm_medium]=affiliate&utm[utm_source]=bob"
        "&utm[aff_term]=x&aff=12&ad=7",
        ip="192.0.2.1",
    )
    assert wish.account is ACCOUNT
    assert (wish.person.email.address, wish.person.email.key) == ("Anna@Example.com", "anna@example.com")
    assert (wish.person.name, wish.person.phone, wish.person.city) == ("Anna", "+7 999", "Riga")
    assert wish.person.tags == ("top",)
    assert wish.groups == ("super", "blog")
    assert wish.confirm
    assert wish.origin == Origin(
        tag="top",
        city="Riga",
        done_url="/thanks",
        ip="192.0.2.1",
        marks={"utm_medium": "affiliate", "utm_source": "bob", "aff_term": "x", "aff": "12", "ad": "7"},
    )


def test_an_address_alone_says_nothing_else() -> None:
    wish = read("lead_email=a@b.cd")
    assert wish.groups == ()
    assert wish.person.tags == ()
    assert not wish.confirm
    assert wish.origin == Origin()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("lead_name=Anna&lead_middle_name=Maria&lead_last_name=Smith", "Anna Maria Smith"),
        ("lead_last_name=Smith&lead_name=Anna", "Anna Smith"),
        ("lead_name=&lead_middle_name=+&lead_last_name=Smith", "Smith"),
        ("lead_name=+Anna+", "Anna"),
        ("lead_name=", ""),
    ],
)
def test_the_name_is_first_middle_last(query: str, name: str) -> None:
    assert read(f"lead_email=a@b.cd&{query}").person.name == name


@pytest.mark.parametrize("query", ["", "lead_email=", "lead_email=++", "email=a@b.cd", "lead_email[0]=a@b.cd"])
def test_no_address_is_missing(query: str) -> None:
    with pytest.raises(EmailMissing):
        read(query)


@pytest.mark.parametrize("address", ["anna", "anna@", "@b.cd", "anna@b", "a b@c.de", "a@b@c.de", "a" * 300 + "@b.cd"])
def test_a_malformed_address_is_told_from_a_missing_one(address: str) -> None:
    with pytest.raises(EmailMalformed):
        read(f"lead_email={address.replace(' ', '+')}")


@pytest.mark.parametrize(
    ("query", "groups"),
    [
        ("rid[0]=a&rid[1]=b", ("a", "b")),
        ("rid[]=a&rid[]=b", ("a", "b")),
        ("rid=a", ("a",)),
        ("rid[0]=a&rid[1]=a", ("a",)),
        ("rid[0]=+a+&rid[1]=&rid[2]=+", ("a",)),
        ("rid%5B0%5D=a", ("a",)),
    ],
)
def test_groups_are_named_once_and_empty_ones_are_none(query: str, groups: tuple[str, ...]) -> None:
    assert read(f"lead_email=a@b.cd&{query}").groups == groups


def test_empty_and_unknown_marks_are_left_out() -> None:
    query = "lead_email=a@b.cd&utm[utm_source]=&utm[utm_term]=+&utm[gclid]=1&utm_source=bare&utm[a][b]=c&aff=&ad=+"
    assert read(query).origin.marks is None


@pytest.mark.parametrize("word", ["1", "true", "TRUE", "on", "yes", "True", " 1 ", "2", "whatever"])
def test_a_yes(word: str) -> None:
    assert truth(word)


@pytest.mark.parametrize("word", ["0", "false", "FALSE", "off", "no", "", " ", "No"])
def test_a_no(word: str) -> None:
    assert not truth(word)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["lead_email", "lead_name", "lead_last_name", "rid[0]", "rid[]", "utm[utm_source]", "tag"])
            | st.text(max_size=20),
            st.text(max_size=40) | st.just("a@b.cd"),
        ),
        max_size=12,
    )
)
def test_whatever_comes_is_an_enrolment_or_says_what_is_wrong_with_the_address(pairs: list[tuple[str, str]]) -> None:
    try:
        wish = lead_fields.enrolment(Form(pairs), ACCOUNT, "")
    except (EmailMissing, EmailMalformed):
        return
    assert wish.person.email.key
    assert all(wish.groups)
    assert wish.origin.marks is None or all(wish.origin.marks.values())
