"""Remembering people: new ones are added, known ones get their empty fields filled."""

from collections.abc import Sequence

from enlist.domain.contacts import queries
from enlist.domain.contacts.model import MOST_TAGS, Person, Remembered
from enlist.runtime.db import Tx


async def remember(tx: Tx, people: Sequence[tuple[int, Person]]) -> dict[tuple[int, str], Remembered]:
    """Remember ``people``, pairs of account number and person; return what is known of each by account and address key.

    A known contact keeps what is known of him; only empty fields are filled (api-1.0.md §2). His row stays locked
    until the end of the transaction. Each (account, address) may stand in ``people`` once, and each person has passed
    ``check``.
    """
    found = await queries.upsert(tx, people, MOST_TAGS)
    if len(found) < len(people):
        untouched = [key for a, p in people if (key := (a, p.email.key)) not in found]
        found |= await queries.find_all(tx, untouched)
    return found


async def create_without_email(tx: Tx, account_id: int) -> int:
    """Make a contact who has no e-mail address, nor anything else yet; return his number (api-2.0.md §2)."""
    return await queries.insert_without_email(tx, account_id)
