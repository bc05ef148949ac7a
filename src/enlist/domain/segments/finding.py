"""Finding segments, their members, and the segments of a profile."""

from enlist.domain import profiles
from enlist.domain.accounts import Site
from enlist.domain.segments import queries
from enlist.domain.segments.errors import BadSegment, SegmentNotFound
from enlist.domain.segments.model import LARGEST_NUMBER, Member, Segment
from enlist.runtime.db import Tx

_BEFORE_ALL = "0" * 32


async def get(tx: Tx, site: Site, number: int) -> Segment:
    """Return a segment of the site. Refuses with SegmentNotFound."""
    found = await queries.find_segment(tx, site, number) if 0 < number <= LARGEST_NUMBER else None
    if found is None:
        raise SegmentNotFound(segment=number)
    return found


async def list_members(tx: Tx, site: Site, number: int, *, after: str = "", limit: int = 1000) -> list[Member]:
    """List at most ``limit`` members of a segment by profile id, starting after the id ``after``.

    Refuses with SegmentNotFound, or with BadSegment if ``after`` is no profile id.
    """
    await get(tx, site, number)
    if after and not profiles.is_profile_id(after):
        raise BadSegment(field="after", reason="must be a profile id: 32 lower-case hexadecimal digits")
    return await queries.list_members(tx, site, number, after or _BEFORE_ALL, limit)


async def segments_of(tx: Tx, site: Site, profile_id: str) -> list[int]:
    """List the numbers of the segments that a profile is in, ascending. Refuses with profiles.ProfileNotFound.

    Source: profiles-api.md §9.
    """
    found = await queries.segments_of(tx, site, profile_id) if profiles.is_profile_id(profile_id) else None
    if found is None:
        raise profiles.ProfileNotFound(profile_id=profile_id[:64])
    return found
