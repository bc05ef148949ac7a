"""Counting the contacts of an account at a cost that does not grow with it.

See docs/decisions/0014-counts-are-appended-and-folded.md.
"""

from datetime import timedelta
from typing import Final

from enlist.domain.contacts import count_queries as queries
from enlist.runtime.db import Tx

LONGEST_COUNT: Final = timedelta(minutes=30)


async def count(tx: Tx, account_id: int) -> int:
    """Count all contacts of the account, in whichever state; exact at every moment."""
    kept = await queries.kept(tx, account_id)
    return kept if kept is not None else await queries.count_plainly(tx, account_id)


async def fold_counts(tx: Tx) -> int:
    """Add up appended changes; return how many there were. Whoever folds has made sure to be alone."""
    account_ids = await queries.changed_accounts(tx)
    return await queries.fold(tx, account_ids) if account_ids else 0


async def uncounted(tx: Tx) -> list[int]:
    """List accounts whose number of contacts is unknown, some hundred at most."""
    return await queries.uncounted_accounts(tx)


async def recount(tx: Tx, account_id: int) -> int:
    """Count the contacts of an account anew; return by how many the count was wrong, 0 also if it was unknown.

    Whoever counts has made sure that nobody folds meanwhile; everybody else goes on.
    """
    return await queries.recount(tx.timeout(LONGEST_COUNT), account_id)
