"""What an account is, and the rules about its properties that need no database."""

import re
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from enlist.domain.accounts.errors import BadAccount
from enlist.kit.email import normalise
from enlist.kit.text import fits
from enlist.runtime.texts import languages

Network = IPv4Network | IPv6Network

# A login is a host label (readings.md#1), so what DNS allows, plus the underscore that old logins have.
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
LONGEST_KEY = 255
_SITE = re.compile(r"[\w.-]{1,100}")
# A header carries it, so it is visible ASCII; otherwise it is opaque (profiles-api.md §1.1).
_TOKEN = re.compile(r"[!-~]+")
LONGEST_TOKEN = 255
_CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_MANAGER = 255


class Account(msgspec.Struct, frozen=True):
    """An owner of data: the login, what signs calls, and how people are spoken to.

    ``confirms_always``: a group that wants people asked for confirmation has them asked always, not only when a call
    demands it.
    """

    id: int
    login: str
    api_key: str
    confirms_always: bool
    time_zone: str
    locale: str
    networks: tuple[Network, ...]
    disabled_at: datetime | None
    created_at: datetime
    currency: str = "USD"

    @property
    def disabled(self) -> bool:
        """Whether calls of this account are refused."""
        return self.disabled_at is not None


class Owner(msgspec.Struct, frozen=True):
    """Of an account only what emails, pages and reactions need: no secrets."""

    id: int
    login: str
    locale: str
    confirms_always: bool = True
    currency: str = "USD"


class Site(msgspec.Struct, frozen=True):
    """A site of an account, reached by its token; ``time_zone`` is whose days its statistics are told in."""

    account_id: int
    id: int
    name: str
    time_zone: str


class Manager(msgspec.Struct, frozen=True):
    """Somebody who works for an account and looks after contacts and orders; ``email`` may be empty."""

    account_id: int
    id: int
    name: str
    email: str


class NewAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What is said when an account is made.

    Without an ``api_key`` one is made up; without a ``currency`` (ISO 4217 code) it is the one of the ``locale``.
    """

    login: str
    api_key: str | None = None
    confirms_always: bool = True
    time_zone: str = "UTC"
    locale: str = "en"
    networks: tuple[Network, ...] = ()
    currency: str | None = None

    @property
    def own_currency(self) -> str:
        """The currency that the account gets: in English editions dollars, in Russian ones roubles (api-1.0.md §15)."""
        return self.currency or ("RUB" if self.locale == "ru" else "USD")


def check(new: NewAccount) -> None:
    """Refuse with BadAccount what no account can have."""
    if not _LOGIN.fullmatch(new.login):
        raise BadAccount(field="login", reason="must be 1 to 63 letters, digits, hyphens or underscores")
    check_key(new.api_key)
    check_time_zone(new.time_zone)
    check_locale(new.locale)
    if new.currency is not None:
        check_currency(new.currency)


def check_locale(locale: str) -> None:
    """Refuse with BadAccount a language that has no catalogue."""
    if locale not in languages():
        raise BadAccount(field="language", reason=f"must be one of {', '.join(languages())}, not {locale}")


def check_currency(currency: str) -> None:
    """Refuse with BadAccount what is no code of a currency."""
    if not _CURRENCY.fullmatch(currency):
        raise BadAccount(field="currency", reason=f"must be a code such as EUR, not {currency}")


def check_manager(name: str, email: str) -> None:
    """Refuse with BadAccount a manager who cannot be kept; ``email`` may be empty."""
    if not name.strip() or not fits(name, LONGEST_MANAGER):
        raise BadAccount(field="manager", reason=f"must have a name of 1 to {LONGEST_MANAGER} characters")
    if email and normalise(email) is None:
        raise BadAccount(field="manager", reason=f"must have an email address such as anna@example.com, not {email}")


def check_time_zone(name: str, *, known: bool = True) -> None:
    """Refuse with BadAccount a name of no time zone, or one that is not ``known`` elsewhere."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    # Folders of the same zones under other rules, which few others have.
    if not known or name.startswith(("posix/", "right/")):
        raise BadAccount(field="time zone", reason=f"must be a name such as Europe/Moscow, not {name}")


def check_key(api_key: str | None) -> None:
    """Refuse with BadAccount a key that cannot be kept; any other non-empty text is taken as it is (readings.md#19)."""
    if api_key is None:
        return
    if not api_key or not fits(api_key, LONGEST_KEY):
        raise BadAccount(field="API key", reason=f"must have 1 to {LONGEST_KEY} characters")


def check_domain(domain: str) -> str:
    """Return ``domain`` in the form in which hosts are compared. Refuses with BadAccount."""
    plain = domain.strip().lower().rstrip(".")
    if not _DOMAIN.fullmatch(plain):
        raise BadAccount(field="domain", reason=f"must be a host name such as shop.example.com, not {domain}")
    return plain


def check_site_name(name: str) -> None:
    """Refuse with BadAccount a name that no site can have."""
    if not _SITE.fullmatch(name):
        raise BadAccount(field="site", reason="must be 1 to 100 letters, digits, dots, hyphens or underscores")


def check_token(token: str) -> str:
    """Return a token that a site can have. Refuses with BadAccount."""
    if len(token) > LONGEST_TOKEN or not _TOKEN.fullmatch(token):
        raise BadAccount(field="token", reason=f"must have 1 to {LONGEST_TOKEN} visible ASCII characters")
    return token
