"""Taking over orders that have ended elsewhere: at once, or not at all."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from enlist.domain import accounts, orders, products
from tests.domain.orders import helpers
from tests.support.world import VAULT, World


@pytest.fixture(scope="module")
async def shop(world: World) -> accounts.Account:
    async with world.transaction() as tx:
        shop = await accounts.create(tx, accounts.NewAccount(login="takeover"), VAULT)
        for name, price in (("course", "100"), ("gift", "0")):
            await products.create(
                tx, shop.id, products.NewProduct(name=name, kind="digital", title=name, price=Decimal(price))
            )
    return shop


async def take_over(world: World, new: orders.NewOrder, ended: orders.Ended, **said: object) -> orders.Order:
    placed = await world.do(orders.take_over, new, ended, channel="api", **said)  # type: ignore[arg-type]
    return await helpers.found(world, new.account, placed.order_id)


async def orders_of(world: World, shop: accounts.Account) -> list[int]:
    found = await world.ask(
        orders.list_, shop.id, since=datetime.min.replace(tzinfo=UTC), until=world.now + timedelta(days=1)
    )
    return [order.id for order in found]


@pytest.mark.parametrize(
    ("ended", "state", "kinds"),
    [
        ("paid", "paid", ["payment"]),
        ("cancelled", "cancelled", []),
        ("refunded", "refunded", ["payment", "refund"]),
    ],
)
async def test_an_order_is_brought_to_where_it_is(
    world: World, shop: accounts.Account, ended: orders.Ended, state: str, kinds: list[str]
) -> None:
    then = world.now - timedelta(days=3)
    paid_at = None if ended == "cancelled" else then
    order = await take_over(world, helpers.an_order(shop, f"{ended}@example.com", "course"), ended, paid_at=paid_at)
    assert (order.state, order.paid_at) == (state, paid_at)
    assert [kind for kind, _ in await helpers.payments(world, order)] == kinds


@pytest.mark.parametrize(
    ("product", "ended", "refusal"),
    [
        ("gift", "cancelled", orders.IllegalTransition),  # what costs nothing is paid at once
        ("unknown", "paid", products.ProductNotFound),
    ],
)
async def test_what_cannot_be_brought_there_is_not_placed_either(
    world: World, shop: accounts.Account, product: str, ended: orders.Ended, refusal: type[Exception]
) -> None:
    before = await orders_of(world, shop)
    with pytest.raises(refusal):
        await take_over(world, helpers.an_order(shop, "nowhere@example.com", product), ended)
    assert await orders_of(world, shop) == before


async def test_a_payment_in_time_to_come_takes_nothing_over(world: World, shop: accounts.Account) -> None:
    ahead = world.now + timedelta(days=1)
    with pytest.raises(orders.PaymentImpossible):
        await take_over(world, helpers.an_order(shop, "ahead@example.com", "course"), "paid", paid_at=ahead)


async def test_the_same_order_that_waits_is_not_taken_over(world: World, shop: accounts.Account) -> None:
    await helpers.placed(world, helpers.an_order(shop, "twice@example.com", "course"))
    with pytest.raises(orders.OrderExists):
        await take_over(world, helpers.an_order(shop, "twice@example.com", "course"), "paid")


async def test_a_visitor_cancels_nothing(world: World, shop: accounts.Account) -> None:
    order = await helpers.placed(world, helpers.an_order(shop, "visited@example.com", "course"))
    with pytest.raises(orders.CancellingForbidden):
        await world.do(orders.cancel, shop.id, order.id, asker="visitor")
    assert (await helpers.found(world, shop, order.id)).state == "waiting"
    assert (await world.do(orders.cancel, shop.id, order.id, asker="buyer")).state == "cancelled"


@pytest.mark.parametrize("source", ["api", "owner", "page"])
async def test_a_floating_price_has_a_minimum_whoever_orders(world: World, shop: accounts.Account, source: str) -> None:
    async with world.transaction() as tx:
        name = f"as-you-like-{source}"
        new = products.NewProduct(name=name, kind="floating", title="As you like", price=Decimal(5))
        await products.create(tx, shop.id, new)
    (outcome,) = await helpers.place(
        world, helpers.an_order(shop, f"low.{source}@example.com", (name, "4.99"), source=source)
    )
    assert outcome == orders.SumTooSmall(product=name, least="5.00")
