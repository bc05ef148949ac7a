"""E-mail addresses: what is one, and when two are the same."""

import re
from typing import Final
from unicodedata import normalize

import msgspec

LONGEST: Final = 254

# The addresses that nearly everybody has, and nothing doubtful: the rest is asked of a library, which costs more.
_ORDINARY: Final = re.compile(
    r"[A-Za-z0-9_+-]{1,64}(?:\.[A-Za-z0-9_+-]{1,64}){0,8}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,60}(?<!-)\.){1,8}[A-Za-z]{2,63}",
    re.ASCII,
)


class EmailAddress(msgspec.Struct, frozen=True):
    """An address: ``address`` as it was given, ``key`` in the one form in which addresses are compared."""

    address: str
    key: str


def normalise(text: str) -> EmailAddress | None:
    """Read an address; return nothing for a malformed one.

    Only the syntax is looked at: host names such as ``.local`` and ``.test`` are fine (decision 4), letters of any
    alphabet too. Addresses are the same whatever the letter case, and whichever way an international host is written.
    """
    address = text.strip()
    if len(address) <= LONGEST and _ORDINARY.fullmatch(address) and address.index("@") <= 64:
        return EmailAddress(address, address.lower())
    return _ask_library(address)


def _ask_library(address: str) -> EmailAddress | None:
    if not address or len(address.encode("utf-8", "replace")) > LONGEST or not address.isprintable():
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return None
    if "." not in found.ascii_domain:
        return None
    return EmailAddress(address, f"{normalize('NFC', found.local_part).lower()}@{found.ascii_domain.lower()}")
