"""Delivering events to the reactions that listen to them."""

import logging
import random
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic
from typing import Any, Final

import msgspec

from enlist.runtime import metrics
from enlist.runtime.db import Database, DatabaseAway, Tx
from enlist.runtime.events import queries
from enlist.runtime.events.floor import Floor
from enlist.runtime.events.model import Event, Reaction, kind_of
from enlist.runtime.events.retrying import ATTEMPTS, pause_after, say
from enlist.runtime.loops import Loop

_log = logging.getLogger(__name__)

_MOST: Final = 500  # events that are taken from one bucket at a time
_BUCKETS_AT_ONCE: Final = 4  # so that several workers share the work
_RETRIES_AT_ONCE: Final = 20
_LOOK_EVERY: Final = 5.0  # seconds between two looks at how much waits
_MOST_COUNTED: Final = 100_000
_TO_ALL: Final = ""  # in place of a reaction: any that handles this kind of event


class Dispatcher:
    """Delivers events to reactions; any number of these may run.

    An event leaves the queue in the transaction that holds what its reactions wrote, so effects in the database happen
    exactly once, and effects elsewhere at least once. The events of one owner reach a reaction in the order of their
    writing, however many dispatchers there are: owners are spread over buckets, and a bucket is worked on by one
    dispatcher at a time. A reaction that fails on an event is tried again with growing pauses, alone, without harm to
    other reactions and later events; after ``ATTEMPTS`` tries the delivery is kept for the operator. Kinds of events
    that this process does not know are set aside for one that does.
    """

    def __init__(self, database: Database, reactions: Sequence[Reaction]) -> None:
        """Prepare to serve ``reactions``."""
        self._database = database
        self._reactions = {reaction.name: reaction for reaction in reactions}
        self._kinds = {kind_of(event): event for reaction in reactions for event in reaction.events}
        self._listeners: dict[str, list[Reaction]] = {}
        for reaction in reactions:
            for event in reaction.events:
                self._listeners.setdefault(kind_of(event), []).append(reaction)
        self._known = [(reaction.name, kind_of(event)) for reaction in reactions for event in reaction.events]
        self._known += [(_TO_ALL, kind) for kind in self._kinds]
        self._floor = Floor()
        self._look_at = 0.0

    def loop(self, rest: timedelta = timedelta(seconds=0.5)) -> Loop:
        """Make the loop that delivers."""
        return Loop("events", self.step, rest=rest)

    async def step(self) -> int:
        """Deliver some events and try some again; return how many there were."""
        async with self._database.reading() as tx:
            full = await queries.buckets_with_events(tx, self._floor.id)
            due = await queries.is_any_due(tx, self._known)
            if monotonic() >= self._look_at:
                self._look_at = monotonic() + _LOOK_EVERY
                await self._floor.rise(tx)
                await self._measure(tx)
        worked = await self._deliver_from(full) if full else 0
        return worked + (await self.retry_some() if due else 0)

    async def deliver_some(self) -> int:
        """Deliver the oldest events of some buckets; return how many left the queue."""
        async with self._database.reading() as tx:
            full = await queries.buckets_with_events(tx, self._floor.id)
        return await self._deliver_from(full) if full else 0

    async def _deliver_from(self, full: Sequence[int]) -> int:
        async with self._database.transaction() as tx:
            # At random, so that workers do not all reach for the same ones.
            chosen = random.sample(full, min(len(full), _BUCKETS_AT_ONCE))
            buckets = await queries.lock_buckets(tx, chosen)
            rows = await queries.take(tx, buckets, self._floor.id, _MOST) if buckets else []
            await self._hand_out(tx, rows)
        return len(rows)

    async def retry_some(self) -> int:
        """Try again the deliveries that are due; return how many were tried."""
        async with self._database.transaction() as tx:
            rows = await queries.lock_due(tx, self._known, _RETRIES_AT_ONCE)
            for row in rows:
                if row["reaction"] == _TO_ALL:
                    await self._hand_out(tx, [dict(row) | {"id": row["event_id"]}])
                    await queries.delete_retry(tx, row)
                else:
                    await self._retry(tx, row)
        return len(rows)

    async def _hand_out(self, tx: Tx, rows: Sequence[Any]) -> None:
        for reaction in self._reactions.values():
            if wanted := [row for row in rows if reaction in self._listeners.get(row["kind"], ())]:
                await self._deliver(tx, reaction, wanted)
        if strange := [row for row in rows if row["kind"] not in self._kinds]:
            kinds = sorted({row["kind"] for row in strange})
            _log.info("%s events of kinds unknown here are set aside: %s", len(strange), ", ".join(kinds))
            await queries.set_aside(tx, _TO_ALL, strange, 0, tx.now, "no process knew this kind of event")

    async def _deliver(self, tx: Tx, reaction: Reaction, rows: Sequence[Any]) -> None:
        try:
            async with tx.savepoint():
                await reaction.act(tx, [self._decode(row) for row in rows])
        except DatabaseAway:
            raise
        except Exception as reason:
            if len(rows) > 1:
                for row in rows:
                    await self._deliver(tx, reaction, [row])
                return
            _log.warning("reaction %s failed on event %s", reaction.name, rows[0]["id"], exc_info=reason)
            metrics.events_failed.labels(reaction.name).inc()
            await queries.set_aside(tx, reaction.name, rows, 1, tx.now + pause_after(1), say(reason))
        else:
            metrics.events_delivered.labels(reaction.name).inc(len(rows))

    async def _retry(self, tx: Tx, row: Any) -> None:
        reaction, attempts = self._reactions[row["reaction"]], row["attempts"] + 1
        try:
            async with tx.savepoint():
                await reaction.act(tx, [self._decode(row)])
        except DatabaseAway:
            raise
        except Exception as reason:
            metrics.events_failed.labels(reaction.name).inc()
            due_at = tx.now + pause_after(attempts) if attempts < ATTEMPTS else None
            if due_at is None:
                _log.error("reaction %s is given up on event %s", reaction.name, row["event_id"], exc_info=reason)
            await queries.put_off(tx, row, attempts, due_at, say(reason))
        else:
            metrics.events_delivered.labels(reaction.name).inc()
            await queries.delete_retry(tx, row)

    async def _measure(self, tx: Tx) -> None:
        waiting, again, given_up = await queries.count(tx, self._floor.id, _MOST_COUNTED)
        metrics.waiting.labels("events").set(waiting)
        metrics.waiting.labels("events to be tried again").set(again)
        metrics.given_up.labels("events").set(given_up)

    def _decode(self, row: Any) -> Event:
        return msgspec.json.decode(row["body"], type=self._kinds[row["kind"]])
