"""Telling a profile's segments."""

from enlist.domain import profiles
from enlist.domain.accounts import Site
from enlist.domain.segments import queries
from enlist.runtime.db import Tx


async def segments_of(tx: Tx, site: Site, profile_id: str) -> list[int]:
    """List the numbers of the segments that a profile is in, ascending. Refuses with profiles.ProfileNotFound.

    Source: profiles-api.md §9.
    """
    found = await queries.segments_of(tx, site.id, profile_id) if profiles.is_profile_id(profile_id) else None
    if found is None:
        raise profiles.ProfileNotFound(profile_id=profile_id[:64])
    return found
