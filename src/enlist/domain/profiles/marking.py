"""Correcting later where subscriptions came from."""

from enlist.domain.accounts import Site
from enlist.domain.profiles import queries, tallying
from enlist.domain.profiles.events import MarksChanged
from enlist.domain.profiles.model import Channel, Marks, check_marks, is_profile_id
from enlist.kit.text import can_be_kept
from enlist.runtime import events
from enlist.runtime.db import Tx


async def update_marks(
    tx: Tx, site: Site, channel: Channel, marks: Marks, *, key: str | None = None, profile_id: str | None = None
) -> int:
    """Overwrite the marks sent on all the site's subscriptions of a channel that match; return how many do.

    They match by address (``key``), by profile, or by both. Refuses with BadMark. Source: profiles-api.md §7.
    """
    if refusal := check_marks(marks):
        raise refusal
    if (
        (key is None and profile_id is None)
        or not can_be_kept(key or "")
        or not (profile_id is None or is_profile_id(profile_id))
    ):
        return 0
    held = await queries.lock_matching(tx, site, channel, key, profile_id)
    if held and marks != Marks():
        await queries.set_marks(tx, held, marks)
        if marks.refid is not None:
            await tallying.tally(tx, [tallying.move(one, marks.refid) for one in held])
        changed = sorted({one.identity.profile_id for one in held})
        await events.publish(
            tx,
            [
                MarksChanged(owner_id=site.account_id, site_id=site.id, profile_id=one, channel=channel)
                for one in changed
            ],
        )
    return len(held)
