"""Changing what is known of a contact."""

from enlist.domain.contacts import queries
from enlist.domain.contacts.errors import ContactNotFound
from enlist.domain.contacts.model import MOST_TAGS, Person, check
from enlist.runtime.db import Tx


async def update(tx: Tx, account_id: int, person: Person) -> int:
    """Overwrite what ``person`` says, keep what he leaves empty, add his tags (api-1.0.md §3); return his number.

    Refuses with ContactNotFound or BadContact.
    """
    if refusal := check(person):
        raise refusal
    contact_id = await queries.write(tx, account_id, person, MOST_TAGS)
    if contact_id is None:
        raise ContactNotFound(email=person.email.address)
    return contact_id


async def mark_confirmed(tx: Tx, account_id: int, contact_id: int) -> None:
    """Note that the contact has followed a link in a letter; the first time counts."""
    await queries.set_confirmed(tx, account_id, contact_id)
