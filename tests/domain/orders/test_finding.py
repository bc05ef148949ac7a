"""Reading orders: spans, pages, products, contacts, and that nothing is left out or told twice."""

from datetime import UTC, datetime, timedelta

import pytest

from enlist.domain import accounts, orders
from tests.domain.orders import helpers
from tests.domain.orders.helpers import an_order, found, pay, place, placed
from tests.support.world import World

DAY = timedelta(days=1)
START = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await world.account()
    await world.product(account, "a", "1")
    await world.product(account, "b", "2")
    return account


async def ids(world: World, shop: accounts.Account, **said: object) -> list[int]:
    return [order.id for order in await world.ask(orders.list_, shop.id, **said)]  # type: ignore[arg-type]


async def test_a_span_includes_its_beginning_and_not_its_end(world: World, shop: accounts.Account) -> None:
    made = [await placed(world, an_order(shop, f"p{n}@example.com", "a", created_at=START + n * DAY)) for n in range(4)]
    assert await ids(world, shop, since=START + DAY, until=START + 3 * DAY) == [made[1].id, made[2].id]
    assert await ids(world, shop, since=START, until=START) == []


async def test_paid_ones_are_found_by_the_time_of_payment(world: World, shop: accounts.Account) -> None:
    one = await placed(world, an_order(shop, "one@example.com", "a", created_at=START))
    two = await placed(world, an_order(shop, "two@example.com", "a", created_at=START))
    await placed(world, an_order(shop, "three@example.com", "a", created_at=START))
    await pay(world, one, at=START + 5 * DAY)
    await pay(world, two, at=START + 3 * DAY)
    assert await ids(world, shop, since=START + DAY, until=START + 9 * DAY, paid=True) == [two.id, one.id]
    assert await ids(world, shop, since=START, until=START + DAY, paid=True) == []
    assert len(await ids(world, shop, since=START, until=START + DAY)) == 3


async def test_pages_follow_each_other_without_gap_or_repetition(world: World, shop: accounts.Account) -> None:
    await place(
        world,
        *[an_order(shop, f"p{n}@example.com", "a", created_at=START + (n // 4) * DAY) for n in range(23)],
    )
    seen: list[int] = []
    after = None
    async with world.reading() as tx:
        while page := await orders.list_(tx, shop.id, since=START, until=START + 99 * DAY, after=after, limit=3):
            seen += [order.id for order in page]
            after = (page[-1].created_at, page[-1].id)
    assert seen == await ids(world, shop, since=START, until=START + 99 * DAY)
    assert len(set(seen)) == 23


async def test_orders_are_found_by_their_products(world: World, shop: accounts.Account) -> None:
    one = await placed(world, an_order(shop, "one@example.com", "a", created_at=START))
    both = await placed(world, an_order(shop, "two@example.com", "a", "b", created_at=START + DAY))
    a, b = (item.product_id for item in both.items)
    span = {"since": START, "until": START + 9 * DAY}
    assert await ids(world, shop, product_ids=[b], **span) == [both.id]
    assert await ids(world, shop, product_ids=[a, b], **span) == [one.id, both.id]
    assert await ids(world, shop, product_ids=[a + b + 999], **span) == []
    assert await ids(world, shop, product_ids=[2**80], **span) == []


async def test_the_orders_of_a_contact_and_those_in_some_states(world: World, shop: accounts.Account) -> None:
    one = await placed(world, an_order(shop, "anna@example.com", "a"))
    two = await placed(world, an_order(shop, "anna@example.com", "b"))
    await placed(world, an_order(shop, "bert@example.com", "b"))
    await pay(world, two)
    async with world.reading() as tx:

        async def numbers(*states: orders.State, limit: int = 9) -> list[int]:
            listed = await orders.list_of_contact(tx, shop.id, one.contact_id, states or None, limit=limit)
            return [order.id for order in listed]

        assert await numbers() == [one.id, two.id]
        assert await numbers("paid") == [two.id]
        assert await numbers("paid", "waiting") == [one.id, two.id]
        assert await numbers("sent") == []
        assert await numbers(limit=1) == [two.id]


async def test_the_history_tells_who_did_what(world: World, shop: accounts.Account) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "a", source="page"))
    await pay(world, order, "0.40", reference="77", note="in cash")
    await pay(world, order)
    await helpers.refund(world, order)
    async with world.reading() as tx:
        lines = await orders.history_of(tx, shop.id, order.id)
        payments = await orders.payments_of(tx, shop.id, order.id)
    usd = {"currency": "USD"}
    assert [(str(line.actor), line.event, line.fields) for line in lines] == [
        ("person", "placed", usd | {"amount": "1.00"}),
        ("owner", "payment", usd | {"amount": "0.40", "channel": "manual", "reference": "77"}),
        ("owner", "payment", usd | {"amount": "0.60", "channel": "manual"}),
        ("owner", "paid", {}),
        ("owner", "refund", usd | {"amount": "1.00", "channel": "manual", "whole": "yes"}),
    ]
    assert (payments[0].reference, payments[0].note) == ("77", "in cash")
    assert await found(world, shop, order.id) is not None
