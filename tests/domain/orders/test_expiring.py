"""Deadlines: what is not paid in time is cancelled once, by whichever worker, and nothing else is."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from enlist.domain import accounts, orders
from enlist.runtime.db import Database, utc_now
from enlist.runtime.loops import Loop, in_transaction, running
from tests.domain.orders import helpers
from tests.domain.orders.helpers import an_order, announced, found, history, pay, place, placed
from tests.support.world import World

D = Decimal
HOUR = timedelta(hours=1)


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await world.account()
    await world.product(account, "course", "100", deadline=HOUR)
    return account


async def later(dsn: str, by: timedelta) -> World:
    database = Database(dsn, clock=lambda: utc_now() + by)
    await database.open()
    return World(database)


async def sweep(world: World, limit: int = 500) -> int:
    return await world.do(orders.cancel_overdue, limit)


async def test_an_order_is_cancelled_when_its_time_is_over_and_not_before(
    world: World, dsn: str, shop: accounts.Account
) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "course"))
    assert await sweep(world) == 0
    after = await later(dsn, HOUR + timedelta(seconds=1))
    assert await sweep(after) == 1
    assert await sweep(after) == 0
    cancelled = await found(world, shop, order.id)
    assert (cancelled.state, cancelled.cancel_at, cancelled.due) == ("cancelled", None, D(0))
    assert cancelled.ended_at is not None
    last = (await world.ask(orders.history_of, shop.id, order.id))[-1]
    assert (str(last.actor), last.event) == ("system:deadline", "cancelled")
    assert await announced(world, shop) == ["placed", "cancelled"]
    await after.close()


async def test_paid_sent_hidden_and_patient_orders_are_left_alone(
    world: World, dsn: str, shop: accounts.Account
) -> None:
    made = [await placed(world, an_order(shop, f"p{n}@example.com", "course")) for n in range(5)]
    await pay(world, made[0])
    await pay(world, made[1], "1")
    await helpers.send(world, made[2])
    await helpers.hide(world, made[3])
    await helpers.cancel(world, made[4])
    patient = await placed(world, an_order(shop, "patient@example.com", "course", cancel="never"))
    after = await later(dsn, timedelta(days=1000))
    assert await sweep(after) == 0
    assert [(await found(world, shop, order.id)).state for order in [*made, patient]] == [
        "paid", "waiting", "sent", "waiting", "cancelled", "waiting"]  # fmt: skip
    await after.close()


async def test_an_overdue_order_that_nobody_has_cancelled_yet_makes_room_for_a_new_one(
    world: World, dsn: str, shop: accounts.Account
) -> None:
    new = an_order(shop, "anna@example.com", "course")
    order = await placed(world, new)
    after = await later(dsn, 2 * HOUR)
    outcomes = await place(after, new, new)
    assert isinstance(outcomes[0], orders.Placed)
    assert outcomes[1] == orders.OrderExists(order_id=outcomes[0].order_id)
    assert (await found(world, shop, order.id)).state == "cancelled"
    assert await history(world, order) == ["placed", "cancelled"]
    assert await announced(world, shop) == ["placed", "cancelled", "placed"]
    await after.close()


async def test_many_workers_cancel_each_order_once(world: World, dsn: str, shop: accounts.Account) -> None:
    await place(world, *[an_order(shop, f"p{n}@example.com", "course") for n in range(100)])
    after, other = await later(dsn, 2 * HOUR), await later(dsn, 2 * HOUR)
    while sum(await asyncio.gather(*[sweep((after, other)[n % 2], 7) for n in range(6)])):
        pass
    assert (await announced(world, shop)).count("cancelled") == 100
    await after.close()
    await other.close()


async def test_a_worker_cancels_by_itself(world: World, dsn: str, shop: accounts.Account) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "course"))
    after = await later(dsn, 2 * HOUR)
    loop = Loop(
        "overdue orders", in_transaction(after.database, orders.cancel_overdue), rest=timedelta(milliseconds=20)
    )
    async with running(loop), asyncio.timeout(5):
        while (await found(world, shop, order.id)).state == "waiting":
            await asyncio.sleep(0.02)
    await after.close()


async def test_a_payment_and_the_deadline_at_the_same_moment_lose_no_money(
    world: World, dsn: str, shop: accounts.Account
) -> None:
    made = [await placed(world, an_order(shop, f"p{n}@example.com", "course")) for n in range(20)]
    after = await later(dsn, 2 * HOUR)
    await asyncio.gather(
        *[pay(world, order, channel="stripe", reference=str(order.id)) for order in made],
        *[sweep(after, 3) for _ in range(20)],
    )
    for order in made:
        now = await found(world, shop, order.id)
        assert (now.state, now.received) == ("paid", D(100))
    await after.close()
