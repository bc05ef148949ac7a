"""Each installation of several counts its ids in a block of its own."""

from datetime import timedelta

import asyncpg
import pytest

from enlist.domain import groups
from enlist.migrations.blocks import CELLS, SIZE, begin_block
from tests.domain.orders.helpers import an_order, placed
from tests.domain.profiles.helpers import a_profile, a_site, a_subscription, reported, subscribe
from tests.support.world import World


async def test_ids_lie_in_the_block_of_the_cell_and_numbers_of_accounts_are_small(dsn: str, world: World) -> None:
    before = await world.account()
    assert await begin_block(dsn, 3) > 3
    account = await world.account()
    assert before.id < SIZE
    assert account.id == 3 * SIZE + 1
    group = await world.group(account, "news")
    assert group.id < 10
    await world.product(account, "course")
    order = await placed(world, an_order(account, "anna@example.com", "course"))
    assert order.id == 1
    assert 3 * SIZE < order.contact_id < 4 * SIZE < 2**53
    assert await world.ask(groups.count_active, account.id, "news") == 0
    # Once is enough, and going back is not possible.
    assert await begin_block(dsn, 3) == 0
    assert await begin_block(dsn, 1) == 0
    assert (await world.account()).id == 3 * SIZE + 2


async def test_sites_of_any_block_are_counted_by_day(dsn: str, world: World) -> None:
    await begin_block(dsn, CELLS - 1)
    site = await a_site(world)
    assert (CELLS - 1) * SIZE < site.id < 2**53
    profile_id = await a_profile(world, site)
    assert await subscribe(world, a_subscription(site, profile_id, "anna@example.com", refid="friend")) == [None]
    day = timedelta(days=1)
    counts, _ = await reported(world, site, world.now - day, world.now + day)
    assert counts == {"friend": 1}


async def test_the_first_cell_counts_where_it_is(dsn: str) -> None:
    assert await begin_block(dsn, 0) == 0


@pytest.mark.parametrize("cell", [-1, CELLS])
async def test_there_are_no_more_cells_than_blocks(dsn: str, cell: int) -> None:
    with pytest.raises(ValueError, match="cell"):
        await begin_block(dsn, cell)


async def test_every_id_is_64_bits_wide(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    narrow = await connection.fetch(
        "SELECT attrelid::regclass::text AS table, attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid"
        " WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND atttypid = 'integer'::regtype"
        " AND attnum > 0 AND (attname = 'id' OR attname LIKE '%\\_id') AND relname NOT LIKE 'procrastinate%'"
    )
    await connection.close()
    # Segments are numbered per site.
    assert {row["attname"] for row in narrow} <= {"id", "segment_id"}
    assert all(row["table"].startswith("segment") for row in narrow)
