"""Changing what is known of a contact."""

from enlist.domain.contacts import queries
from enlist.domain.contacts.cards import CardChanges
from enlist.domain.contacts.describing import change
from enlist.domain.contacts.errors import ContactNotFound
from enlist.domain.contacts.model import Person, check
from enlist.runtime.db import Tx


async def update(tx: Tx, account_id: int, person: Person) -> int:
    """Overwrite what ``person`` says, keep what he leaves empty, add his tags (api-1.0.md §3); return his number.

    Refuses with ContactNotFound or BadContact.
    """
    if refusal := check(person):
        raise refusal
    contact = await queries.lock_by_email(tx, account_id, person.email.key)
    if contact is None:
        raise ContactNotFound(email=person.email.address)
    said = {field: text for field in ("name", "phone", "city") if (text := getattr(person, field))}
    await change(tx, contact, CardChanges(**said, add_tags=person.tags))
    return contact.id


async def mark_confirmed(tx: Tx, account_id: int, contact_id: int) -> None:
    """Note that the contact has followed a link in a letter; the first time counts."""
    await queries.set_confirmed(tx, account_id, contact_id)
