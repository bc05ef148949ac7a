"""Counting members, exact at every moment and at a cost that does not grow with the account.

A count is what was folded plus the changes that were appended since. Whoever changes memberships appends what that
changes, in the same transaction; a worker folds now and then, so that no row is one that everybody waits for.
See docs/decisions/0014-counts-are-appended-and-folded.md.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from enlist.domain import contacts
from enlist.domain.groups import count_queries, queries
from enlist.domain.groups.errors import GroupNotFound
from enlist.domain.groups.tallying import Tally, states_of, tally_states
from enlist.runtime.db import Tx

LONGEST_COUNT: Final = timedelta(minutes=30)
_ANY: Final = 0


async def count_active(tx: Tx, account_id: int, name: str) -> int:
    """Count the active members of a group; the group of all contacts counts them all. Refuses with GroupNotFound."""
    groups = await queries.groups_named(tx, [(account_id, name)])
    if not groups:
        raise GroupNotFound(group=name)
    (group,) = groups.values()
    if group.fills_itself:
        return await contacts.count(tx, account_id)
    kept = await count_queries.kept(tx, account_id, group.id)
    return kept if kept is not None else await queries.count_active(tx, account_id, group.id)


async def count_active_people(tx: Tx, account_id: int) -> int:
    """Count the contacts that are active in at least one group."""
    kept = await count_queries.kept(tx, account_id, _ANY)
    return kept if kept is not None else await queries.count_active_people(tx, account_id)


@asynccontextmanager
async def kept(tx: Tx, keys: Collection[tuple[int, int]]) -> AsyncIterator[None]:
    """Keep count of whatever is done inside to the memberships of contacts, given as (account, id).

    They are locked, so that nobody else changes their memberships until the end of the transaction.
    """
    wanted = sorted(set(keys))
    await contacts.hold(tx, wanted)
    before = await queries.held_by(tx, wanted)
    yield
    after = await queries.held_by(tx, wanted)
    tally: Tally = {}
    for key in wanted:
        tally_states(tally, key[0], states_of(before.get(key, {})), states_of(after.get(key, {})))
    if tally:
        await count_queries.append(tx, tally)


async def fold_counts(tx: Tx) -> int:
    """Add up what was appended; return how many changes there were. One caller at a time, others have nothing to do."""
    if not await count_queries.be_alone(tx, wait=False):
        return 0
    changed = await count_queries.changed_accounts(tx)
    folded = await count_queries.fold(tx, changed) if changed else 0
    return folded + await contacts.fold_counts(tx)


async def shorten_counts(tx: Tx) -> int:
    """Fold, as a step of a worker; return more than 0 if there may be more to fold at once."""
    folded = await fold_counts(tx)
    return folded if folded >= count_queries.AT_ONCE else 0


async def count_unknown(tx: Tx) -> int:
    """Count one account whose counts are unknown, as a step of a worker; return how many there were."""
    unknown = await uncounted(tx)
    if unknown:
        await recount(tx, unknown[0])
    return len(unknown)


async def uncounted(tx: Tx) -> list[int]:
    """List accounts whose counts are unknown, some hundred at most."""
    return sorted({*await count_queries.uncounted_accounts(tx), *await contacts.uncounted(tx)})


async def recount(tx: Tx, account_id: int) -> int:
    """Count the contacts and memberships of an account anew; return how many of the kept counts were wrong.

    Counts that were unknown are not wrong. Nobody who changes memberships waits; ten million take some ten seconds.
    """
    await count_queries.be_alone(tx.timeout(LONGEST_COUNT), wait=True)
    wrong = await count_queries.recount(tx.timeout(LONGEST_COUNT), account_id)
    return wrong + bool(await contacts.recount(tx, account_id))
