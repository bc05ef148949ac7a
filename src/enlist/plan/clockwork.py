"""Every timed task, with its time as a cron line in UTC."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from enlist.domain import attribution, delivery, partners, segments
from enlist.plan.installation import Installation
from enlist.runtime import jobs, limits

_KEEP_JOBS: Final = timedelta(days=90)  # those that ended, failed ones among them


@dataclass(frozen=True, slots=True)
class Timed:
    """A task and the cron line of its times; it is given the instant that it was due at, in seconds of Unix time."""

    times: str
    run: Callable[[int], Awaitable[None]]


def clockwork(installation: Installation) -> Mapping[str, Timed]:
    """List the timed tasks by name."""
    settings, database = installation.settings, installation.database

    async def prune_letters(timestamp: int) -> None:
        deleted = 1
        while deleted:
            async with database.transaction() as tx:
                deleted = await delivery.prune(tx, timedelta(days=settings.keep_letters))

    async def prune_visitors(timestamp: int) -> None:
        forgotten = 1
        while forgotten:
            async with database.transaction() as tx:
                forgotten = await attribution.prune_visitors(tx)

    async def prune_limits(timestamp: int) -> None:
        deleted = 1
        while deleted:
            async with database.transaction() as tx:
                deleted = await limits.prune(tx)

    async def prune_sessions(timestamp: int) -> None:
        deleted = 1
        while deleted:
            async with database.transaction() as tx:
                deleted = await partners.prune_sessions(tx)

    async def prune_jobs(timestamp: int) -> None:
        deleted = 1
        while deleted:
            async with database.transaction() as tx:
                deleted = await jobs.prune(tx, _KEEP_JOBS)

    async def keep_partitions(timestamp: int) -> None:
        async with database.transaction() as tx:
            await segments.keep_partitions(tx)
            if settings.keep_actions is not None:
                await segments.drop_old(tx, timedelta(days=settings.keep_actions))

    return {
        "jobs.prune": Timed("27 3 * * *", prune_jobs),
        "delivery.prune": Timed("17 3 * * *", prune_letters),
        "segments.keep_partitions": Timed("7 * * * *", keep_partitions),
        "partners.prune_visitors": Timed("*/10 * * * *", prune_visitors),
        "partners.prune_sessions": Timed("37 3 * * *", prune_sessions),
        "limits.prune": Timed("3-59/10 * * * *", prune_limits),
    }
