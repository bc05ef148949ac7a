"""Enrolling people in groups: the rule of AddLeadToGroup and of every form, for a whole batch in one transaction."""

from collections.abc import Iterator, Sequence

from enlist.domain import contacts
from enlist.domain.groups import confirming, crediting, queries
from enlist.domain.groups.cache import KnownGroups
from enlist.domain.groups.crediting import Arrival
from enlist.domain.groups.events import ContactEnrolled
from enlist.domain.groups.model import Enrolled, Enrolment, Group, Join, check, decide, pick_groups
from enlist.domain.groups.tallying import Tally, tally_joins
from enlist.kit.errors import Refusal
from enlist.runtime import events
from enlist.runtime.db import Tx

Outcome = Enrolled | Refusal
# An enrolment that passed the first checks: its place in the batch, itself, the groups that it names.
Ready = tuple[int, Enrolment, list[Group]]


async def enrol(tx: Tx, enrolments: Sequence[Enrolment], *, known: KnownGroups | None = None) -> list[Outcome]:
    """Put people into groups; return one outcome per enrolment, in order.

    An outcome is Enrolled, or a refusal: GroupNotFound, GroupForbidden, AlreadyMember, AddressUndeliverable,
    BadContact, BadEnrolment. A refused enrolment changes nothing in memberships. Sources: api-1.0.md §2, readings.md#6
    and #8. ``known`` spares a busy caller a look at the groups each time.
    """
    outcomes: list[Outcome | None] = [check(enrolment) for enrolment in enrolments]
    fit = [enrolment for enrolment, refusal in zip(enrolments, outcomes, strict=True) if refusal is None]
    named = await (known or KnownGroups()).find(tx, _names(fit)) if fit else {}
    ready: list[Ready] = []
    for place, enrolment in enumerate(enrolments):
        if outcomes[place] is None:
            groups = pick_groups(enrolment.account.id, enrolment.groups, named)
            if isinstance(groups, Refusal):
                outcomes[place] = groups
            else:
                ready.append((place, enrolment, groups))
    arrivals: list[Arrival] = []
    for round_ in _rounds(ready):
        for (place, _, _), outcome in zip(round_, await _enrol_round(tx, round_, arrivals), strict=True):
            outcomes[place] = outcome
    if arrivals:
        await crediting.credit(tx, arrivals)
    return [outcome for outcome in outcomes if outcome is not None]


def _names(enrolments: Sequence[Enrolment]) -> set[tuple[int, str]]:
    return {(enrolment.account.id, name) for enrolment in enrolments for name in enrolment.groups}


def _rounds(ready: list[Ready]) -> Iterator[list[Ready]]:
    """Split the enrolments so that nobody is twice in one round: the second sees what became of the first."""
    while ready:
        seen: set[tuple[int, str]] = set()
        now: list[Ready] = []
        later: list[Ready] = []
        for entry in ready:
            key = entry[1].key
            (later if key in seen else now).append(entry)
            seen.add(key)
        yield now
        ready = later


async def _enrol_round(tx: Tx, round_: Sequence[Ready], arrivals: list[Arrival]) -> list[Outcome]:
    people = await contacts.add_or_fill(tx, [(enrolment.account.id, enrolment.person) for _, enrolment, _ in round_])
    met_before = [(key[0], contact.id) for key, contact in people.items() if not contact.new]
    held = await queries.held_by(tx, met_before) if met_before else {}
    outcomes: list[Outcome] = []
    joins: list[Join] = []
    asked: list[tuple[Enrolment, int, list[int]]] = []
    tally: Tally = {}
    for _, enrolment, groups in round_:
        contact = people[enrolment.key]
        places = held.get((enrolment.account.id, contact.id), {})
        outcome, joined = decide(enrolment, groups, contact, places, tx.now)
        outcomes.append(outcome)
        joins += joined
        tally_joins(tally, places, joined)
        if (enrolment.origin.marks or enrolment.touches) and any(join.moves for join in joined):
            arrivals.append((enrolment, contact))
        if ask := [join.group_id for join in joined if join.ask]:
            asked.append((enrolment, contact.id, ask))
    if joins:
        await queries.join_or_revive(tx, joins, tally)
        await events.publish(tx, [_announced(join) for join in joins if join.moves])
    if asked:
        await confirming.ask(tx, asked)
    return outcomes


def _announced(join: Join) -> ContactEnrolled:
    return ContactEnrolled(
        owner_id=join.account_id, contact_id=join.contact_id, group_id=join.group_id, state=join.state
    )
