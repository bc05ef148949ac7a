"""Subscribing addresses of profiles, a whole batch in one transaction."""

from collections.abc import Iterable, Mapping, Sequence

from enlist.domain.profiles import queries, tallying
from enlist.domain.profiles.errors import BadMark, ProfileNotFound
from enlist.domain.profiles.events import Subscribed
from enlist.domain.profiles.model import Identity, LockedSubscription, Subscription, check, is_profile_id, merge
from enlist.domain.profiles.tallying import Move
from enlist.runtime import events
from enlist.runtime.db import Tx

Outcome = None | ProfileNotFound | BadMark


async def subscribe(tx: Tx, wishes: Sequence[Subscription]) -> list[Outcome]:
    """Subscribe addresses; return one outcome per wish, in order: None, ProfileNotFound or BadMark.

    A subscription that exists becomes active again, keeps the time of its creation, and gets the marks that were sent
    (readings.md#17). Wishes for the same subscription are put together. Sources: profiles-api.md §§3 and 4.
    """
    outcomes = [_refusal(wish) for wish in wishes]
    merged = merge(wish for wish, refusal in zip(wishes, outcomes, strict=True) if refusal is None)
    if not merged:
        return outcomes
    added = await queries.insert_subscriptions(tx, merged.values())
    held = await _renew(tx, merged, [identity for identity in merged if identity not in added])
    await tallying.tally(tx, [*_arrivals(tx, merged, added), *_moves(merged, held)])
    there = added | {one.identity for one in held}
    await events.publish(tx, [_announced(merged[one], one in added) for one in merged if one in there])
    return [
        ProfileNotFound(profile_id=wish.profile_id) if refusal is None and wish.identity not in there else refusal
        for wish, refusal in zip(wishes, outcomes, strict=True)
    ]


def _refusal(wish: Subscription) -> Outcome:
    return check(wish) if is_profile_id(wish.profile_id) else ProfileNotFound(profile_id=wish.profile_id[:64])


async def _renew(
    tx: Tx, wishes: Mapping[Identity, Subscription], identities: Sequence[Identity]
) -> list[LockedSubscription]:
    """Write those that exist already; others are left out, as they have no profile."""
    held = await queries.lock_subscriptions(tx, identities) if identities else []
    if held:
        await queries.renew(tx, [wishes[one.identity] for one in held])
        if ended := [one for one in held if not one.active]:
            await queries.note_changes(tx, ended, active=True)
    return held


def _arrivals(tx: Tx, wishes: Mapping[Identity, Subscription], added: Iterable[Identity]) -> Iterable[Move]:
    return (Move(one.account_id, one.site_id, one.channel, tx.now, "", wishes[one].marks.refid or "") for one in added)


def _moves(wishes: Mapping[Identity, Subscription], held: Iterable[LockedSubscription]) -> Iterable[Move]:
    for one in held:
        refid = wishes[one.identity].marks.refid
        if refid is not None:
            yield tallying.move(one, refid)


def _announced(wish: Subscription, new: bool) -> Subscribed:
    return Subscribed(
        owner_id=wish.site.account_id,
        site_id=wish.site.id,
        profile_id=wish.profile_id,
        channel=wish.channel,
        address=wish.address,
        new=new,
    )
