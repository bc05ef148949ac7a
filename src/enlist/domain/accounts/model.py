"""What an account is, and the rules about its properties that need no database."""

import re
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from enlist.domain.accounts.errors import BadAccount

Plan = Literal["standard", "guru"]
Locale = Literal["en", "ru"]
Network = IPv4Network | IPv6Network

# A login is a host label (decision 1), so what DNS allows, plus the underscore that old logins have.
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
LONGEST_KEY = 255


class Account(msgspec.Struct, frozen=True):
    """An owner of data: his login, what signs his calls, and how his people are spoken to."""

    id: int
    login: str
    api_key: str
    plan: Plan
    time_zone: str
    locale: Locale
    networks: tuple[Network, ...]
    disabled_at: datetime | None
    created_at: datetime

    @property
    def disabled(self) -> bool:
        """Whether calls of this account are refused."""
        return self.disabled_at is not None

    @property
    def confirms_always(self) -> bool:
        """Whether groups that want confirmation get it without being asked in the call (all plans but guru)."""
        return self.plan != "guru"


class Owner(msgspec.Struct, frozen=True):
    """Of an account only what his letters and pages need: nothing secret."""

    id: int
    login: str
    locale: Locale


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What is said when an account is made; ``api_key`` empty: one is made up."""

    login: str
    api_key: str | None = None
    plan: Plan = "standard"
    time_zone: str = "UTC"
    locale: Locale = "en"
    networks: tuple[Network, ...] = ()


def check(new: NewAccount) -> None:
    """Refuse with BadAccount what no account can have."""
    if not _LOGIN.fullmatch(new.login):
        raise BadAccount(field="login", reason="must be 1 to 63 letters, digits, hyphens or underscores")
    check_key(new.api_key)
    try:
        ZoneInfo(new.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadAccount(field="time zone", reason=f"{new.time_zone} is no time zone, such as Europe/Moscow") from None


def check_key(api_key: str | None) -> None:
    """Refuse with BadAccount a key that cannot be kept; any other non-empty text is taken as it is (decision 19)."""
    if api_key is None:
        return
    if not api_key or len(api_key) > LONGEST_KEY or "\0" in api_key:
        raise BadAccount(field="API key", reason=f"must have 1 to {LONGEST_KEY} characters")


def check_domain(domain: str) -> str:
    """Return ``domain`` in the form in which hosts are compared. Refuses with BadAccount."""
    plain = domain.strip().lower().rstrip(".")
    if not _DOMAIN.fullmatch(plain):
        raise BadAccount(field="domain", reason=f"{domain} is no host name, such as shop.example.com")
    return plain
