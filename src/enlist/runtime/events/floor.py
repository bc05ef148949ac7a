"""The id up to which all events are finished with, so that nobody has to look for them again."""

from time import monotonic
from typing import Final

from enlist.runtime.db import Tx
from enlist.runtime.events import queries

_LOOK_THROUGH_EVERY: Final = 600.0


class Floor:
    """Spares a dispatcher the remains of events that were delivered.

    Deleted rows stay in the index as long as any transaction that began before, such as a backup, goes on, and each
    look into the queue would pass them all. Ids are given out before commits, so a low one may appear late: an id is
    finished with once all transactions that ran when it was the last one have ended and nothing waits below it. Now
    and then the whole queue is looked through all the same, for an id that was given to a transaction which had not
    even a number yet.
    """

    def __init__(self) -> None:
        self.id = 0
        self._mark: tuple[int, int] | None = None
        self._look_through_at = monotonic() + _LOOK_THROUGH_EVERY

    async def rise(self, tx: Tx) -> None:
        """Move up as far as is safe. ``tx`` is a connection without a transaction: each statement sees the present."""
        if monotonic() >= self._look_through_at:
            self._look_through_at = monotonic() + _LOOK_THROUGH_EVERY
            self.id, self._mark = 0, None
            return
        last = await queries.last_id(tx)  # to be read before the number of the next transaction
        oldest, following = await queries.running_transactions(tx)
        if self._mark is None:
            self._mark = last, following
        elif oldest >= self._mark[1]:
            waiting = await queries.first_waiting(tx, self.id)
            self.id = max(self.id, self._mark[0] if waiting is None else min(self._mark[0], waiting - 1))
            self._mark = last, following
