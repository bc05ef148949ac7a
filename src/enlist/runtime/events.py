"""Events: what happened, written in the transaction that made it so, and handed to reactions at least once."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

import msgspec

from enlist.runtime import metrics
from enlist.runtime.db import Database, DatabaseAway, Tx, records

_log = logging.getLogger(__name__)

Reaction = Callable[[Tx, Sequence[Any]], Awaitable[None]]

LARGEST_DELIVERY = 500
MEASURE_EVERY = 5.0  # seconds
MOST_COUNTED = 100_000
ATTEMPTS = 12


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened to an owner's data; subclasses are named in the past tense and carry a ``tag``."""

    owner_id: int


def kind_of(event: type[Event]) -> str:
    """Tell the stable name under which events of this class are stored, such as ``groups.contact_enrolled``."""
    kind = event.__struct_config__.tag
    assert isinstance(kind, str), f"{event.__name__} needs a tag"
    return kind


async def publish(tx: Tx, events: Iterable[Event]) -> None:
    """Write ``events`` in this transaction; reactions get them after its commit, and never if it rolls back."""
    rows = [(event.owner_id, kind_of(type(event)), event) for event in events]
    if rows:
        await tx.write(
            "INSERT INTO facts (owner_id, kind, body)"
            " SELECT * FROM json_to_recordset($1::json) AS f (owner_id bigint, kind text, body jsonb)",
            records(("owner_id", "kind", "body"), rows),
        )


class Dispatcher:
    """Hands events to the reactions that listen to them.

    A event and what its reactions wrote leave in one transaction, so that effects in the database happen exactly once;
    effects elsewhere at least once. A reaction that fails is tried again with growing pauses, alone, without harm to
    the other reactions; after ``ATTEMPTS`` tries the delivery is kept in ``fact_retries`` for the operator to see.
    Events reach a reaction in the order of their writing, except those that are tried again.
    """

    def __init__(self, database: Database, reactions: Mapping[type[Event], Sequence[Reaction]]) -> None:
        """Prepare to serve ``reactions``, the table of who listens to which class of events."""
        self._database = database
        self._measure_at = 0.0
        self._kinds = {kind_of(event): event for event in reactions}
        self._reactions: dict[str, tuple[Reaction, frozenset[str]]] = {}
        for event, listeners in reactions.items():
            for listener in listeners:
                name = f"{listener.__module__}.{listener.__qualname__}"
                kinds = self._reactions.get(name, (listener, frozenset()))[1]
                self._reactions[name] = (listener, kinds | {kind_of(event)})

    async def step(self) -> int:
        """Deliver some events and try some again; return how many there were."""
        worked = await self.deliver_some() + await self.retry_some()
        await self._measure()
        return worked

    async def _measure(self) -> None:
        """Tell how many events wait, now and then; a long queue is not counted to its end."""
        if monotonic() < self._measure_at:
            return
        self._measure_at = monotonic() + MEASURE_EVERY
        async with self._database.reading() as tx:
            row = await tx.fetch_row(
                "SELECT (SELECT count(*) FROM (SELECT FROM facts LIMIT $1) AS f) AS waiting,"
                " (SELECT count(*) FROM (SELECT FROM fact_retries LIMIT $1) AS r) AS retried",
                MOST_COUNTED,
            )
        assert row is not None
        metrics.waiting.labels("events").set(row["waiting"])
        metrics.waiting.labels("events to be tried again").set(row["retried"])

    async def deliver_some(self) -> int:
        """Deliver the oldest events, at most ``LARGEST_DELIVERY``; return how many left the queue."""
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                "DELETE FROM facts WHERE id = ANY(ARRAY("
                " SELECT id FROM facts ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))"
                " RETURNING id, owner_id, kind, body",
                LARGEST_DELIVERY,
            )
            rows.sort(key=lambda row: row["id"])
            for name, (reaction, kinds) in self._reactions.items():
                if wanted := [row for row in rows if row["kind"] in kinds]:
                    await self._deliver(tx, name, reaction, wanted)
        return len(rows)

    async def retry_some(self) -> int:
        """Try again the deliveries that are due; return how many were tried."""
        async with self._database.transaction() as tx:
            rows = await tx.fetch(
                "SELECT id, owner_id, reaction, kind, body, attempts FROM fact_retries"
                " WHERE due_at <= $1 ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED",
                tx.now,
            )
            for row in rows:
                await self._retry(tx, row)
        return len(rows)

    async def _deliver(self, tx: Tx, name: str, reaction: Reaction, rows: Sequence[Any]) -> None:
        try:
            async with tx.savepoint():
                await reaction(tx, [self._decode(row) for row in rows])
        except DatabaseAway:
            raise
        except Exception as reason:
            if len(rows) > 1:
                for row in rows:
                    await self._deliver(tx, name, reaction, [row])
                return
            await self._keep_for_later(tx, name, rows[0], reason)
        else:
            metrics.events_delivered.labels(name).inc(len(rows))

    async def _keep_for_later(self, tx: Tx, name: str, row: Any, reason: Exception) -> None:
        _log.warning("reaction %s failed on event %s", name, row["id"], exc_info=reason)
        metrics.events_failed.labels(name).inc()
        await tx.execute(
            "INSERT INTO fact_retries (owner_id, reaction, kind, body, attempts, due_at, error)"
            " VALUES ($1, $2, $3, $4, 1, $5, $6)",
            row["owner_id"],
            name,
            row["kind"],
            row["body"],
            tx.now + _pause_after(1),
            _say(reason),
        )

    async def _retry(self, tx: Tx, row: Any) -> None:
        name, attempts = row["reaction"], row["attempts"] + 1
        try:
            if name not in self._reactions:
                raise LookupError(f"no reaction is called {name}")
            async with tx.savepoint():
                await self._reactions[name][0](tx, [self._decode(row)])
        except DatabaseAway:
            raise
        except Exception as reason:
            metrics.events_failed.labels(name).inc()
            due_at = tx.now + _pause_after(attempts) if attempts < ATTEMPTS else None
            await tx.execute(
                "UPDATE fact_retries SET attempts = $2, due_at = $3, error = $4 WHERE id = $1",
                row["id"],
                attempts,
                due_at,
                _say(reason),
            )
        else:
            metrics.events_delivered.labels(name).inc()
            await tx.execute("DELETE FROM fact_retries WHERE id = $1", row["id"])

    def _decode(self, row: Any) -> Event:
        return msgspec.json.decode(row["body"], type=self._kinds[row["kind"]])


def _pause_after(attempts: int) -> timedelta:
    return min(timedelta(seconds=2**attempts), timedelta(hours=1))


def _say(reason: Exception) -> str:
    return f"{type(reason).__name__}: {reason}"[:1000]
