"""Natural batching: while one batch commits, the next gathers; an idle door never waits."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Final, Generic, TypeVar

import asyncpg

from enlist.runtime import metrics
from enlist.runtime.db import STALE_STATEMENT, Database, DatabaseAway, Lane, Tx

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

_log = logging.getLogger(__name__)

# For how many seconds a transaction that was begun together with a commit waits for its first items.
_SOON: Final = 0.02
# Turns of the event loop from the arrival of a request to its item: one reads it, the next one runs its task.
_STEPS_TO_A_BATCH: Final = 2


class Busy(Exception):
    """Too many items wait already, or this one waited too long: try again later. Nothing was done with it."""


class Batch(Generic[Item, Outcome]):
    """A queue in front of one activity that takes many items at once in one transaction.

    ``run(tx, items)`` returns one outcome per item, in order. An outcome that is an exception is raised to the caller
    who put that item; the others are not touched by it. If ``run`` itself raises, the items are run again one by one,
    each in a transaction of its own, so that a poisoned item harms only itself. An outcome is handed out only after
    the commit.
    """

    def __init__(
        self,
        name: str,
        database: Database,
        run: Callable[[Tx, Sequence[Item]], Awaitable[Sequence[Outcome | Exception]]],
        *,
        lanes: int = 1,
        largest: int = 256,
        waiting: int = 4096,
        patience: timedelta = timedelta(seconds=5),
    ) -> None:
        """Prepare the batch called ``name`` (a metric label).

        At most ``largest`` items go into one transaction, at most ``waiting`` queue for the next ones, none of them
        for longer than ``patience``. With several ``lanes`` one batch can be worked on while another one commits.
        """
        self.name = name
        self._run = run
        self._lanes = [Lane(database) for _ in range(lanes)]
        self._largest = largest
        self._room = waiting
        self._patience = patience.total_seconds()
        self._queue: deque[tuple[Item, asyncio.Future[Outcome], float]] = deque()
        self._filled = asyncio.Event()
        self._quick = False  # the latest items came soon after the ones before them were done
        self._crowded = False  # they were several
        self._done_at = 0.0
        self._closing = False
        self._workers: list[asyncio.Task[None]] = []
        self._sizes = metrics.batch_size.labels(name)
        metrics.batch_waiting.labels(name).set_function(lambda: len(self._queue))

    async def put(self, item: Item) -> Outcome:
        """Add ``item`` to the next batch and wait until it is committed; return its outcome.

        Raises Busy, DatabaseAway, the exception that is this item's outcome, or what ``run`` raised for it alone.
        """
        if len(self._queue) >= self._room:
            raise Busy(self.name)
        if not self._workers:
            self._workers = [asyncio.create_task(self._work(lane), name=f"batch {self.name}") for lane in self._lanes]
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.append((item, answer, monotonic()))
        self._filled.set()
        return await answer

    async def close(self) -> None:
        """Finish what is under way and what waits, then stop. Nothing may be put any more."""
        self._closing = True
        self._filled.set()
        await asyncio.gather(*self._workers)
        for lane in self._lanes:
            await lane.close()

    async def _work(self, lane: Lane) -> None:
        while self._queue or not self._closing:
            try:
                await self._work_once(lane)
            except DatabaseAway as reason:
                _log.warning("batch %s: the database is away: %s", self.name, reason)
            except Exception:
                _log.exception("batch %s stumbled; going on", self.name)

    async def _work_once(self, lane: Lane) -> None:
        if lane.is_begun:
            await self._wait(_SOON)
        if not self._queue:
            await lane.rest()
            await self._wait()
        if self._quick and self._crowded:
            # Requests that have arrived already get in, too: a batch costs nearly the same however large it is.
            for _ in range(_STEPS_TO_A_BATCH):
                await asyncio.sleep(0)
        items, answers, since = self._take()
        if items:
            self._crowded = len(items) > 1
            self._quick = since - self._done_at < _SOON
            await self._run_together(lane, items, answers)
            self._done_at = monotonic()

    async def _wait(self, longest: float | None = None) -> None:
        """Wait until something is in the queue, at most ``longest`` seconds."""
        if self._queue or self._closing:
            return
        self._filled.clear()
        if longest is None:
            await self._filled.wait()
            return
        alarm = asyncio.get_running_loop().call_later(longest, self._filled.set)
        await self._filled.wait()
        alarm.cancel()

    def _is_waited_for(self) -> bool:
        """Tell whether the next items are here, or will be in a moment: from clients that wait for their answers."""
        return bool(self._queue) or (self._quick and not self._closing)

    def _take(self) -> tuple[list[Item], list[asyncio.Future[Outcome]], float]:
        """Take the next items with their answers; also tell since when the latest of them has waited."""
        items: list[Item] = []
        answers: list[asyncio.Future[Outcome]] = []
        oldest = monotonic() - self._patience
        since = 0.0
        while self._queue and len(items) < self._largest:
            item, answer, since = self._queue.popleft()
            if answer.done():  # its caller has gone before anything was begun
                continue
            if since < oldest:
                answer.set_exception(Busy(self.name))
                continue
            items.append(item)
            answers.append(answer)
        return items, answers, since

    async def _run_together(
        self, lane: Lane, items: Sequence[Item], answers: Sequence[asyncio.Future[Outcome]]
    ) -> None:
        self._sizes.observe(len(items))
        try:
            outcomes = await self._in_transaction(lane, items)
        except DatabaseAway as reason:
            _log.warning("batch %s: the database is away: %s", self.name, reason)
            for answer in answers:
                _refuse(answer, DatabaseAway(str(reason)))
        except Exception:
            _log.warning("batch %s of %s failed; running it one by one", self.name, len(items), exc_info=True)
            for item, answer in zip(items, answers, strict=True):
                await self._run_alone(lane, item, answer)
        else:
            for answer, outcome in zip(answers, outcomes, strict=True):
                _hand_out(answer, outcome)
        finally:
            for answer in answers:  # never leave a caller waiting
                _refuse(answer, Busy(self.name))

    async def _run_alone(self, lane: Lane, item: Item, answer: asyncio.Future[Outcome]) -> None:
        try:
            (outcome,) = await self._in_transaction(lane, [item])
        except Exception as reason:
            _refuse(answer, reason)
        else:
            _hand_out(answer, outcome)

    async def _in_transaction(self, lane: Lane, items: Sequence[Item]) -> Sequence[Outcome | Exception]:
        for chance in (2, 1, 0):
            try:
                async with lane.transaction(more=self._is_waited_for) as tx:
                    outcomes = await self._run(tx, items)
                    if len(outcomes) != len(items):
                        raise RuntimeError(f"batch {self.name}: {len(outcomes)} outcomes for {len(items)} items")
                    return outcomes
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, *STALE_STATEMENT):
                # A deadlock with another process, which ends one of the two: retry. Or the database lacked prepared
                # statements that the lane took for granted; the lane knows that by now.
                if not chance:
                    raise
        raise AssertionError("unreachable")


def _hand_out(answer: "asyncio.Future[Outcome]", outcome: "Outcome | Exception") -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


def _refuse(answer: "asyncio.Future[Outcome]", reason: Exception) -> None:
    if not answer.done():
        answer.set_exception(reason)
