"""What actions and segments are: plain data, and the questions about it that need no database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

import msgspec

from enlist.domain import profiles
from enlist.domain.accounts import Site
from enlist.domain.segments.errors import BadSegment
from enlist.domain.segments.rule import Rule
from enlist.kit.text import can_be_kept, fits

LONGEST_LABEL: Final = 255
LONGEST_TAG: Final = 255
LONGEST_ARTICLE: Final = 2048
MOST_TAGS: Final = 100
LONGEST_NAME: Final = 255
LARGEST_NUMBER: Final = 2**31 - 1


class SiteKey(NamedTuple):
    """A site by its key: the account, and its own id."""

    account_id: int
    id: int


class Action(msgspec.Struct, frozen=True):
    """Something a profile did: interests (``tags``), the kind of event (``label``), what it was about (``article``)."""

    site: Site
    profile_id: str
    tags: tuple[str, ...] = ()
    label: str = ""
    article: str = ""


class Refused(msgspec.Struct, frozen=True):
    """An action, or something sent as one, that was not kept: the reason and what was sent."""

    site: SiteKey
    reason: str
    sent: Mapping[str, str]


class Diagnostic(msgspec.Struct, frozen=True):
    """One line of a site's diagnostics; ``times`` actions that came together had this reason, one of them is shown."""

    noted_at: datetime
    reason: str
    times: int
    sent: Mapping[str, str]


class Segment(msgspec.Struct, frozen=True):
    """A segment of a site and how far its membership is computed.

    ``state`` is computing until everybody has been sorted by the present rule; ``members`` and ``computed_at`` speak of
    the latest complete computation and what followed it; ``error`` says why the latest attempt failed, if it did.
    """

    site_id: int
    id: int
    name: str
    rule: Rule
    state: Literal["computing", "ready"]
    members: int
    computed_at: datetime | None
    took: timedelta | None
    error: str
    created_at: datetime


class Member(msgspec.Struct, frozen=True):
    """A profile in a segment, and since when it has been there."""

    profile_id: str
    since: datetime


class ChangedProfiles(msgspec.Struct, frozen=True):
    """Profiles to be sorted anew: for all segments or one, for actions with a label or for themselves."""

    profile_ids: list[UUID]
    label: str | None
    segment_id: int | None
    noted_at: datetime


class SegmentDefinition(msgspec.Struct, frozen=True):
    """A segment as the workers need it; ``current`` tells whether its membership follows the present rule."""

    site: SiteKey
    id: int
    version: int
    current: bool
    rule: Rule
    followed_until: datetime | None


class Move(msgspec.Struct, frozen=True):
    """A profile that entered or left a segment."""

    profile_id: str
    segment_id: int
    entered: bool


class Partition(msgspec.Struct, frozen=True):
    """A partition of the table of actions: its name, and the span of time that it is for (without its end)."""

    name: str
    start: datetime
    end: datetime


def key_of(site: Site) -> SiteKey:
    """Return the key of a site."""
    return SiteKey(site.account_id, site.id)


def fault(action: Action) -> str | None:
    """Tell why an action cannot be kept, whatever the database holds; None if it can."""
    if not action.profile_id:
        return "no profile_id"
    if not profiles.is_profile_id(action.profile_id):
        return "profile_id is not 32 lower-case hexadecimal digits"
    if not action.label:
        return "no label"
    if len(action.label) > LONGEST_LABEL:
        return f"label is longer than {LONGEST_LABEL} characters"
    if len(action.article) > LONGEST_ARTICLE:
        return f"article is longer than {LONGEST_ARTICLE} characters"
    if len(action.tags) > MOST_TAGS:
        return f"more than {MOST_TAGS} tags"
    if any(len(tag) > LONGEST_TAG for tag in action.tags):
        return f"a tag is longer than {LONGEST_TAG} characters"
    if not can_be_kept(action.label + action.article + "".join(action.tags)):
        return "holds a character that cannot be kept"
    return None


def check_name(name: str) -> str:
    """Return the name of a segment without blanks around it. Refuses with BadSegment."""
    plain = name.strip()
    if not plain or not fits(plain, LONGEST_NAME):
        raise BadSegment(field="name", reason=f"must have 1 to {LONGEST_NAME} characters")
    return plain
