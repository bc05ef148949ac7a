"""Doing something forever: a step again and again, with rests in between, and patience while the database is away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from time import monotonic
from typing import Any, Final

from enlist.runtime import metrics
from enlist.runtime.db import Database, DatabaseAway, Tx

_log = logging.getLogger(__name__)

# One step: tells how much it did (after 0 there is nothing to do for the moment), or how long there will be nothing.
Step = Callable[[], Awaitable[int | timedelta]]

_LONGEST_AWAY: Final = 5.0
_LONGEST_FAILING: Final = 30.0
_SAY_EVERY: Final = 60.0


class Outage:
    """What the loops of a process know together of the database being away, so that it is logged once for all."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._said_at = 0.0

    def goes_on(self, reason: DatabaseAway) -> None:
        """Note that the database is away; log it at the beginning and then once a minute."""
        now = monotonic()
        if self._since is None:
            self._since, self._said_at = now, now
            _log.warning("the database is away, background work waits: %s", reason)
        elif now - self._said_at >= _SAY_EVERY:
            self._said_at = now
            _log.warning("the database has been away for %.0f s: %s", now - self._since, reason)

    def is_over(self, asked_at: float) -> None:
        """Note that the database answered what it was asked at ``asked_at``, an instant of the monotonic clock.

        An answer that was under way when the outage began says nothing of it.
        """
        if self._since is not None and asked_at > self._since:
            _log.warning("the database is back after %.0f s", monotonic() - self._since)
            self._since = None


class Loop:
    """Repeats one step until it is cancelled.

    After a step that did something the next one follows at once; else the loop rests until ``wake`` or until its rest
    is over. While the database is away the pauses grow to 5 seconds; after any other error, which is logged, to 30.
    A cancellation ends it even if the step made another error of it.
    """

    def __init__(
        self,
        name: str,
        step: Step,
        *,
        rest: timedelta,
        away: timedelta = timedelta(seconds=1),
        awake: asyncio.Event | None = None,
        finish: timedelta = timedelta(0),
        at_end: Callable[[], Awaitable[None]] | None = None,
        lasting: bool = False,
    ) -> None:
        """Prepare to repeat ``step``; ``name`` is a metric label and stands in the log.

        ``rest`` is how long to wait when there is nothing to do, ``away`` the first pause while the database is away.
        ``awake`` is set to end a rest; the loop makes one of its own if it is not given. A step that is under way when
        the loop is cancelled may go on for ``finish``; ``at_end`` runs last. A ``lasting`` step is one that only ends
        when something breaks: it has no time of its last success.
        """
        self.name = name
        self._step = step
        self._rest = rest.total_seconds()
        self._away = away.total_seconds()
        self._awake = awake or asyncio.Event()
        self._finish = finish.total_seconds()
        self._at_end = at_end
        self._lasting = lasting
        self._pause = 0.0
        self._last_error: tuple[type[Exception], float] | None = None

    def wake(self, _message: str = "") -> None:
        """End the present rest, or skip the next one."""
        self._awake.set()

    async def run(self, outage: Outage | None = None) -> None:
        """Repeat the step until cancelled; ``outage`` is shared with the other loops of the process."""
        outage = outage or Outage()
        try:
            while True:
                self._awake.clear()
                rest = await self._turn(outage)
                if self._pause:
                    await asyncio.sleep(self._pause)
                else:
                    await self._wait(rest)
        finally:
            if self._at_end is not None:
                await self._at_end()

    async def _turn(self, outage: Outage) -> float:
        """Do one step; return for how many seconds there is nothing to do."""
        began = monotonic()
        try:
            done = await self._do_step()
        except DatabaseAway as reason:
            _end_if_cancelled()
            outage.goes_on(reason)
            self._failed("away", self._away, _LONGEST_AWAY)
            return 0
        except Exception as reason:
            _end_if_cancelled()
            self._complain(reason)
            self._failed("error", 1.0, _LONGEST_FAILING)
            return 0
        _end_if_cancelled()
        outage.is_over(began)
        self._pause, self._last_error = 0.0, None
        if not self._lasting:
            metrics.loop_success.labels(self.name).set_to_current_time()
        if isinstance(done, timedelta):
            return done.total_seconds()
        return 0 if done else self._rest

    async def _do_step(self) -> int | timedelta:
        if not self._finish:
            return await self._step()
        work: asyncio.Future[int | timedelta] = asyncio.ensure_future(self._step())
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait([work], timeout=self._finish)
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            raise

    async def _wait(self, rest: float) -> None:
        if not rest:
            await asyncio.sleep(0)
            return
        try:
            async with asyncio.timeout(rest):
                await self._awake.wait()
        except TimeoutError:
            _end_if_cancelled()

    def _failed(self, reason: str, first: float, longest: float) -> None:
        metrics.loop_failures.labels(self.name, reason).inc()
        self._pause = min(self._pause * 2, longest) if self._pause else min(first, longest)

    def _complain(self, reason: Exception) -> None:
        """Log an error, the same kind of error at most once a minute."""
        kind, now = type(reason), monotonic()
        if self._last_error is None or self._last_error[0] is not kind or now - self._last_error[1] >= _SAY_EVERY:
            self._last_error = kind, now
            _log.error("%s failed; trying again", self.name, exc_info=reason)


@asynccontextmanager
async def running(*loops: Loop) -> AsyncIterator[None]:
    """Run ``loops`` while the body runs; then cancel them all and wait for their ends."""
    outage = Outage()
    tasks = [asyncio.create_task(loop.run(outage), name=loop.name) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for loop, ended in zip(loops, await asyncio.gather(*tasks, return_exceptions=True), strict=True):
            if isinstance(ended, Exception):
                _log.error("%s did not end well", loop.name, exc_info=ended)


def in_transaction(database: Database, act: Callable[[Tx], Awaitable[int]]) -> Step:
    """Make a step of an activity that needs one transaction."""

    async def step() -> int:
        async with database.transaction() as tx:
            return await act(tx)

    return step


def _end_if_cancelled() -> None:
    """Raise the cancellation of this task, if there was one that something swallowed."""
    task: asyncio.Task[Any] | None = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
