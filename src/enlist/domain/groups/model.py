"""What groups and memberships are, and the whole rule of enrolling, which needs no database."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from enlist.domain import attribution, contacts
from enlist.domain.accounts import Account, Owner
from enlist.domain.groups.errors import (
    AddressUndeliverable,
    AlreadyMember,
    BadEnrolment,
    GroupForbidden,
    GroupNotFound,
)
from enlist.kit.errors import Refusal
from enlist.kit.text import can_be_kept, cut, fault

State = Literal["waiting", "active", "left", "removed", "undeliverable"]

ASK_AGAIN_AFTER: Final = timedelta(hours=1)
LONGEST_MARK: Final = 1024
LONGEST_URL: Final = 2048
MOST_GROUPS: Final = 100


class Group(msgspec.Struct, frozen=True):
    """A group: ``name`` is what clients call it, ``title`` what people read; auto groups fill themselves."""

    account_id: int
    id: int
    name: str
    title: str
    kind: Literal["ordinary", "auto"]
    confirmation: bool
    created_at: datetime

    @property
    def fills_itself(self) -> bool:
        """Whether nobody joins or leaves it by themselves."""
        return self.kind == "auto"


class Origin(msgspec.Struct, frozen=True):
    """Where a membership comes from: all that was said when it was asked for, kept with it."""

    tag: str = ""
    city: str = ""
    done_url: str = ""
    ip: str = ""
    marks: Mapping[str, str] | None = None


class Enrolment(msgspec.Struct, frozen=True):
    """The wish that a person be in some groups; ``confirm`` demands a letter whatever the groups want.

    ``touches`` are clicks that came with it, besides the marks of its origin, which are a click of this moment.
    """

    account: Account | Owner
    person: contacts.Person
    groups: tuple[str, ...]
    confirm: bool = False
    origin: Origin = Origin()
    touches: tuple[attribution.Touch, ...] = ()

    @property
    def key(self) -> tuple[int, str]:
        """What tells people apart: the account and the address as it is compared."""
        return self.account.id, self.person.email.key


class Enrolled(msgspec.Struct, frozen=True):
    """The outcome for one enrolment: ``waiting`` when a confirmation is still to come, else all is active."""

    contact_id: int
    waiting: bool


class Membership(msgspec.Struct, frozen=True):
    """One person's place in one group, as its reader sees it."""

    group_name: str
    group_title: str
    state: State
    subscribed_at: datetime


class KnownMembership(msgspec.Struct, frozen=True):
    """What enrolling needs to know of a membership that exists."""

    state: State
    was_active: bool
    asked_at: datetime | None


class Join(msgspec.Struct, frozen=True):
    """A membership to be written: ``ask`` when a letter is to be queued for it, ``moves`` when its state is new."""

    account_id: int
    contact_id: int
    group_id: int
    state: Literal["waiting", "active"]
    ask: bool
    moves: bool
    origin: Origin


class Links(msgspec.Struct, frozen=True):
    """Makes the addresses that stand in letters, from (account, contact, groups); the plan supplies it."""

    confirm: Callable[[int, int, Sequence[int]], str]
    leave: Callable[[int, int, Sequence[int]], str]


def check(enrolment: Enrolment) -> Refusal | None:
    """Tell why an enrolment cannot be kept, whatever the database holds; None if it can."""
    if refusal := contacts.check(enrolment.person):
        return refusal
    if not enrolment.groups:
        return GroupNotFound(group="")
    if len(enrolment.groups) > MOST_GROUPS:
        return BadEnrolment(field="groups", reason=f"are more than {MOST_GROUPS}")
    for name in enrolment.groups:
        if not can_be_kept(name):
            return GroupNotFound(group=cut(name, LONGEST_MARK))
    origin = enrolment.origin
    for field, text in (("address after confirming", origin.done_url), ("tag", origin.tag), ("city", origin.city),
                        ("ip", origin.ip)):  # fmt: skip
        if text and (reason := fault(text, LONGEST_URL)):
            return BadEnrolment(field=field, reason=reason)
    for name, value in (origin.marks or {}).items():
        if reason := fault(name, LONGEST_MARK) or fault(value, LONGEST_MARK):
            return BadEnrolment(field=cut(name, LONGEST_MARK), reason=reason)
    return None


def pick_groups(account_id: int, names: Sequence[str], known: Mapping[tuple[int, str], Group]) -> list[Group] | Refusal:
    """Return the groups that a call names, or why it fails as a whole (readings.md#8: before anything is changed)."""
    picked: dict[int, Group] = {}
    for name in names:
        group = known.get((account_id, name))
        if group is None:
            return GroupNotFound(group=name)
        picked[group.id] = group
    for group in picked.values():
        if group.fills_itself:
            return GroupForbidden(group=group.name)
    return list(picked.values())


def decide(
    enrolment: Enrolment,
    groups: Sequence[Group],
    contact: contacts.KnownContact,
    held: Mapping[int, KnownMembership],
    now: datetime,
) -> tuple[Enrolled | Refusal, list[Join]]:
    """Decide about one enrolment: its outcome, and the memberships to write (readings.md#6).

    ``held`` are the contact's memberships by group number.
    """
    joins: list[Join] = []
    waiting = False
    for group in groups:
        place = held.get(group.id)
        if place is not None and place.state in ("undeliverable", "removed"):
            return AddressUndeliverable(email=enrolment.person.email.address, group=group.name), []
        join = _join(enrolment, group, contact, place, now)
        if join is not None:
            joins.append(join)
            waiting |= join.state == "waiting"
    if not joins:
        return AlreadyMember(email=enrolment.person.email.address), []
    return Enrolled(contact.id, waiting), joins


def _join(
    enrolment: Enrolment, group: Group, contact: contacts.KnownContact, place: KnownMembership | None, now: datetime
) -> Join | None:
    if place is not None and place.state == "active":
        return None
    returns = place is not None and place.state == "left" and place.was_active
    waits = not returns and needs_letter(enrolment, group, contact)
    return Join(
        account_id=enrolment.account.id,
        contact_id=contact.id,
        group_id=group.id,
        state="waiting" if waits else "active",
        ask=waits and _may_ask(place, now),
        moves=not waits or place is None or place.state != "waiting",
        origin=enrolment.origin,
    )


def needs_letter(enrolment: Enrolment, group: Group, contact: contacts.KnownContact) -> bool:
    """Tell whether somebody who joins has to say yes in a letter first (readings.md#6)."""
    if contact.confirmed:
        return False
    return enrolment.confirm or (enrolment.account.confirms_always and group.confirmation)


def _may_ask(place: KnownMembership | None, now: datetime) -> bool:
    return place is None or place.asked_at is None or now - place.asked_at >= ASK_AGAIN_AFTER
