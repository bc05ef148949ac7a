"""Keeping count of subscriptions by day and refid, in the very transactions that write them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from enlist.domain import accounts
from enlist.domain.accounts import Site
from enlist.domain.profiles import tally_queries
from enlist.domain.profiles.model import LockedSubscription
from enlist.runtime.db import Tx


class Move(NamedTuple):
    """A subscription's way from one refid to another; an empty one is none (readings.md#17)."""

    account_id: int
    site_id: int
    channel: str
    created_at: datetime
    before: str
    after: str


def move(held: LockedSubscription, refid: str) -> Move:
    """Make the move of a subscription that exists to ``refid``."""
    of = held.identity
    return Move(of.account_id, of.site_id, of.channel, held.created_at, held.refid, refid)


async def tally(tx: Tx, moves: Iterable[Move]) -> None:
    """Count ``moves``: each takes its subscription from one refid to the other on the day of its creation.

    Call last: it locks the counts of months (docs/locks.md).
    """
    changes: Counter[tuple[int, int, str, datetime, str]] = Counter()
    for one in moves:
        if one.before != one.after:
            changes[one.account_id, one.site_id, one.channel, one.created_at, one.before] -= 1
            changes[one.account_id, one.site_id, one.channel, one.created_at, one.after] += 1
    rows = [(*key, change) for key, change in changes.items() if change and key[4]]
    if rows:
        # The zones of these sites, and with them the days, now stay what they are. This is a statement of its own,
        # because one sees only what was committed before it began.
        await tally_queries.hold_zones(tx, {row[1] for row in rows})
        await tally_queries.add(tx, rows)


async def change_time_zone(tx: Tx, site: Site, time_zone: str) -> Site:
    """Let a site's days follow another zone, and count them anew; whoever would count meanwhile waits.

    Refuses with BadAccount. It takes some three seconds for a million subscriptions.
    """
    await tally_queries.take_zone(tx, site)
    changed = await accounts.set_site_time_zone(tx, site, time_zone)
    await tally_queries.forget(tx, site)
    for channel, month in await tally_queries.months(tx, site):
        await tally_queries.count_anew(tx, site, channel, month)
    return changed
