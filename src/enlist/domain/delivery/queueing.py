"""Putting letters into the queue, in the transaction that gives the reason for them."""

from collections.abc import Sequence
from typing import Final

from enlist.domain.delivery import queries
from enlist.domain.delivery.model import Letter
from enlist.runtime import signals
from enlist.runtime.db import Tx

QUEUED: Final = "letters"  # the signal at which workers look into the queue


async def queue(tx: Tx, letters: Sequence[Letter]) -> None:
    """Queue ``letters``, due at once, and wake the workers soon after this transaction has committed.

    Neither recipients nor data may hold NUL characters (PostgreSQL's text cannot).
    """
    if letters:
        await queries.insert(tx, letters)
        signals.wake(tx, QUEUED)
