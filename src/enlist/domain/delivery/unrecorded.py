"""Outcomes that the database does not know yet: kept in memory until it has taken them."""

import logging
from collections import Counter
from collections.abc import Collection, Sequence

from enlist.domain.delivery.model import Outcome
from enlist.domain.delivery.recording import record
from enlist.runtime import metrics
from enlist.runtime.db import Database, DatabaseAway

_log = logging.getLogger(__name__)


class Unrecorded:
    """The outcomes of one process that wait to be recorded."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._outcomes: dict[int, Outcome] = {}

    def add(self, outcome: Outcome) -> None:
        """Keep ``outcome`` until it is recorded."""
        self._outcomes[outcome.letter.id] = outcome

    def ids(self) -> Collection[int]:
        """List the ids of the letters that wait here."""
        return self._outcomes.keys()

    async def record(self) -> None:
        """Record what waits. Raises DatabaseAway; what could not be recorded goes on waiting."""
        outcomes = list(self._outcomes.values())
        if not outcomes:
            return
        try:
            await self._write(outcomes)
        except DatabaseAway:
            raise
        except Exception:
            _log.exception("%s outcomes cannot be recorded together; recording them one by one", len(outcomes))
            for outcome in outcomes:
                await self._write_alone(outcome)

    async def _write_alone(self, outcome: Outcome) -> None:
        try:
            await self._write([outcome])
        except DatabaseAway:
            raise
        except Exception:
            _log.exception("the outcome of letter %s cannot be recorded; trying again", outcome.letter.id)

    async def _write(self, outcomes: Sequence[Outcome]) -> None:
        async with self._database.transaction() as tx:
            counts = await record(tx, outcomes)
        for outcome in outcomes:
            del self._outcomes[outcome.letter.id]
        tally(counts)


def tally(counts: Counter[str]) -> None:
    """Add to the metric of letters by outcome; to be called after the commit."""
    for outcome, count in counts.items():
        metrics.letters.labels(outcome).inc(count)
