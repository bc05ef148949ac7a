"""Addresses are told from what is none, and the same ones are found to be the same."""

import pytest
from email_validator import validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from enlist.kit import email
from enlist.kit.email import EmailAddress, normalise

ordinary_letters = st.text("aZ0_+-.@", max_size=40)
near_ordinary = st.from_regex(r"[aZ0_+.-]{1,12}@[aZ0.-]{1,30}(\.[a-zA-Z]{1,5})?", fullmatch=True)
odd_letters = st.text("aЖßİ.@-_'\"() \r\n\0é\u0301x", max_size=30)


@pytest.mark.parametrize(
    ("text", "address", "key"),
    [
        ("a@b.ru", "a@b.ru", "a@b.ru"),
        ("  Ivan.Petrov+1@Example.COM\r\n", "Ivan.Petrov+1@Example.COM", "ivan.petrov+1@example.com"),
        ("O'Neil@example.com", "O'Neil@example.com", "o'neil@example.com"),
        ("lead@email.local", "lead@email.local", "lead@email.local"),
        ("o'lead@email.local", "o'lead@email.local", "o'lead@email.local"),
        ("a@b.test", "a@b.test", "a@b.test"),
        ("ü@b.test", "ü@b.test", "ü@b.test"),
        ("a@x.invalid", "a@x.invalid", "a@x.invalid"),
        ("-@x.ru", "-@x.ru", "-@x.ru"),
        ("79001234567@x-y.ru", "79001234567@x-y.ru", "79001234567@x-y.ru"),
        ("Ivan@Пример.РФ", "Ivan@Пример.РФ", "ivan@xn--e1afmkfd.xn--p1ai"),
        ("ivan@XN--E1afmkfd.xn--p1ai", "ivan@XN--E1afmkfd.xn--p1ai", "ivan@xn--e1afmkfd.xn--p1ai"),
        ("Иван@пример.рф", "Иван@пример.рф", "иван@xn--e1afmkfd.xn--p1ai"),
        ("jose\u0301@x.es", "jose\u0301@x.es", "jos\u00e9@x.es"),
    ],
)
def test_an_address_is_kept_as_sent_and_compared_in_one_form(text: str, address: str, key: str) -> None:
    assert normalise(text) == EmailAddress(address, key)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a", "@", "a@", "@b.ru", "a@b", "a@@b.ru", "a@b@c.ru", "a b@c.ru", "a@b c.ru", ".a@b.ru", "a.@b.ru",
        "a..b@c.ru", "a@.ru", "a@b.", "a@b..ru", "a@-b.ru", "a@b-.ru", "a@ab--c.ru", "a@b.1", "a@127.0.0.1",
        "a@[127.0.0.1]", '"a b"@c.ru', '"a"@c.ru', "Ivan <a@b.ru>", "a@b.ru,c@d.ru", "a@b.ru;", "a(x)@b.ru",
        "a@b.ru\r\nBcc: c@d.ru", "a\r\n@b.ru", "a\0@b.ru", "a@b.ru\0", "a\u2028@b.ru", "a\ud800@b.ru", "a@xn--a.ru",
        "a@" + "b" * 64 + ".ru", "a@" + "b." * 126 + "ru",
    ],
)  # fmt: skip
def test_what_is_no_address_gives_nothing(text: str) -> None:
    assert normalise(text) is None


def test_an_address_has_at_most_254_bytes() -> None:
    hosts = "b." * 94 + "ru"
    assert normalise("a" * 63 + "@" + hosts) is not None
    assert normalise("a" * 64 + "@" + hosts) is None
    assert normalise("ы" * 31 + "@" + hosts) is not None
    assert normalise("ы" * 32 + "@" + hosts) is None


@given(ordinary_letters | near_ordinary)
@example("a@a.a-a.aa")
@example("a@" + "a" * 59 + ".aa")
@example("a" * 58 + "@a.aa")
def test_what_passes_as_ordinary_the_library_accepts_and_keys_alike(text: str) -> None:
    if len(text) <= email._LONGEST_ORDINARY and email._ORDINARY.fullmatch(text):
        email._library()
        assert validate_email(text, check_deliverability=False)
        assert normalise(text) == email._ask_library(text)


@given(st.text() | odd_letters | near_ordinary)
def test_no_text_raises_and_no_address_can_break_a_header(text: str) -> None:
    found = normalise(text)
    if found is not None:
        assert found.address == text.strip()
        assert found.address.isprintable()
        assert " " not in found.address
        assert len(found.address.encode()) <= 254


@given(odd_letters.filter(lambda text: "@" not in text), st.sampled_from(["пример.рф", "Example.com", "ÜBER.de"]))
def test_a_key_is_an_address_with_itself_for_a_key(local: str, host: str) -> None:
    found = normalise(f"{local}@{host}")
    if found is not None:
        again = normalise(found.key)
        assert again is not None
        assert again.key == found.key
