"""Telling the affiliate programme who came into groups with marks or after clicks."""

from collections.abc import Sequence

from enlist.domain import contacts, partners
from enlist.domain.groups.model import Enrolment
from enlist.runtime.db import Tx

# Somebody who came, or came back, by an enrolment that says where from.
Arrival = tuple[Enrolment, contacts.Remembered]


async def credit(tx: Tx, arrivals: Sequence[Arrival]) -> None:
    """Have it decided who brought these people; to be called behind everything else that locks rows."""
    keys = [(enrolment.account.id, contact.id) for enrolment, contact in arrivals if not contact.new]
    known = await contacts.get(tx, keys) if keys else {}
    leads: list[partners.Lead] = []
    for enrolment, contact in arrivals:
        person = known.get((enrolment.account.id, contact.id))
        leads.append(
            partners.Lead(
                account_id=enrolment.account.id,
                contact_id=contact.id,
                touches=_touches(tx, enrolment),
                known_since=person.created_at if person else None,
            )
        )
    await partners.credit_leads(tx, leads)


def _touches(tx: Tx, enrolment: Enrolment) -> tuple[partners.Touch, ...]:
    if not enrolment.origin.marks:
        return enrolment.touches
    return (*enrolment.touches, partners.Touch(tx.now, enrolment.origin.marks, "request"))
