"""What costs nothing brings a letter: strangers order it a few times an hour, owners as often as they like."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, delivery, orders, products
from enlist.runtime.batch import Batch
from tests.domain.orders import helpers
from tests.support.world import World


@pytest.fixture(scope="module")
async def shop(world: World) -> accounts.Account:
    shop = await world.account()
    async with world.transaction() as tx:
        for name, price in (("gift", "0"), ("course", "100")):
            await products.create(
                tx, shop.id, products.NewProduct(name=name, kind="digital", title=name, price=Decimal(price))
            )
        await products.create_coupon(tx, shop.id, products.NewCoupon(code="ALL", discount_percent=Decimal(100)))
    return shop


def wish(shop: accounts.Account, email: str, product: str = "gift", ip: str = "", **said: Any) -> orders.NewOrder:
    return helpers.an_order(shop, email, product, buyer={"ip": ip}, **{"source": "page"} | said)


async def test_one_batch_and_many_count_alike(world: World, shop: accounts.Account) -> None:
    batch: Batch[orders.NewOrder, orders.Placed] = Batch("strangers", world.database, orders.place)
    outcomes = await asyncio.gather(
        *[batch.put(wish(shop, "Victim@example.com")) for _ in range(9)], return_exceptions=True
    )
    await batch.close()
    assert sum(outcome == delivery.TooManyLetters() for outcome in outcomes) >= 4
    later = await helpers.place(world, *[wish(shop, "victim@EXAMPLE.com") for _ in range(3)])
    assert later == [delivery.TooManyLetters()] * 3
    assert len(await world.messages(recipient="victim@example.com")) <= 5


async def test_a_coupon_for_everything_makes_it_cost_nothing_too(world: World, shop: accounts.Account) -> None:
    for _ in range(5):
        (outcome,) = await helpers.place(world, wish(shop, "free@example.com", "course", coupon="all"))
        assert isinstance(outcome, orders.Placed)
    (outcome,) = await helpers.place(world, wish(shop, "free@example.com", "course", coupon="all"))
    assert outcome == delivery.TooManyLetters()
    (outcome,) = await helpers.place(world, wish(shop, "free@example.com", "course"))
    assert isinstance(outcome, orders.Placed)  # what has to be paid brings no letter yet


async def test_one_network_orders_some_for_others(world: World, shop: accounts.Account) -> None:
    found = await helpers.place(world, *[wish(shop, f"n{n}@example.com", ip=f"2001:db8::{n:x}") for n in range(1, 36)])
    assert [isinstance(outcome, orders.Placed) for outcome in found] == [True] * 30 + [False] * 5


@pytest.mark.parametrize("source", ["api", "owner"])
async def test_owners_are_not_limited(world: World, shop: accounts.Account, source: str) -> None:
    for _ in range(8):
        (outcome,) = await helpers.place(world, wish(shop, f"{source}@example.com", ip="192.0.2.1", source=source))
        assert isinstance(outcome, orders.Placed)
