"""Keeping segments: making, changing, deleting, listing them and their members."""

import asyncpg

from enlist.domain import profiles
from enlist.domain.accounts import Site
from enlist.domain.segments import queries, worker_queries
from enlist.domain.segments.errors import BadSegment, SegmentNotFound, SegmentTaken
from enlist.domain.segments.model import Member, Segment, check_name
from enlist.domain.segments.rule import Rule
from enlist.runtime.db import Tx

_BEFORE_ALL = "0" * 32
_LARGEST_NUMBER = 2**31 - 1


async def create(tx: Tx, site: Site, name: str, rule: Rule) -> Segment:
    """Make a segment; a worker computes its members soon. Refuses with BadSegment or SegmentTaken.

    Numbers are counted per site (readings.md#16).
    """
    plain = check_name(name)
    number = await queries.next_number(tx, site.account_id, site.id)
    if not await queries.insert_segment(tx, site.id, number, plain, rule):
        raise SegmentTaken(name=plain)
    return await get(tx, site, number)


async def change(tx: Tx, site: Site, number: int, *, name: str | None = None, rule: Rule | None = None) -> Segment:
    """Give a segment another name or rule, or both; with another rule a worker sorts everybody anew soon.

    Refuses with SegmentNotFound, BadSegment or SegmentTaken.
    """
    await get(tx, site, number)
    if name is not None:
        plain = check_name(name)
        try:
            async with tx.savepoint():
                await queries.rename_segment(tx, site.id, number, plain)
        except asyncpg.UniqueViolationError:
            raise SegmentTaken(name=plain) from None
    if rule is not None:
        await queries.set_rule(tx, site.id, number, rule)
    return await get(tx, site, number)


async def delete(tx: Tx, site: Site, number: int) -> None:
    """Delete a segment: at once nobody is in it any more; no events tell that. Refuses with SegmentNotFound."""
    if not 0 < number <= _LARGEST_NUMBER or not await queries.delete_segment(tx, site.id, number):
        raise SegmentNotFound(segment=number)


async def get(tx: Tx, site: Site, number: int) -> Segment:
    """Return a segment of the site. Refuses with SegmentNotFound."""
    found = await queries.find_segment(tx, site.id, number) if 0 < number <= _LARGEST_NUMBER else None
    if found is None:
        raise SegmentNotFound(segment=number)
    return found


async def list_(tx: Tx, site: Site) -> list[Segment]:
    """List the site's segments by number."""
    return await queries.list_segments(tx, site.id)


async def list_members(tx: Tx, site: Site, number: int, *, after: str = "", limit: int = 1000) -> list[Member]:
    """List at most ``limit`` members of a segment by profile id, beginning behind the id ``after``.

    Refuses with SegmentNotFound, or with BadSegment if ``after`` is no profile id.
    """
    await get(tx, site, number)
    if after and not profiles.is_profile_id(after):
        raise BadSegment(field="after", reason="must be a profile id: 32 lower-case hexadecimal digits")
    return await queries.list_members(tx, site.id, number, after or _BEFORE_ALL, limit)


async def count_matching(tx: Tx, site: Site, rule: Rule) -> int:
    """Count the profiles that meet a rule at this moment, without making a segment of it."""
    return await worker_queries.count_matching(tx, site.id, rule)
