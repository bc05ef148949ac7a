"""Addresses that were encoded twice are read as they were meant, and nothing dangerous gets in that way."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.justclick.redirects import wanted_address
from enlist.kit.redirects import safe_redirect

BASE = "https://shop.example.com"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http%3A%2F%2Fya.ru%2F%3Fa%3Db%26c", "http://ya.ru/?a=b&c"),
        ("HTTPS%3a//ya.ru/", "HTTPS://ya.ru/"),
        (" %2Fthanks ", "/thanks"),
        ("%2F%2Fya.ru", "//ya.ru"),
        ("http%3A%2F%2Fya.ru%2F%25D1%258F", "http://ya.ru/%D1%8F"),  # once more, not as often as it takes
        ("http://ya.ru/?u=http%3A%2F%2Fx.ru", "http://ya.ru/?u=http%3A%2F%2Fx.ru"),
        (" thanks.php ", "thanks.php"),
        ("", ""),
    ],
)
def test_what_was_encoded_twice_is_decoded_once_more(text: str, address: str) -> None:
    assert wanted_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "http%3A%2F%2Fya.ru%5C@evil.ru",
        "http%3A%2F%2Fya.ru%2F%0D%0ASet-Cookie",
        "http%3A%2F%2Fya.ru%00",
        "%2F%5Cevil.ru",
    ],
)
def test_what_decoding_lays_open_is_no_address(text: str) -> None:
    assert safe_redirect(wanted_address(text), BASE) is None


def test_what_is_too_long_stays_too_long() -> None:
    long = "http%3A%2F%2Fya.ru%2F" + "%41" * 1000
    assert wanted_address(long) == long


@given(st.text(), st.integers(0, 3))
def test_what_comes_out_of_something_encoded_can_be_kept(text: str, times: int) -> None:
    sent = "http://" + text.encode("utf-8", "replace").decode()
    for _ in range(times):
        sent = quote(sent, safe="")
    address = wanted_address(sent)
    assert len(address) <= len(sent)
    if times:
        assert "\0" not in address
