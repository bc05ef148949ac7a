"""Adding people: new ones become contacts, known ones get their empty fields filled."""

from collections import Counter
from collections.abc import Sequence

from enlist.domain.contacts import count_queries, queries
from enlist.domain.contacts.model import KnownContact, Person
from enlist.runtime.db import Tx


async def add_or_fill(tx: Tx, people: Sequence[tuple[int, Person]]) -> dict[tuple[int, str], KnownContact]:
    """Add ``people``, pairs of account number and person; return what is known of each by account and address key.

    A known contact keeps what is known; only empty fields are filled (api-1.0.md §2). The row stays locked
    until the end of the transaction. Each (account, address) may stand in ``people`` once, and each person has passed
    ``check``.
    """
    found = await queries.upsert(tx, people)
    if len(found) < len(people):
        untouched = [key for a, p in people if (key := (a, p.email.key)) not in found]
        found |= await queries.find_all(tx, untouched)
    if added := Counter(account_id for (account_id, _), one in found.items() if one.new):
        await count_queries.append(tx, added)
    return found
