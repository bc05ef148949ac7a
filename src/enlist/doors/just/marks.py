"""Updating the marks of subscriptions, found by address (profiles-api.md §7)."""

from collections.abc import Mapping
from typing import Final, cast

from enlist.domain import profiles
from enlist.doors.just import codes
from enlist.doors.just.addresses import KINDS
from enlist.doors.just.calls import Call, Function
from enlist.doors.just.codes import Reply
from enlist.doors.just.quoted_data import read_data
from enlist.kit import loose_json

CHANNELS: Final = frozenset({"email", "sms", "push"})


async def update_marks(call: Call) -> Reply:
    """Overwrite the marks that are present in `data`, on all the site's subscriptions of the channel that match.

    400 when it cannot be made out what is meant, 422 when it means nothing: no such subscription, no mark.
    """
    data = read_data(call.fields) if call.channel in CHANNELS else None
    if data is None:
        return codes.INVALID_DATA
    kind = KINDS.get(call.channel)
    sent = (_text(data, kind.field) if kind else None) or None
    juid = _text(data, "juid") or None
    if sent is None and juid is None:
        return codes.INVALID_DATA
    address = kind.read(sent) if kind and sent else None
    if sent is not None and address is None:
        return codes.UNPROCESSABLE
    marks = _marks(data)
    if marks == profiles.Marks():
        return codes.UNPROCESSABLE
    async with call.services.database.transaction() as tx:
        matched = await profiles.update_marks(
            tx,
            call.site,
            cast(profiles.Channel, call.channel),
            marks,
            key=address.key if address else None,
            profile_id=juid,
        )
    return codes.METRICS_UPDATED if matched else codes.UNPROCESSABLE


def _marks(data: Mapping[str, loose_json.Value]) -> profiles.Marks:
    return profiles.Marks(
        reg_url=_text(data, "regUrl"),
        refid=_text(data, "refid"),
        refidm=_text(data, "refidm"),
        utm_source=_text(data, "utmSource"),
        utm_medium=_text(data, "utmMedium"),
        utm_campaign=_text(data, "utmCampaign"),
    )


def _text(data: Mapping[str, loose_json.Value], name: str) -> str | None:
    """Return a plain value of ``data`` as text; None if there is none (null empties a mark)."""
    if name not in data:
        return None
    text = loose_json.scalar(data[name])
    return None if text is None else text.strip()


UPDATE_MARKS: Final = Function(
    "update/utm-metric",
    update_marks,
    codes.NOT_SAVED,
    {profiles.ProfileNotFound: codes.UNPROCESSABLE, profiles.BadMark: codes.UNPROCESSABLE},
)
