"""Making segments."""

from enlist.domain.accounts import Site
from enlist.domain.segments import queries
from enlist.domain.segments.errors import SegmentTaken
from enlist.domain.segments.finding import get
from enlist.domain.segments.model import Segment, check_name
from enlist.domain.segments.rule import Rule
from enlist.runtime.db import Tx


async def create(tx: Tx, site: Site, name: str, rule: Rule) -> Segment:
    """Make a segment; a worker computes its members soon. Refuses with BadSegment or SegmentTaken.

    Numbers are counted per site (readings.md#16).
    """
    plain = check_name(name)
    number = await queries.next_number(tx, site)
    if not await queries.insert_segment(tx, site, number, plain, rule):
        raise SegmentTaken(name=plain)
    return await get(tx, site, number)
