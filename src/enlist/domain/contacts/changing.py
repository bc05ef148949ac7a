"""Changing contacts and their cards, each change with a line of history."""

from collections.abc import Sequence

from enlist.domain import accounts
from enlist.domain.contacts import card_queries, queries
from enlist.domain.contacts.cards import CardChanges, Difference, apply, check_changes
from enlist.domain.contacts.errors import ContactNotFound
from enlist.domain.contacts.model import LONGEST, Contact, Person, check
from enlist.kit.email import EmailAddress
from enlist.kit.text import fits
from enlist.runtime.db import Tx

# A contact's account and number, last name, middle name.
Names = tuple[int, int, str, str]


async def write_card(tx: Tx, account_id: int, contact_id: int, changes: CardChanges) -> None:
    """Change a contact and their card, and note in the history, field by field, what differs (api-2.0.md §2).

    Refuses with ContactNotFound (field ``contact``), BadContact or
    accounts.ManagerNotFound.
    """
    _check(changes)
    contact = await queries.lock(tx, account_id, contact_id)
    if contact is None:
        raise ContactNotFound(contact=contact_id)
    await change(tx, contact, changes)


async def update(tx: Tx, account_id: int, person: Person) -> int:
    """Overwrite what ``person`` says, keep what is left empty, add tags (api-1.0.md §3); return the contact's number.

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


async def add_tags(tx: Tx, account_id: int, email: EmailAddress, tags: Sequence[str]) -> None:
    """Add tags to a contact; tags that are there already are no matter. Refuses with ContactNotFound or BadContact."""
    await _change_by_email(tx, account_id, email, CardChanges(add_tags=tuple(tags)))


async def remove_tags(tx: Tx, account_id: int, email: EmailAddress, tags: Sequence[str]) -> None:
    """Take tags from a contact; tags that are not there are no matter. Refuses with ContactNotFound."""
    await _change_by_email(tx, account_id, email, CardChanges(remove_tags=tuple(tags)))


async def change(tx: Tx, contact: Contact, changes: CardChanges) -> None:
    """Change a ``contact`` whose row is locked; the ``changes`` have passed ``check_changes``.

    Refuses with accounts.ManagerNotFound.
    """
    if isinstance(changes.manager_id, int):
        manager = await accounts.find_manager(tx, contact.account_id, changes.manager_id)
        if manager is None:
            raise accounts.ManagerNotFound(manager=changes.manager_id)
    known = await card_queries.card(tx, contact.account_id, contact.id)
    written, described, differences = apply(changes, contact, known)
    if written != contact:
        await queries.write(tx, written)
    if described != known:
        await card_queries.write(tx, contact.account_id, contact.id, described)
    await note(tx, contact.account_id, contact.id, differences)


async def note(tx: Tx, account_id: int, contact_id: int, differences: Sequence[Difference]) -> None:
    """Note in a contact's history what changed: triples of field, before and after."""
    if differences:
        await card_queries.insert_changes(tx, account_id, contact_id, differences)


async def fill_names(tx: Tx, rows: Sequence[Names]) -> None:
    """Fill empty last and middle names of cards for (account, contact, last name, middle name).

    A contact may stand there several times: what is said first counts. What is too long for a card is left out, and
    nothing is asked of the database if nothing is said. The contacts' rows are locked already.
    """
    said: dict[tuple[int, int], tuple[str, str]] = {}
    for account_id, contact_id, *names in rows:
        last, middle = (name if fits(name, LONGEST["name"]) else "" for name in names)
        if last or middle:
            before = said.get((account_id, contact_id), ("", ""))
            said[account_id, contact_id] = before[0] or last, before[1] or middle
    if said:
        await card_queries.fill_names(tx, [(*key, *names) for key, names in said.items()])


async def _change_by_email(tx: Tx, account_id: int, email: EmailAddress, changes: CardChanges) -> None:
    _check(changes)
    contact = await queries.lock_by_email(tx, account_id, email.key)
    if contact is None:
        raise ContactNotFound(email=email.address)
    await change(tx, contact, changes)


def _check(changes: CardChanges) -> None:
    if refusal := check_changes(changes):
        raise refusal
