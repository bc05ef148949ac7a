"""Running jobs again within a minute after their worker died."""

import logging
from datetime import timedelta
from time import monotonic
from typing import Final

from enlist.runtime import metrics
from enlist.runtime.db import Database, DatabaseAway
from enlist.runtime.jobs import queries
from enlist.runtime.jobs.working import ATTEMPTS, HEARTBEAT, SILENT_FOR
from enlist.runtime.loops import Loop

_log = logging.getLogger(__name__)

_MOST_COUNTED: Final = 100_000


class Recovery:
    """Finds workers without a heartbeat and makes their jobs run again; any number of these may run.

    While the database is away no worker can give a sign of life. So nobody is taken for dead before the database has
    been there for long enough to give one.
    """

    def __init__(
        self, database: Database, *, heartbeat: timedelta = HEARTBEAT, silent_for: timedelta = SILENT_FOR
    ) -> None:
        """Prepare to look; workers give a sign of life at each ``heartbeat``, and are dead after ``silent_for``."""
        self._database = database
        self._heartbeat = heartbeat.total_seconds()
        self._silent_for = silent_for
        self._there_since: float | None = None

    def loop(self) -> Loop:
        """Make the loop that looks."""
        return Loop("stalled jobs", self.step, rest=timedelta(seconds=self._heartbeat))

    async def step(self) -> int:
        """Let the jobs of dead workers run again; return how many there were."""
        try:
            async with self._database.transaction() as tx:
                if not self._has_been_there():
                    return 0
                await queries.release_dead(tx, self._silent_for)
                abandoned = await queries.restart_abandoned(tx, ATTEMPTS)
                waiting, failed = await queries.count(tx, _MOST_COUNTED)
        except DatabaseAway:
            self._there_since = None
            raise
        metrics.waiting.labels("jobs").set(waiting)
        metrics.given_up.labels("jobs").set(failed)
        for number, name, again in abandoned:
            _log.warning("job %s (%s): its worker died; %s", number, name, "it runs again" if again else "given up")
        return len(abandoned)

    def _has_been_there(self) -> bool:
        if self._there_since is None:
            self._there_since = monotonic()
        return monotonic() - self._there_since >= 1.5 * self._heartbeat
