"""Saving an action (profiles-api.md §8)."""

from typing import Final

from enlist.domain import segments
from enlist.doors.just import codes
from enlist.doors.just.calls import Call, Function
from enlist.doors.just.codes import Reply


async def save_action(call: Call) -> Reply:
    """Accept what a profile did; whatever it contains is no error, and what cannot be kept shows in the diagnostics."""
    fields = call.fields
    juid = fields.text("juid")
    if fields.unreadable and not juid:
        async with call.services.database.transaction() as tx:
            await segments.note_refused(tx, call.site, fields.unreadable, {})
        return codes.REQUEST_ACCEPTED
    await call.services.record(
        segments.Action(
            site=call.site,
            profile_id=juid,
            tags=_tags(fields.text("tags")),
            label=fields.text("label"),
            article=fields.text("article"),
        )
    )
    return codes.REQUEST_ACCEPTED


def _tags(sent: str) -> tuple[str, ...]:
    """Part a list at its commas; empty ones and repetitions fall away."""
    return tuple(dict.fromkeys(tag for part in sent.split(",") if (tag := part.strip())))


SAVE_ACTION: Final = Function("action", save_action, codes.NOT_SAVED, {})
