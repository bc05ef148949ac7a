"""What a payment channel reports is recorded once, for orders of the account it reports to, whatever its clock says."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest

from enlist.domain import accounts, orders, products
from tests.domain.orders import helpers
from tests.support.world import World

TEN = Decimal("10.00")


@pytest.fixture(scope="module")
async def shop(world: World) -> accounts.Account:
    shop = await world.account()
    await world.do(
        products.create, shop.id, products.NewProduct(name="course", kind="digital", title="Course", price=TEN)
    )
    return shop


async def record(
    world: World,
    order: orders.Order,
    kind: Literal["payment", "refund"],
    *,
    by: int | None = None,
    ahead: timedelta = timedelta(),
) -> orders.Order | None:
    async with world.transaction() as tx:
        received = orders.Received(kind, order.account_id, order.id, TEN, f"{kind} 1 of {order.id}", tx.now + ahead)
        return await orders.record(tx, order.account_id if by is None else by, "stripe", received)


async def test_money_that_came_and_went_back_is_recorded_once(world: World, shop: accounts.Account) -> None:
    order = await helpers.placed(world, helpers.an_order(shop, "once@example.com", "course"))
    with pytest.raises(orders.PaymentImpossible):
        await record(world, order, "refund")  # it overtook its payment
    for _ in range(2):
        paid = await record(world, order, "payment")
        assert paid is not None
        assert (paid.state, paid.payment_method) == ("paid", "stripe")
    for _ in range(2):
        refunded = await record(world, order, "refund")
        assert refunded is not None
        assert refunded.state == "refunded"
    assert await helpers.payments(world, order) == [("payment", TEN), ("refund", TEN)]


async def test_an_order_of_somebody_else_is_not_touched(world: World, shop: accounts.Account) -> None:
    order = await helpers.placed(world, helpers.an_order(shop, "mine@example.com", "course"))
    other = await world.account()
    assert await record(world, order, "payment", by=other.id) is None
    assert (await helpers.found(world, shop, order.id)).state == "waiting"


@pytest.mark.parametrize("ahead", [timedelta(minutes=3), timedelta(days=400)])
async def test_money_does_not_come_from_the_future(world: World, shop: accounts.Account, ahead: timedelta) -> None:
    order = await helpers.placed(world, helpers.an_order(shop, f"ahead{ahead.days}@example.com", "course"))
    paid = await record(world, order, "payment", ahead=ahead)
    assert paid is not None
    assert paid.paid_at is not None
    assert paid.paid_at <= world.now
