"""Forgetting letters that ended long ago."""

from datetime import timedelta
from typing import Final

from enlist.domain.delivery import queries
from enlist.runtime.db import Tx

PORTION: Final = 5000


async def prune(tx: Tx, older_than: timedelta) -> int:
    """Delete letters that ended longer ago than ``older_than``, at most ``PORTION`` of them; return how many.

    Call it again, each time in a transaction of its own, until it returns 0.
    """
    return await queries.delete_ended(tx, tx.now - older_than, PORTION)
