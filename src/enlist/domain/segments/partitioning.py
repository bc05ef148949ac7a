"""The partitions of the table of actions, one for each week: made ahead, dropped by age."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Final

from enlist.domain.segments import partition_queries as queries
from enlist.domain.segments.model import Partition
from enlist.runtime.db import LockNotAvailable, Tx

_log = logging.getLogger(__name__)

_WEEK: Final = timedelta(weeks=1)
_AHEAD: Final = 5
_PATIENCE: Final = timedelta(seconds=2)


async def keep_partitions(tx: Tx) -> int:
    """Make the partitions for this week and the coming ones that are missing; return how many were made.

    Actions that were kept elsewhere meanwhile are moved to where they belong. Should a long computation be in the way,
    nothing is made, to be tried again at the next call: partitions are made weeks ahead, and nothing is lost without
    them.
    """
    try:
        async with tx.savepoint():
            await queries.lock_partitions(tx, _PATIENCE)
            return await _make_missing(tx)
    except LockNotAvailable:
        _log.warning("no partitions of the table of actions were made: it is in use; the next call tries again")
        return 0


async def drop_old(tx: Tx, older_than: timedelta) -> int:
    """Drop the partitions that hold nothing but actions older than this; return how many were dropped.

    Segments whose rules look at actions are computed anew then. Should the table be in use for long, nothing is dropped
    until the next call.
    """
    before = tx.now - older_than
    try:
        async with tx.savepoint():
            await queries.lock_partitions(tx, _PATIENCE)
            old = [partition for partition in await queries.list_partitions(tx) if partition.end <= before]
            for partition in old:
                await queries.drop_partition(tx, partition)
            rest = await queries.delete_rest(tx, before)
            if old or rest:
                await queries.recompute_by_actions(tx)
    except LockNotAvailable:
        _log.warning("no old actions were dropped: their table is in use; the next call tries again")
        return 0
    return len(old)


async def _make_missing(tx: Tx) -> int:
    partitions = await queries.list_partitions(tx)
    first = _monday(tx.now)
    starts = [first + week * _WEEK for week in range(_AHEAD)]
    if (oldest := await queries.oldest_in_rest(tx)) is not None and _monday(oldest) < first:
        # Actions of weeks that had no partition; going back a year is enough for every outage.
        weeks = min((first - _monday(oldest)) // _WEEK, 53)
        starts = [first - week * _WEEK for week in range(weeks, 0, -1)] + starts
    missing = [
        Partition(f"actions_{start:%Y%m%d}", start, start + _WEEK)
        for start in starts
        if not any(partition.start < start + _WEEK and start < partition.end for partition in partitions)
    ]
    for partition in missing:
        await queries.make_partition(tx, partition)
    return len(missing)


def _monday(instant: datetime) -> datetime:
    day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
