"""Orders are numbered per account: one after the other, without a gap, whoever places them."""

import asyncio
from contextlib import suppress

import pytest

from enlist.domain import accounts, orders
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from tests.domain.orders.helpers import an_order, place
from tests.support.world import World

# What a server of the release before sent: the number was the database's to give.
_OF_AN_OLDER_SERVER = """
INSERT INTO orders (account_id, contact_id, email, first_name, last_name, middle_name, phone, country, region, city,
    address, postal_code, ip, currency, total, coupon, tag, comment, domain, source, payment_method, open_key,
    created_at, state)
SELECT $1, 1, 'old@example.com', '', '', '', '', '', '', '', '', '', '', 'USD', 5, '', '', '', '', 'api', '',
    md5($2::text)::uuid, $3, 'waiting'
ON CONFLICT (account_id, open_key) WHERE open_key IS NOT NULL DO NOTHING RETURNING id
"""


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await world.account()
    await world.product(account, "course", "1500")
    return account


async def _numbers(world: World, *shops: accounts.Account) -> list[list[int]]:
    async with world.reading() as tx:
        rows = await tx.fetch(
            "SELECT account_id, id FROM orders WHERE account_id = ANY($1) ORDER BY 1, 2", [shop.id for shop in shops]
        )
    return [[row["id"] for row in rows if row["account_id"] == shop.id] for shop in shops]


async def test_each_account_counts_its_own_orders_from_one_in_the_order_in_which_they_came(
    world: World, shop: accounts.Account
) -> None:
    other = await world.account()
    await world.product(other, "course")
    mixed = [an_order((shop, other)[n % 2], f"p{9 - n}@example.com", "course") for n in range(6)]
    outcomes = await place(world, *mixed)
    assert [outcome.order_id for outcome in outcomes] == [1, 1, 2, 2, 3, 3]
    (next_one,) = await place(world, an_order(other, "new@example.com", "course"))
    assert next_one.order_id == 4


async def test_an_order_that_exists_already_uses_up_no_number(world: World, shop: accounts.Account) -> None:
    first = an_order(shop, "anna@example.com", "course")
    (placed,) = await place(world, first)
    for _ in range(3):
        (refusal,) = await place(world, first)
        assert isinstance(refusal, orders.OrderExists)
        assert refusal.fields["order_id"] == placed.order_id
    again, new = await place(world, first, an_order(shop, "ben@example.com", "course"))
    assert isinstance(again, orders.OrderExists)
    assert new.order_id == placed.order_id + 1


async def test_a_transaction_that_is_rolled_back_uses_up_no_number(world: World, shop: accounts.Account) -> None:
    with pytest.raises(ZeroDivisionError):
        async with world.transaction() as tx:
            await orders.place(tx, [an_order(shop, "anna@example.com", "course")])
            raise ZeroDivisionError
    (placed,) = await place(world, an_order(shop, "ben@example.com", "course"))
    assert placed.order_id == 1


async def test_processes_that_place_the_same_orders_at_the_same_time_leave_no_gap(
    dsn: str, world: World, shop: accounts.Account
) -> None:
    two = await world.account()
    await world.product(two, "course")
    other = Database(dsn)
    await other.open()
    batches: list[Batch[orders.NewOrder, orders.Placed]] = [
        Batch(f"numbering {n}", source, orders.place, largest=7) for n, source in enumerate((world.database, other))
    ]
    given: list[tuple[int, int]] = []

    async def buyer(who: int) -> None:
        for turn in range(20):
            owner = (shop, two)[(who // 2 + turn) % 2]
            with suppress(orders.OrderExists):
                outcome = await batches[who % 2].put(an_order(owner, f"b{who // 2}-{turn}@example.com", "course"))
                given.append((owner.id, outcome.order_id))

    await asyncio.gather(*[buyer(who) for who in range(16)])
    for batch in batches:
        await batch.close()
    await other.close()
    # Each order was asked for at both processes, and placed by one of them.
    assert len(given) == len(set(given)) == 160
    assert await _numbers(world, shop, two) == [list(range(1, 81))] * 2


async def test_an_older_server_beside_this_one_gets_numbers_from_the_same_counter(
    world: World, shop: accounts.Account
) -> None:
    numbers = []
    for turn in range(3):
        async with world.transaction() as tx:
            numbers.append(await tx.fetch_value(_OF_AN_OLDER_SERVER, shop.id, f"{shop.id} {turn}", tx.now))
        (placed,) = await place(world, an_order(shop, f"p{turn}@example.com", "course"))
        numbers.append(placed.order_id)
    assert numbers == [1, 2, 3, 4, 5, 6]
