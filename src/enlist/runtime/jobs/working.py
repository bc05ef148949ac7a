"""The worker that runs jobs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import procrastinate
import psycopg
from procrastinate.worker import Worker
from psycopg.pq import TransactionStatus
from psycopg.waiting import wait_async

from enlist.runtime.db import DatabaseAway
from enlist.runtime.jobs.queries import QUEUE
from enlist.runtime.loops import Loop

Job = Callable[..., Awaitable[None]]

ATTEMPTS: Final = 10
HEARTBEAT: Final = timedelta(seconds=10)  # between two signs of life of a worker
SILENT_FOR: Final = timedelta(seconds=30)  # after which it is dead
_FINISH: Final = 10.0  # seconds that jobs under way are given at the end
_UNWIND: Final = 2.0  # seconds that the worker is given to end when it has no job, or when those are over


class Jobs:
    """The jobs that this program knows, and the worker that runs them."""

    def __init__(
        self,
        dsn: str,
        jobs: Mapping[str, Job],
        by_the_clock: Mapping[str, str],
        *,
        heartbeat: timedelta = HEARTBEAT,
        silent_for: timedelta = SILENT_FOR,
    ) -> None:
        """Know ``jobs`` by name; those in ``by_the_clock`` are put by themselves at the times of a cron line.

        The worker reports every ``heartbeat``; others that were ``silent_for`` that long count as dead.
        """
        self._dsn = dsn
        self._heartbeat = heartbeat.total_seconds()
        self._silent_for = silent_for.total_seconds()
        self._app = procrastinate.App(connector=self._connector())
        for name, job in jobs.items():
            retry = procrastinate.RetryStrategy(max_attempts=ATTEMPTS, exponential_wait=5)
            task = self._app.task(name=name, queue=QUEUE, retry=retry, pass_context=False)(job)
            if name in by_the_clock:
                self._app.periodic(cron=by_the_clock[name])(task)

    def loop(self) -> Loop:
        """Make the loop that runs jobs; at its end it finishes those under way, within some seconds."""
        return Loop("jobs", self.work, rest=timedelta(seconds=1), lasting=True)

    async def work(self, concurrency: int = 2) -> int:
        """Run jobs until cancelled or until the connection breaks. Raises DatabaseAway."""
        try:
            async with self._app.open_async():
                await self._run(
                    _Worker(
                        app=self._app,
                        queues=[QUEUE],
                        concurrency=concurrency,
                        install_signal_handlers=False,
                        shutdown_graceful_timeout=_FINISH,
                        delete_jobs="successful",
                        update_heartbeat_interval=self._heartbeat,
                        stalled_worker_timeout=self._silent_for,
                    )
                )
        except (procrastinate.exceptions.ConnectorException, psycopg.OperationalError) as reason:
            raise DatabaseAway(f"{type(reason).__name__}: {reason}") from reason
        except asyncio.CancelledError:
            await _end_what_is_left()
            raise
        return 0

    async def _run(self, worker: "_Worker") -> None:
        running: asyncio.Future[None] = asyncio.ensure_future(worker.run())  # type: ignore[no-untyped-call]
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            running.cancel()
            await asyncio.wait([running], timeout=_UNWIND + (_FINISH if worker.is_busy() else 0))
            worker.cut()
            await asyncio.wait([running], timeout=2 * _UNWIND)
            if running.done() and not running.cancelled():
                running.exception()  # the database is away: nobody has to be told at the end
            raise

    def _connector(self) -> procrastinate.PsycopgConnector:
        # Two connections are enough: one listens, one works.
        return procrastinate.PsycopgConnector(
            conninfo=self._dsn,
            connection_class=_Connection,
            kwargs={"connect_timeout": 3},
            min_size=1,
            max_size=3,
            timeout=3,
            reconnect_timeout=3,
        )


async def _end_what_is_left() -> None:
    """End the tasks of the libraries that outlived their owners; some swallow a cancellation while they connect."""
    for _ in range(20):
        left = [task for task in asyncio.all_tasks() if _is_of_a_library(task)]
        if not left:
            return
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=0.2)


def _is_of_a_library(task: asyncio.Task[Any]) -> bool:
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and any(f"/{name}/" in code.co_filename for name in ("procrastinate", "psycopg_pool"))


class _Worker(Worker):
    """A worker that can be ended even if it waits for a database that hangs."""

    _looping: "asyncio.Task[None] | None" = None

    async def _run_loop(self) -> None:
        self._looping = asyncio.current_task()
        await super()._run_loop()  # type: ignore[no-untyped-call]

    def is_busy(self) -> bool:
        """Tell whether a job is under way."""
        return bool(self._running_jobs)

    def cut(self) -> None:
        """End it wherever it is."""
        if self._looping is not None:
            self._looping.cancel()


class _Connection(psycopg.AsyncConnection[Any]):
    """Closes itself when a statement is cancelled: a server that hangs would not take a cancellation either."""

    async def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for what the server answers."""
        try:
            return await wait_async(gen, self.pgconn.socket, interval=interval, timeout=timeout)
        except asyncio.CancelledError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise
