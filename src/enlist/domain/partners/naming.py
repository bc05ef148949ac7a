"""What may name a partner in links, fields and cookies: the login, in whichever letter case, or the number."""

import re
from collections.abc import Mapping
from typing import Final

from enlist.domain.partners.model import Member

_NUMBER: Final = re.compile(r"0*([1-9][0-9]{0,17})")
_LOGIN: Final = re.compile(r"[\w.@-]{1,100}", re.ASCII)


def login_key(login: str) -> str:
    """Return the key of a login; empty if the text cannot be one."""
    return login.lower() if _LOGIN.fullmatch(login) else ""


def number_key(number: int) -> str:
    """Return the key of a partner's number."""
    return f"#{number}"


def number_key_in(text: str) -> str:
    """Return the key of a partner's number that is written out; empty if the text is no number."""
    number = _NUMBER.fullmatch(text)
    return f"#{number[1]}" if number else ""


def keys_named(text: str) -> list[str]:
    """Return the keys that a login, or a number as text, may stand for, the likelier first."""
    return [key for key in (login_key(text), number_key_in(text)) if key]


def find_named(members: Mapping[str, Member], text: str) -> Member | None:
    """Find the member whom ``text`` names by login, or by number."""
    return next((members[key] for key in keys_named(text) if key in members), None)
