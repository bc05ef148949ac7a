"""Email addresses: which texts are valid, and when two are the same."""

import re
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

from enlist.kit.text import comparable

if TYPE_CHECKING:
    from types import ModuleType

LONGEST: Final = 254

# Matches nearly all addresses and no doubtful one; the rest is checked by a library, which takes fifty times longer.
# Whole addresses of up to 64 characters keep every limit on parts of them, too.
_ORDINARY: Final = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,}", re.ASCII
)
_LONGEST_ORDINARY: Final = 64


class EmailAddress(msgspec.Struct, frozen=True):
    """An address: ``address`` as it was given, trimmed; ``key`` in the one form in which addresses are compared."""

    address: str
    key: str


def normalise(text: str) -> EmailAddress | None:
    """Read an address; return None for a malformed one.

    Only the syntax is looked at: host names such as ``.local`` and ``.test`` are fine (readings.md#4), and so are
    letters of any alphabet; quoted local parts, bare IP addresses and more than 254 bytes are not. Addresses are the
    same whatever the letter case, and whichever way an international host is written.
    """
    address = text.strip()
    if len(address) <= _LONGEST_ORDINARY and _ORDINARY.fullmatch(address):
        return EmailAddress(address, address.lower())
    return _ask_library(address)


def _ask_library(address: str) -> EmailAddress | None:
    if not address or not address.isprintable() or len(address.encode()) > LONGEST:
        return None
    library = _library()
    try:
        found = library.validate_email(address, check_deliverability=False)
    except library.EmailNotValidError:
        return None
    return EmailAddress(address, f"{comparable(found.local_part.lower())}@{found.ascii_domain.lower()}")


@cache
def _library() -> "ModuleType":
    """Import the library late, as few calls need it, and make it accept reserved names such as ``.local``.

    Its list of those is a variable of the module, and no argument takes its place; nobody else here uses it.
    """
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES = []
    return email_validator
