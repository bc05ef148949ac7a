"""Sending, returning, cancelling, hiding: what each of them asks for, and that twice is as good as once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, orders
from enlist.runtime.db import Database
from tests.domain.orders import helpers
from tests.domain.orders.helpers import an_order, announced, found, place, placed
from tests.domain.products.helpers import a_product
from tests.support.factories import an_account

THEN = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.fixture
async def shop(database: Database) -> accounts.Account:
    account = await an_account(database)
    await a_product(database, account, "book", "10")
    return account


@pytest.fixture
async def order(database: Database, shop: accounts.Account) -> orders.Order:
    return await placed(database, an_order(shop, "anna@example.com", "book"))


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
    database: Database, shop: accounts.Account, order: orders.Order, way: str, state: str
) -> None:
    for step in way.split():
        once = await WAYS[step.replace("-", " ")](database, order)
        assert await WAYS[step.replace("-", " ")](database, order) == once
    assert (await found(database, shop, order.id)).state == state
    assert len(await announced(database, shop)) == 1 + len(way.split())


@pytest.mark.parametrize(
    "way",
    ["refund", "take-back", "pay cancel", "send cancel", "pay refund pay", "pay refund send", "pay refund take-back",
     "pay refund cancel", "pay take-back send", "pay take-back pay", "cancel send", "cancel take-back", "cancel refund"],
)  # fmt: skip
async def test_what_cannot_be_is_refused_and_changes_nothing(
    database: Database, shop: accounts.Account, order: orders.Order, way: str
) -> None:
    *steps, last = way.split()
    for step in steps:
        await WAYS[step.replace("-", " ")](database, order)
    before = await found(database, shop, order.id)
    with pytest.raises(orders.IllegalTransition):
        await WAYS[last.replace("-", " ")](database, order)
    assert await found(database, shop, order.id) == before


async def test_times_and_tracking_numbers_are_kept_and_can_be_corrected(
    database: Database, order: orders.Order
) -> None:
    sent = await helpers.send(database, order, at=THEN, tracking_number="RA1")
    assert (sent.sent_at, sent.tracking_number) == (THEN, "RA1")
    assert (await helpers.send(database, order)).tracking_number == "RA1"
    again = await helpers.send(database, order, tracking_number="RA2")
    assert (again.sent_at, again.tracking_number) == (THEN, "RA2")
    assert (await helpers.take_back(database, order, at=THEN)).ended_at == THEN


async def test_what_has_not_happened_yet_and_what_cannot_be_kept_is_refused(
    database: Database, order: orders.Order
) -> None:
    for act in (helpers.send, helpers.take_back):
        with pytest.raises(orders.BadOrder):
            await act(database, order, at=datetime.now(UTC) + timedelta(days=1))
    for number in ("x" * 256, "a\0b"):
        with pytest.raises(orders.BadOrder):
            await helpers.send(database, order, tracking_number=number)


async def test_hiding_hides_from_all_readers_and_can_be_undone(
    database: Database, shop: accounts.Account, order: orders.Order
) -> None:
    await helpers.hide(database, order)
    async with database.reading() as tx:
        assert await orders.find(tx, shop.id, order.id) is None
        assert await orders.list_of_contact(tx, shop.id, order.contact_id) == []
        span: dict[str, Any] = {"since": order.created_at, "until": order.created_at + timedelta(days=1)}
        assert await orders.list_(tx, shop.id, **span) == []
    for act in (*WAYS.values(), helpers.hide):
        with pytest.raises(orders.OrderNotFound):
            await act(database, order)
    await helpers.show(database, order)
    await helpers.show(database, order)
    assert await found(database, shop, order.id) == order
    # It is the same order again ...
    assert await place(database, an_order(shop, "anna@example.com", "book")) == [orders.OrderExists(order_id=order.id)]


async def test_of_two_same_orders_the_one_that_was_hidden_comes_back_beside_the_other(
    database: Database, shop: accounts.Account, order: orders.Order
) -> None:
    await helpers.hide(database, order)
    other = await placed(database, an_order(shop, "anna@example.com", "book"))
    await helpers.show(database, order)
    assert (await found(database, shop, order.id)).state == "waiting"
    assert await place(database, an_order(shop, "anna@example.com", "book")) == [orders.OrderExists(order_id=other.id)]


async def test_an_order_with_money_cannot_be_hidden(database: Database, shop: accounts.Account) -> None:
    made = [await placed(database, an_order(shop, f"p{n}@example.com", "book")) for n in range(4)]
    await helpers.pay(database, made[0])
    await helpers.pay(database, made[1], "1")
    await helpers.send(database, made[2])
    await helpers.pay(database, made[2])
    for order in made[:3]:
        with pytest.raises(orders.OrderIsPaid):
            await helpers.hide(database, order)
    await helpers.refund(database, made[0])
    await helpers.hide(database, made[0])
    await helpers.hide(database, made[3])


async def test_the_due_of_an_order(order: orders.Order, database: Database) -> None:
    assert order.due == Decimal(10)
    assert (await helpers.cancel(database, order)).due == 0
