"""The addresses of the two channels that this protocol subscribes: which field holds them, how they are read."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from enlist.doors.just import codes
from enlist.doors.just.codes import Reply
from enlist.kit import email, phone


class Address(NamedTuple):
    """An address as it was given, and in the one form in which addresses are compared."""

    given: str
    key: str


class Kind(NamedTuple):
    """What a channel's addresses are like: the ``field`` they come in, how they are read, what is said of bad ones."""

    field: str
    read: Callable[[str], Address | None]
    malformed: Reply


def _email(text: str) -> Address | None:
    found = email.normalise(text)
    return Address(found.address, found.key) if found else None


def _number(text: str) -> Address | None:
    found = phone.normalise(text)
    return Address(found.number, found.key) if found else None


KINDS: Final[Mapping[str, Kind]] = {
    "email": Kind("email", _email, codes.NOT_EMAIL),
    "sms": Kind("number", _number, codes.NOT_NUMBER),
}
