"""Telling the affiliate programme who came into groups with marks or after clicks."""

from collections.abc import Sequence

from enlist.domain import attribution, contacts
from enlist.domain.groups.model import Enrolment
from enlist.runtime.db import Tx

# Somebody who came, or came back, by an enrolment that says where from.
Arrival = tuple[Enrolment, contacts.KnownContact]


async def credit(tx: Tx, arrivals: Sequence[Arrival]) -> None:
    """Have it decided who brought these people. Call last: it takes the partner locks (docs/locks.md)."""
    keys = [(enrolment.account.id, contact.id) for enrolment, contact in arrivals if not contact.new]
    known = await contacts.get(tx, keys) if keys else {}
    leads: list[attribution.Lead] = []
    for enrolment, contact in arrivals:
        person = known.get((enrolment.account.id, contact.id))
        leads.append(
            attribution.Lead(
                account_id=enrolment.account.id,
                contact_id=contact.id,
                touches=_touches(tx, enrolment),
                known_since=person.created_at if person else None,
            )
        )
    await attribution.credit_leads(tx, leads)


def _touches(tx: Tx, enrolment: Enrolment) -> tuple[attribution.Touch, ...]:
    if not enrolment.origin.marks:
        return enrolment.touches
    return (*enrolment.touches, attribution.Touch(tx.now, enrolment.origin.marks, "request"))
