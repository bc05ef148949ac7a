"""Background jobs in the same database (Procrastinate): put in a transaction, run by workers, some by the clock."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import procrastinate
import psycopg

from enlist.runtime.db import DatabaseAway, Tx
from enlist.runtime.loops import Loop

QUEUE = "enlist"

Job = Callable[..., Awaitable[None]]


async def put(tx: Tx, name: str, lock: str | None = None, **values: Any) -> None:
    """Queue the job called ``name`` with ``values`` (ids, not things) in this transaction.

    Jobs with the same ``lock`` run one after the other, in the order in which they were put.
    """
    await tx.execute(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW($1, $2, 0, $3, NULL, $4::jsonb, NULL)]"
        "::procrastinate_job_to_defer_v1[])",
        QUEUE,
        name,
        lock,
        msgspec.json.encode(values).decode(),
    )


class Jobs:
    """The jobs that this program knows, and the worker that runs them."""

    def __init__(self, dsn: str, jobs: Mapping[str, Job], by_the_clock: Mapping[str, str]) -> None:
        """Know ``jobs`` by name; those in ``by_the_clock`` are put by themselves at the times of a cron line."""
        self._dsn = dsn
        self._app = procrastinate.App(connector=self._connector())
        for name, job in jobs.items():
            retry = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=5)
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
                )
        except (procrastinate.exceptions.ConnectorException, psycopg.OperationalError) as reason:
            raise DatabaseAway(f"{type(reason).__name__}: {reason}") from reason
        return 0

    def _connector(self) -> procrastinate.PsycopgConnector:
        # Two connections are enough: one listens, one works.
        return procrastinate.PsycopgConnector(conninfo=self._dsn, min_size=1, max_size=3, timeout=3)
