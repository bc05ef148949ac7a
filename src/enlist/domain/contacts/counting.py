"""Counting contacts."""

from enlist.domain.contacts import queries
from enlist.runtime.db import Tx


async def count(tx: Tx, account_id: int) -> int:
    """Count all contacts of the account, in whichever state."""
    return await queries.count(tx, account_id)
