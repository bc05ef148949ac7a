"""Writing events down, in the transaction that made them so."""

from collections.abc import Iterable
from typing import Final

from enlist.runtime import signals
from enlist.runtime.db import Tx
from enlist.runtime.events import queries
from enlist.runtime.events.model import Event, kind_of

PUBLISHED: Final = "events"  # the signal at which dispatchers look into the queue


async def publish(tx: Tx, events: Iterable[Event]) -> None:
    """Write ``events`` in this transaction; reactions get them after its commit, and never if it rolls back.

    Kinds that nobody listens to are not written, as far as the database was told who listens (``Database(hears=...)``).
    """
    rows = [(event.owner_id, kind, event) for event in events if tx.is_heard(kind := kind_of(type(event)))]
    if rows:
        await queries.insert(tx, rows)
        signals.wake(tx, PUBLISHED)
