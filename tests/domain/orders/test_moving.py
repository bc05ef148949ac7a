"""Sending, returning, cancelling, hiding: what each of them asks for, and that twice is as good as once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, orders
from tests.domain.orders import helpers
from tests.domain.orders.helpers import an_order, announced, found, place, placed
from tests.support.world import World

THEN = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await world.account()
    await world.product(account, "book", "10")
    return account


@pytest.fixture
async def order(world: World, shop: accounts.Account) -> orders.Order:
    return await placed(world, an_order(shop, "anna@example.com", "book"))


WAYS: dict[str, Any] = {
    "pay": helpers.pay, "refund": helpers.refund, "send": helpers.send, "take back": helpers.take_back, "cancel": helpers.cancel
}  # fmt: skip


@pytest.mark.parametrize(
    ("way", "state"),
    [
        ("", "waiting"), ("pay", "paid"), ("send", "sent"), ("pay send", "sent"), ("send pay", "sent"),
        ("send take-back", "returned"), ("pay take-back", "returned"), ("pay send take-back", "returned"),
        ("pay take-back refund", "refunded"), ("pay send refund", "refunded"), ("cancel", "cancelled"),
        ("cancel pay", "paid"),
    ],
)  # fmt: skip
async def test_an_order_goes_its_ways_and_each_step_twice_is_one(
    world: World, shop: accounts.Account, order: orders.Order, way: str, state: str
) -> None:
    for step in way.split():
        once = await WAYS[step.replace("-", " ")](world, order)
        assert await WAYS[step.replace("-", " ")](world, order) == once
    assert (await found(world, shop, order.id)).state == state
    assert len(await announced(world, shop)) == 1 + len(way.split())


@pytest.mark.parametrize(
    "way",
    ["refund", "take-back", "pay cancel", "send cancel", "pay refund pay", "pay refund send", "pay refund take-back",
     "pay refund cancel", "pay take-back send", "pay take-back pay", "cancel send", "cancel take-back", "cancel refund"],
)  # fmt: skip
async def test_what_cannot_be_is_refused_and_changes_nothing(
    world: World, shop: accounts.Account, order: orders.Order, way: str
) -> None:
    *steps, last = way.split()
    for step in steps:
        await WAYS[step.replace("-", " ")](world, order)
    before = await found(world, shop, order.id)
    with pytest.raises(orders.IllegalTransition):
        await WAYS[last.replace("-", " ")](world, order)
    assert await found(world, shop, order.id) == before


async def test_times_and_tracking_numbers_are_kept_and_can_be_corrected(world: World, order: orders.Order) -> None:
    sent = await helpers.send(world, order, at=THEN, tracking_number="RA1")
    assert (sent.sent_at, sent.tracking_number) == (THEN, "RA1")
    assert (await helpers.send(world, order)).tracking_number == "RA1"
    again = await helpers.send(world, order, tracking_number="RA2")
    assert (again.sent_at, again.tracking_number) == (THEN, "RA2")
    assert (await helpers.take_back(world, order, at=THEN)).ended_at == THEN


async def test_what_has_not_happened_yet_and_what_cannot_be_kept_is_refused(world: World, order: orders.Order) -> None:
    for act in (helpers.send, helpers.take_back):
        with pytest.raises(orders.BadOrder):
            await act(world, order, at=datetime.now(UTC) + timedelta(days=1))
    for number in ("x" * 256, "a\0b"):
        with pytest.raises(orders.BadOrder):
            await helpers.send(world, order, tracking_number=number)


async def test_hiding_hides_from_all_readers_and_can_be_undone(
    world: World, shop: accounts.Account, order: orders.Order
) -> None:
    await helpers.hide(world, order)
    async with world.reading() as tx:
        assert await orders.find(tx, shop.id, order.id) is None
        assert await orders.list_of_contact(tx, shop.id, order.contact_id) == []
        span: dict[str, Any] = {"since": order.created_at, "until": order.created_at + timedelta(days=1)}
        assert await orders.list_(tx, shop.id, **span) == []
    for act in (*WAYS.values(), helpers.hide):
        with pytest.raises(orders.OrderNotFound):
            await act(world, order)
    await helpers.show(world, order)
    await helpers.show(world, order)
    assert await found(world, shop, order.id) == order
    # It is the same order again ...
    assert await place(world, an_order(shop, "anna@example.com", "book")) == [orders.OrderExists(order_id=order.id)]


async def test_of_two_same_orders_the_one_that_was_hidden_comes_back_beside_the_other(
    world: World, shop: accounts.Account, order: orders.Order
) -> None:
    await helpers.hide(world, order)
    other = await placed(world, an_order(shop, "anna@example.com", "book"))
    await helpers.show(world, order)
    assert (await found(world, shop, order.id)).state == "waiting"
    assert await place(world, an_order(shop, "anna@example.com", "book")) == [orders.OrderExists(order_id=other.id)]


async def test_an_order_with_money_cannot_be_hidden(world: World, shop: accounts.Account) -> None:
    made = [await placed(world, an_order(shop, f"p{n}@example.com", "book")) for n in range(4)]
    await helpers.pay(world, made[0])
    await helpers.pay(world, made[1], "1")
    await helpers.send(world, made[2])
    await helpers.pay(world, made[2])
    for order in made[:3]:
        with pytest.raises(orders.OrderIsPaid):
            await helpers.hide(world, order)
    await helpers.refund(world, made[0])
    await helpers.hide(world, made[0])
    await helpers.hide(world, made[3])


async def test_the_due_of_an_order(order: orders.Order, world: World) -> None:
    assert order.due == Decimal(10)
    assert (await helpers.cancel(world, order)).due == 0
