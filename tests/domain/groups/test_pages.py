"""Changes of a membership's state stay within its page, so that leaving costs little in a large table."""

import asyncio

from enlist.domain import groups
from tests.support.world import World, an_enrolment

_UPDATES = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'memberships'"


async def test_leaving_and_coming_back_touch_no_index(world: World) -> None:
    account = await world.account(confirms_always=False)
    group = await world.group(account, "news", asks=False)
    outcomes = await world.enrol(*[an_enrolment(account, f"p{n}@example.com", ["news"]) for n in range(50)])
    before = await _updates(world)
    for outcome in outcomes:
        await world.do(groups.leave_by_link, account.id, outcome.contact_id, [group.id])
    for _ in range(50):
        updated, within = (now - then for now, then in zip(await _updates(world), before, strict=True))
        if updated >= 50:
            break
        await asyncio.sleep(0.1)
    assert updated >= 50
    assert within >= 0.8 * updated  # pages that were full before keep some outside


async def _updates(world: World) -> tuple[int, int]:
    async with world.reading() as tx:
        await tx.fetch_value("SELECT pg_stat_force_next_flush()")
        row = await tx.fetch_row(_UPDATES)
    assert row is not None
    return row[0], row[1]
