"""Telling the segments of a profile (profiles-api.md §9)."""

from typing import Final

from enlist.domain import profiles, segments
from enlist.doors.just import codes
from enlist.doors.just.calls import Call, Function
from enlist.doors.just.codes import Reply


async def list_segments(call: Call) -> Reply:
    """List the numbers of the segments that a profile is in, ascending."""
    juid = call.fields.text("juid")
    if not juid:
        return codes.JUID_NOT_FOUND
    async with call.services.database.reading() as tx:
        return codes.json(await segments.segments_of(tx, call.site, juid))


LIST_SEGMENTS: Final = Function(
    "info/segments", list_segments, codes.NOT_QUERIED, {profiles.ProfileNotFound: codes.USER_NOT_FOUND}
)
