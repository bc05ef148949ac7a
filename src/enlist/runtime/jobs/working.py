"""The worker that runs jobs."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

import procrastinate
import psycopg

from enlist.runtime.db import DatabaseAway
from enlist.runtime.jobs.queries import QUEUE
from enlist.runtime.loops import Loop

Job = Callable[..., Awaitable[None]]

ATTEMPTS: Final = 10
HEARTBEAT: Final = timedelta(seconds=10)  # between two signs of life of a worker
SILENT_FOR: Final = timedelta(seconds=30)  # after which it is dead


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

        The worker gives a sign of life at each ``heartbeat``; others who are ``silent_for`` so long are dead.
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
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=10,
                    delete_jobs="successful",
                    update_heartbeat_interval=self._heartbeat,
                    stalled_worker_timeout=self._silent_for,
                )
        except (procrastinate.exceptions.ConnectorException, psycopg.OperationalError) as reason:
            raise DatabaseAway(f"{type(reason).__name__}: {reason}") from reason
        return 0

    def _connector(self) -> procrastinate.PsycopgConnector:
        # Two connections are enough: one listens, one works.
        return procrastinate.PsycopgConnector(conninfo=self._dsn, min_size=1, max_size=3, timeout=3)
