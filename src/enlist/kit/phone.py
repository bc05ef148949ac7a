"""Telephone numbers: which texts are accepted, and when two are the same."""

import re
from typing import Final

import msgspec

FEWEST, MOST = 5, 15

_LONGEST: Final = 64
_DECORATION: Final = re.compile(r"[\s()\[\]-]+")
_DIGITS: Final = re.compile(rf"[0-9]{{{FEWEST},{MOST}}}")


class PhoneNumber(msgspec.Struct, frozen=True):
    """A number: ``number`` as it was given, ``key`` its digits alone, by which numbers are compared."""

    number: str
    key: str


def normalise(text: str) -> PhoneNumber | None:
    """Read a number; return None for what is none.

    Five to fifteen digits after a plus at the front, blanks, dashes and brackets are dropped, and no numbering plan is
    asked: the documents' own sample is eleven zeros (profiles-api.md §4).
    """
    number = text.strip()
    if len(number) > _LONGEST:
        return None
    digits = _DECORATION.sub("", number)
    digits = digits.removeprefix("+")
    return PhoneNumber(number, digits) if _DIGITS.fullmatch(digits) else None
