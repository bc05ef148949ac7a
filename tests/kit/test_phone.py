"""A telephone number is five to fifteen digits, however they are decorated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit import phone


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("00000000000", "00000000000"),
        ("99988800066", "99988800066"),
        ("+7 (999) 888-00-66", "79998880066"),
        ("  +7[999]8880066 ", "79998880066"),
        ("(+7)9998880066", "79998880066"),
        ("12345", "12345"),
        ("123456789012345", "123456789012345"),
    ],
)
def test_the_digits_are_what_is_compared(text: str, key: str) -> None:
    assert phone.normalise(text) == phone.PhoneNumber(text.strip(), key)


@pytest.mark.parametrize(
    "text", ["", "+", "1234", "1234567890123456", "7+9998880066", "++79998880066", "8800CALLME", "٧٩٩٩٨٨٨٠٠٦٦", "7,999,888", "1" * 99]
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert phone.normalise(text) is None


@given(st.text(max_size=80))
def test_the_key_of_a_key_is_itself(text: str) -> None:
    found = phone.normalise(text)
    if found is not None:
        again = phone.normalise(found.key)
        assert again is not None
        assert again.key == found.key
        assert found.key.isascii()
        assert found.key.isdecimal()
