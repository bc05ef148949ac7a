"""Telling a profile's segments."""

from enlist.domain import profiles
from enlist.domain.accounts import Site
from enlist.domain.segments import queries
from enlist.runtime.db import Tx


async def segments_of(tx: Tx, site: Site, juid: str) -> list[int]:
    """List the numbers of the segments that a profile is in, ascending. Refuses with profiles.ProfileNotFound.

    Source: profiles-api.md §9.
    """
    found = await queries.segments_of(tx, site.id, juid) if profiles.is_juid(juid) else None
    if found is None:
        raise profiles.ProfileNotFound(juid=juid[:64])
    return found
