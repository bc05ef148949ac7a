"""Changing and deleting segments."""

import asyncpg

from enlist.domain.accounts import Site
from enlist.domain.segments import queries
from enlist.domain.segments.errors import SegmentNotFound, SegmentTaken
from enlist.domain.segments.finding import get
from enlist.domain.segments.model import LARGEST_NUMBER, Segment, check_name
from enlist.domain.segments.rule import Rule
from enlist.runtime.db import Tx


async def change(tx: Tx, site: Site, number: int, *, name: str | None = None, rule: Rule | None = None) -> Segment:
    """Give a segment another name or rule, or both; with another rule a worker sorts everybody anew soon.

    Refuses with SegmentNotFound, BadSegment or SegmentTaken.
    """
    await get(tx, site, number)
    if name is not None:
        plain = check_name(name)
        try:
            async with tx.savepoint():
                await queries.rename_segment(tx, site, number, plain)
        except asyncpg.UniqueViolationError:
            raise SegmentTaken(name=plain) from None
    if rule is not None:
        await queries.set_rule(tx, site, number, rule)
    return await get(tx, site, number)


async def delete(tx: Tx, site: Site, number: int) -> None:
    """Delete a segment: at once nobody is in it any more; no events tell that. Refuses with SegmentNotFound."""
    if not 0 < number <= LARGEST_NUMBER or not await queries.delete_segment(tx, site, number):
        raise SegmentNotFound(segment=number)
