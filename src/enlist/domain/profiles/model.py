"""What profiles and subscriptions are, and what of them can be kept; no database is needed for that."""

import re
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from enlist.domain.accounts import Site
from enlist.domain.profiles.errors import BadMark
from enlist.kit import text
from enlist.runtime.geo import NOWHERE, Place

Channel = Literal["email", "sms", "push"]

# The samples' longest refid has 48 characters, and room for 255 is demanded (just/product.md §7).
LONGEST_MARK: Final = 512
LONGEST_URL: Final = 2048
LONGEST_KEY: Final = 512
LONGEST_TEXT: Final = 255

_ID: Final = re.compile(r"[0-9a-f]{32}")
_SECONDS_OF_A_DAY: Final = 86_400
_LARGEST: Final = 2**63


class NewProfile(msgspec.Struct, frozen=True):
    """What is said of a visitor when their profile is made; all of it may be missing (profiles-api.md §2)."""

    site: Site
    ip: str = ""
    name: str = ""
    gender: str = ""
    birth_date: int | None = None
    place: Place = NOWHERE


class Marks(msgspec.Struct, frozen=True):
    """Where a subscription came from: None where no mark was sent; an empty text takes a mark away."""

    reg_url: str | None = None
    refid: str | None = None
    refidm: str | None = None
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None

    def over(self, older: "Marks") -> "Marks":
        """Return these marks, and those of ``older`` that are not named here."""
        return Marks(*(new if new is not None else old for new, old in zip(texts(self), texts(older), strict=True)))


class Identity(NamedTuple):
    """What there is one subscription of."""

    account_id: int
    site_id: int
    channel: str
    key: str
    profile_id: str


class Subscription(msgspec.Struct, frozen=True):
    """The wish that a profile be reached at an address: ``address`` as given, ``key`` as addresses are compared."""

    site: Site
    profile_id: str
    channel: Channel
    address: str
    key: str
    marks: Marks = Marks()

    @property
    def identity(self) -> Identity:
        """What there is one subscription of."""
        return Identity(self.site.account_id, self.site.id, self.channel, self.key, self.profile_id)


class LockedSubscription(NamedTuple):
    """What has to be known of a subscription that exists."""

    identity: Identity
    address: str
    active: bool
    created_at: datetime
    refid: str


def is_profile_id(text: str) -> bool:
    """Tell whether ``text`` has the form of a profile id: 32 lower-case hexadecimal digits."""
    return _ID.fullmatch(text) is not None


def make_profile_id(now: datetime) -> str:
    """Make up a profile id: a UUID of version 7, of which later ones sort after earlier ones (readings.md#14)."""
    random = secrets.randbits(74)
    number = int(now.timestamp() * 1000) << 80 | 0x7 << 76 | random >> 62 << 64 | 0x2 << 62 | random & (1 << 62) - 1
    return UUID(int=number).hex


def birth_day(birth_date: int | None, time_zone: str) -> date | None:
    """Tell the day of birth that Unix seconds mean; None if no calendar has it.

    Midnight of UTC means that day; any other second lies in a day of the site's own clocks, as its scripts reckon.
    """
    if birth_date is None:
        return None
    try:
        zone = UTC if birth_date % _SECONDS_OF_A_DAY == 0 else ZoneInfo(time_zone)
        return datetime.fromtimestamp(birth_date, zone).date()
    except (ValueError, OverflowError, OSError):
        return None


def kept_birth_date(birth_date: int | None) -> int | None:
    """Return Unix seconds that a database can keep, else None."""
    return birth_date if birth_date is not None and -_LARGEST <= birth_date < _LARGEST else None


def cut(said: str) -> str:
    """Take of ``said`` what can be kept; nothing said of a profile is an error (profiles-api.md §2)."""
    return text.cut(said, LONGEST_TEXT)


def check(wish: Subscription) -> BadMark | None:
    """Tell why a subscription cannot be kept, whatever the database holds; None if it can."""
    if not wish.key or not wish.address:
        return BadMark(field="address", reason="is empty")
    return _first_fault([("address", wish.address, LONGEST_URL), ("address", wish.key, LONGEST_KEY)]) or check_marks(
        wish.marks
    )


def check_marks(marks: Marks) -> BadMark | None:
    """Tell why marks cannot be kept; None if they can."""
    return _first_fault(
        (field, said, LONGEST_URL if field == "reg_url" else LONGEST_MARK)
        for field, said in zip(marks.__struct_fields__, texts(marks), strict=True)
        if said
    )


def texts(marks: Marks) -> tuple[str | None, ...]:
    """Return the marks in the order of their fields."""
    return msgspec.structs.astuple(marks)


def merge(wishes: Iterable[Subscription]) -> dict[Identity, Subscription]:
    """Put together the wishes for the same subscription: what comes later is said over what came earlier."""
    merged: dict[Identity, Subscription] = {}
    for wish in wishes:
        earlier = merged.get(wish.identity)
        if earlier is not None:
            wish = msgspec.structs.replace(wish, marks=wish.marks.over(earlier.marks))
        merged[wish.identity] = wish
    return merged


def _first_fault(limited: Iterable[tuple[str, str, int]]) -> BadMark | None:
    for field, said, longest in limited:
        if reason := text.fault(said, longest):
            return BadMark(field=field, reason=reason)
    return None


class DaySpan(NamedTuple):
    """A span of time as the site's clocks part it: whole days [first, behind), between the instants begins and ends.

    Without any whole day ``first`` and ``behind`` are the same, and so are ``begins`` and ``ends``.
    """

    time_zone: str
    first: date
    begins: datetime
    behind: date
    ends: datetime
