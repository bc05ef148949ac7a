"""Computing a whole segment in the background, when it is new or was changed; clearing away one that was deleted."""

import logging
from datetime import timedelta
from time import monotonic
from typing import Final

from enlist.domain.segments import worker_queries as queries
from enlist.domain.segments.assigning import announce
from enlist.domain.segments.model import Move, SegmentDefinition
from enlist.runtime.db import Database, Tx

_log = logging.getLogger(__name__)

_AGAIN_AFTER: Final = timedelta(minutes=1)
_CLEARED: Final = 10_000
_ASKED_FOR: Final = 20  # of so many one is to be had, unless there are as many workers


class Computing:
    """Sorts everybody for segments that wait for it, one after the other; any number of these may run.

    All happens inside the database in one transaction, in a few passes over the site's data, so that this process
    stays small. Meanwhile the membership is as before, and what happens to profiles is kept for Assigning.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def step(self) -> int:
        """Compute or clear away one segment; return 1 if there was one."""
        return int(await self.compute_one() or await self.clear_one())

    async def compute_one(self) -> bool:
        """Compute a segment that waits for it; tell whether there was one."""
        segment: SegmentDefinition | None = None
        try:
            async with self._database.transaction() as tx:
                for site, number in await queries.uncomputed(tx, _ASKED_FOR):
                    segment = await queries.claim_uncomputed(tx, site, number)
                    if segment is not None:
                        await compute(tx, segment)
                        break
        except Exception as reason:
            if segment is None:
                raise
            # Also a database that is away: the statement may have been cut for taking too long.
            await self._note_failure(segment, reason)
        return segment is not None

    async def clear_one(self) -> bool:
        """Clear away a part of a segment that was deleted; tell whether there was one."""
        async with self._database.transaction() as tx:
            for site, number in await queries.deleted(tx, _ASKED_FOR):
                if await queries.claim_deleted(tx, site, number):
                    gone = await queries.clear_members(tx, site, number, _CLEARED)
                    moves = [Move(profile_id, number, False) for profile_id in gone]
                    await announce(tx, site, moves, whole=True)
                    return True
        return False

    async def _note_failure(self, segment: SegmentDefinition, reason: Exception) -> None:
        _log.error("segment %s of site %s cannot be computed", segment.id, segment.site.id, exc_info=reason)
        async with self._database.transaction() as tx:
            await queries.set_failed(tx, segment, f"{type(reason).__name__}: {reason}"[:500], _AGAIN_AFTER)


async def compute(tx: Tx, segment: SegmentDefinition) -> None:
    """Sort everybody for a segment whose membership this transaction has the right to change."""
    began = monotonic()
    now = max(tx.now, segment.followed_until or tx.now)
    await queries.plan_for_all(tx)
    added = 0
    async for moves in queries.sort_all(tx, segment.site, segment.id, segment.rule, now):
        added += sum(1 if move.entered else -1 for move in moves)
        await announce(tx, segment.site, moves, whole=True)
    await queries.set_computed(tx, segment, now, added, timedelta(seconds=monotonic() - began))
