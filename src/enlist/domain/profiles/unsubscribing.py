"""Ending a subscription, which stays on record."""

from enlist.domain.accounts import Site
from enlist.domain.profiles import queries
from enlist.domain.profiles.creating import known
from enlist.domain.profiles.errors import ProfileNotFound, SubscriptionNotFound
from enlist.domain.profiles.events import Unsubscribed
from enlist.domain.profiles.model import Channel, Identity, cut
from enlist.kit.text import can_be_kept
from enlist.runtime import events
from enlist.runtime.db import Tx


async def unsubscribe(tx: Tx, site: Site, profile_id: str, channel: Channel, key: str, reason: str = "request") -> None:
    """Make a subscription inactive; doing it twice is fine. Sources: profiles-api.md §§5 and 6.

    Refuses with ProfileNotFound, SubscriptionNotFound.
    """
    if not await known(tx, site, [profile_id]):
        raise ProfileNotFound(profile_id=profile_id[:64])
    identity = Identity(site.account_id, site.id, channel, key, profile_id)
    held = await queries.lock_subscriptions(tx, [identity]) if can_be_kept(key) else []
    if not held:
        raise SubscriptionNotFound(profile_id=profile_id)
    (one,) = held
    if one.active:
        reason = cut(reason)
        await queries.deactivate(tx, one, reason)
        await queries.note_changes(tx, held, active=False, reason=reason)
        ended = Unsubscribed(
            owner_id=site.account_id,
            site_id=site.id,
            profile_id=profile_id,
            channel=channel,
            address=one.address,
            reason=reason,
        )
        await events.publish(tx, [ended])
