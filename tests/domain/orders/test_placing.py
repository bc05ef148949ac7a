"""Placing orders: sums, coupons, deadlines, what is refused, and that the same order is there once."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, contacts, orders, products
from enlist.runtime.batch import Batch
from tests.domain.orders import helpers
from tests.domain.orders.helpers import ADDRESS, an_order, announced, found, place, placed
from tests.support.world import World

D = Decimal


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await world.account()
    await world.product(account, "course", "1500")
    await world.product(account, "book", "10.10")
    await world.product(account, "gift", "0")
    await world.product(account, "mug", "20", kind="physical")
    return account


async def test_an_order_keeps_what_was_said_and_what_the_products_cost_then(
    world: World, shop: accounts.Account
) -> None:
    manager = None
    manager = await world.do(accounts.create_manager, shop.id, "Olga")
    new = an_order(
        shop, "Anna@Example.com", "course", ("book", "7.50"),
        buyer={**ADDRESS, "middle_name": "M", "phone": "+7 900", "region": "R", "postal_code": "1", "ip": "192.0.2.1"},
        tag="t", comment="c", domain="shop.example.com", payment_method="card", manager_id=manager.id,
        marks={"utm_source": "x"}, extra={"confirmed": "yes"},
    )  # fmt: skip
    order = await placed(world, new)
    for field in ("first_name", "last_name", "middle_name", "phone", "country", "region", "city", "address",
                  "postal_code", "ip"):  # fmt: skip
        assert getattr(order, field) == getattr(new.buyer, field), field
    assert (order.email, order.tag, order.comment, order.domain) == ("Anna@Example.com", "t", "c", "shop.example.com")
    assert (order.payment_method, order.manager_id, order.source) == ("card", manager.id, "api")
    assert (order.marks, order.extra) == ({"utm_source": "x"}, {"confirmed": "yes"})
    assert (order.state, order.total, order.received, order.due) == ("waiting", D("1507.50"), D("0.00"), D("1507.50"))
    assert [(item.name, item.price, item.sum) for item in order.items] == [
        ("course", D("1500.00"), D("1500.00")),
        ("book", D("10.10"), D("7.50")),
    ]
    assert order.currency == shop.currency
    async with world.transaction() as tx:
        await products.change(tx, shop.id, products.NewProduct(name="course", price=D(9), title="New"))
        await products.delete(tx, shop.id, "book")
    assert await found(world, shop, order.id) == order
    assert await announced(world, shop) == ["placed"]
    assert await helpers.history(world, order) == ["placed"]


async def test_the_buyer_becomes_a_contact_and_fills_the_empty_fields_of_one(
    world: World, shop: accounts.Account
) -> None:
    await place(world, an_order(shop, "anna@example.com", "course", buyer={"first_name": "Anna"}))
    buyer = {"first_name": "Other", "phone": "+7", "city": "Moscow", "last_name": "Berg", "middle_name": "M"}
    order = await placed(world, an_order(shop, "ANNA@example.com", "book", buyer=buyer))
    async with world.reading() as tx:
        contact = (await contacts.get(tx, [(shop.id, order.contact_id)]))[shop.id, order.contact_id]
        card = await contacts.card(tx, shop.id, order.contact_id)
        assert await contacts.count(tx, shop.id) == 1
    assert (contact.name, contact.phone, contact.city) == ("Anna", "+7", "Moscow")
    assert (card.last_name, card.middle_name) == ("Berg", "M")


async def test_two_orders_of_one_new_person_in_one_batch_make_one_contact(world: World, shop: accounts.Account) -> None:
    one, two = await place(
        world,
        an_order(shop, "anna@example.com", "course", buyer={"first_name": "Anna"}),
        an_order(shop, "Anna@example.com", "book", buyer={"phone": "+7"}),
    )
    assert isinstance(one, orders.Placed)
    assert isinstance(two, orders.Placed)
    async with world.reading() as tx:
        (contact,) = (await contacts.get(tx, [(shop.id, (await found(world, shop, one.order_id)).contact_id)])).values()
    assert (contact.name, contact.phone) == ("Anna", "+7")


async def test_the_same_order_exists_whatever_the_order_of_its_products_until_it_is_paid_or_cancelled(
    world: World, shop: accounts.Account
) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "course", "book"))
    again = an_order(shop, "ANNA@example.com", "book", ("course", "3"))
    assert await place(world, again) == [orders.OrderExists(order_id=order.id)]
    assert isinstance((await place(world, an_order(shop, "anna@example.com", "course")))[0], orders.Placed)
    assert isinstance((await place(world, an_order(shop, "bert@example.com", "course", "book")))[0], orders.Placed)
    assert isinstance(
        (await place(world, an_order(shop, "anna@example.com", "course", "book", "book")))[0], orders.Placed
    )
    await helpers.pay(world, order, "1")
    second = await placed(world, again)
    await helpers.cancel(world, second)
    third = await placed(world, again)
    await helpers.pay(world, third)
    fourth = await placed(world, again)
    await helpers.send(world, fourth)
    fifth = await placed(world, again)
    await helpers.hide(world, fifth)
    assert isinstance((await place(world, again))[0], orders.Placed)


async def test_the_same_order_several_times_in_one_batch_is_placed_once(world: World, shop: accounts.Account) -> None:
    outcomes = await place(world, *[an_order(shop, "anna@example.com", "course")] * 3)
    assert outcomes == [outcomes[0], *[orders.OrderExists(order_id=outcomes[0].order_id)] * 2]
    assert await announced(world, shop) == ["placed"]


async def test_a_hundred_simultaneous_orders_through_two_processes_are_one_order(
    dsn: str, world: World, shop: accounts.Account
) -> None:
    async with World.open(dsn) as other:
        batches: list[Batch[orders.NewOrder, orders.Placed]] = [
            Batch(f"orders {n}", source.database, orders.place, largest=7, lanes=3)
            for n, source in enumerate((world, other))
        ]
        new = an_order(shop, "everybody@example.com", "course", "book")
        outcomes = await asyncio.gather(*[batches[n % 2].put(new) for n in range(100)], return_exceptions=True)
        (number,) = [outcome.order_id for outcome in outcomes if isinstance(outcome, orders.Placed)]
        others = [outcome for outcome in outcomes if not isinstance(outcome, orders.Placed)]
        assert others == [orders.OrderExists(order_id=number)] * 99
        async with world.reading() as tx:
            assert await tx.fetch_value("SELECT count(*) FROM orders WHERE account_id = $1", shop.id) == 1
            assert await tx.fetch_value("SELECT count(*) FROM order_items WHERE account_id = $1", shop.id) == 2
            assert await contacts.count(tx, shop.id) == 1
        assert await announced(world, shop) == ["placed"]
        for batch in batches:
            await batch.close()


async def test_orders_paid_and_placed_at_the_same_time_never_get_lost_or_stuck(
    dsn: str, world: World, shop: accounts.Account
) -> None:
    async with World.open(dsn) as other:
        batches: list[Batch[orders.NewOrder, orders.Placed]] = [
            Batch(f"storm {n}", source.database, orders.place, largest=5) for n, source in enumerate((world, other))
        ]
        numbers: set[int] = set()

        async def client(who: int) -> None:
            for turn in range(8):
                new = an_order(shop, f"p{(who + turn) % 5}@example.com", "course")
                try:
                    number = (await batches[who % 2].put(new)).order_id
                    assert number not in numbers
                    numbers.add(number)
                except orders.OrderExists as known:
                    number = int(known.fields["order_id"])
                source = (world, other)[turn % 2]
                async with source.transaction() as tx:
                    if turn % 3:
                        await orders.pay(tx, shop.id, number, D(1500), channel="bank", reference=f"{number}")
                    else:
                        with suppress(orders.IllegalTransition):
                            await orders.cancel(tx, shop.id, number)

        await asyncio.gather(*[client(n) for n in range(8)])
        async with world.reading() as tx:
            rows = await tx.fetch("SELECT id, state, received FROM orders WHERE account_id = $1", shop.id)
        assert {row["id"] for row in rows} == numbers
        assert all(
            row["received"] in (0, 1500) and (row["state"] == "paid") == (row["received"] == 1500) for row in rows
        )
        for batch in batches:
            await batch.close()


async def test_what_costs_nothing_is_paid_at_once(world: World, shop: accounts.Account) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "gift"))
    assert (order.state, order.paid_at, order.total) == ("paid", order.created_at, D("0.00"))
    assert await announced(world, shop) == ["placed", "paid"]
    assert await helpers.payments(world, order) == []
    assert isinstance((await place(world, an_order(shop, "anna@example.com", "gift")))[0], orders.Placed)


async def test_unknown_products_and_those_of_others_are_refused_as_they_were_called(
    world: World, shop: accounts.Account
) -> None:
    other = await world.account()
    await world.product(other, "foreign")
    outcomes = await place(
        world,
        an_order(shop, "a@example.com"),
        an_order(shop, "a@example.com", "course", "nothing"),
        an_order(shop, "a@example.com", "foreign"),
        an_order(shop, "b@example.com", "course"),
    )
    assert outcomes[:3] == [
        orders.NoProducts(),
        products.ProductNotFound(product="nothing"),
        products.ProductNotFound(product="foreign"),
    ]
    assert isinstance(outcomes[3], orders.Placed)
    assert await world.ask(contacts.count, shop.id) == 1


async def test_a_product_can_be_named_by_its_number(world: World, shop: accounts.Account) -> None:
    product = await world.product(shop, "numbered", "5")
    order = await placed(world, an_order(shop, "a@example.com", str(product.id)))
    assert order.items[0].name == "numbered"


@pytest.mark.parametrize("field", ["first_name", "last_name", "country", "city", "address"])
async def test_a_parcel_needs_a_name_and_an_address(world: World, shop: accounts.Account, field: str) -> None:
    for value in ("", "  "):
        buyer = {**ADDRESS, field: value}
        (outcome,) = await place(world, an_order(shop, "a@example.com", "course", "mug", buyer=buyer))
        assert outcome == orders.DeliveryDataMissing(field=field)
    buyer = {**ADDRESS, field: "-"}  # what one client sends for fields that it does not know
    assert isinstance((await place(world, an_order(shop, "a@example.com", "mug", buyer=buyer)))[0], orders.Placed)


async def test_a_parcel_goes_only_to_the_countries_of_its_product(world: World, shop: accounts.Account) -> None:
    await world.product(shop, "tea", "5", kind="physical", countries=("RU", "BY"))
    (outcome,) = await place(world, an_order(shop, "a@example.com", "tea", buyer={**ADDRESS, "country": "DE"}))
    assert outcome == orders.CountryNotServed(country="DE", product="tea")
    for country in ("ru", " BY "):
        buyer = {**ADDRESS, "country": country}
        new = an_order(shop, f"{country.strip()}@example.com", "tea", buyer=buyer)
        assert isinstance((await place(world, new))[0], orders.Placed)


async def test_the_deadline_is_the_earliest_of_the_products_or_what_the_order_says(
    world: World, shop: accounts.Account
) -> None:
    await world.product(shop, "soon", "5", deadline=timedelta(hours=1))
    await world.product(shop, "later", "5", deadline=timedelta(days=1))
    order = await placed(world, an_order(shop, "a@example.com", "soon", "later", "course"))
    assert order.cancel_at == order.created_at + timedelta(hours=1)
    order = await placed(world, an_order(shop, "b@example.com", "soon", cancel="never"))
    assert order.cancel_at is None
    then = datetime(2030, 1, 1, tzinfo=UTC)
    order = await placed(world, an_order(shop, "c@example.com", "course", cancel=then))
    assert order.cancel_at == then
    order = await placed(world, an_order(shop, "d@example.com", "course"))
    assert order.cancel_at is None


async def test_an_order_may_have_been_made_earlier_but_not_later(world: World, shop: accounts.Account) -> None:
    then = datetime(2020, 1, 1, 12, tzinfo=UTC)
    order = await placed(world, an_order(shop, "a@example.com", "course", created_at=then))
    assert order.created_at == then
    ahead = datetime.now(UTC) + timedelta(minutes=5)
    order = await placed(world, an_order(shop, "b@example.com", "course", created_at=ahead))
    assert order.created_at < ahead
    new = an_order(shop, "c@example.com", "course", created_at=ahead + timedelta(days=1))
    assert helpers.refused((await place(world, new))[0]) is orders.BadOrder


async def test_a_coupon_makes_cheaper_what_has_no_sum_of_its_own(world: World, shop: accounts.Account) -> None:
    coupon = await world.coupon(shop, "Ten")
    order = await placed(world, an_order(shop, "a@example.com", "course", ("book", "10.10"), coupon="tEN"))
    assert [item.sum for item in order.items] == [D("1350.00"), D("10.10")]
    assert (order.coupon, order.total) == ("Ten", D("1360.10"))
    order = await placed(world, an_order(shop, "b@example.com", "book", coupon=str(coupon.id)))
    assert (order.coupon, order.total) == ("Ten", D("9.09"))
    order = await placed(world, an_order(shop, "c@example.com", "book", coupon="unknown"))
    assert (order.coupon, order.total) == ("", D("10.10"))


async def test_a_coupon_that_makes_it_free_pays_it(world: World, shop: accounts.Account) -> None:
    await world.coupon(shop, "all", discount_percent=D(100))
    order = await placed(world, an_order(shop, "a@example.com", "course", coupon="all"))
    assert (order.state, order.total) == ("paid", D("0.00"))


async def uses(world: World, shop: accounts.Account) -> int:
    return (await world.ask(products.list_coupons, shop.id))[0].uses


async def test_a_coupon_is_used_as_often_as_it_may_be_and_comes_back_with_cancelled_orders(
    world: World, shop: accounts.Account
) -> None:
    await world.coupon(shop, "two", most_uses=2)
    outcomes = await place(world, *[an_order(shop, f"p{n}@example.com", "course", coupon="two") for n in range(4)])
    made = [await found(world, shop, outcome.order_id) for outcome in outcomes]
    assert sorted((order.coupon, order.total) for order in made) == [
        ("", D("1500.00")), ("", D("1500.00")), ("two", D("1350.00")), ("two", D("1350.00"))]  # fmt: skip
    for order in made:
        assert sum(item.sum for item in order.items) == order.total
    assert await uses(world, shop) == 2
    first = next(order for order in made if order.coupon)
    # The same order once more uses nothing.
    email = first.email
    assert helpers.refused((await place(world, an_order(shop, email, "course", coupon="two")))[0]) is orders.OrderExists
    assert await uses(world, shop) == 2
    await helpers.cancel(world, first)
    await helpers.cancel(world, first)
    assert await uses(world, shop) == 1
    await helpers.pay(world, first, channel="bank")
    assert await uses(world, shop) == 2
    second = next(order for order in made if order.coupon and order.id != first.id)
    await helpers.hide(world, second)
    assert await uses(world, shop) == 1
    await helpers.show(world, second)
    assert await uses(world, shop) == 2


async def test_simultaneous_orders_do_not_use_a_coupon_too_often(dsn: str, world: World) -> None:
    shop = await world.account()
    await world.product(shop, "course", "100")
    await world.coupon(shop, "few", most_uses=5)
    async with World.open(dsn) as other:
        batches: list[Batch[orders.NewOrder, orders.Placed]] = [
            Batch(f"coupons {n}", source.database, orders.place, largest=4) for n, source in enumerate((world, other))
        ]
        news = [an_order(shop, f"p{n}@example.com", "course", coupon="few") for n in range(40)]
        outcomes = await asyncio.gather(*[batches[n % 2].put(new) for n, new in enumerate(news)])
        made = [await found(world, shop, outcome.order_id) for outcome in outcomes]
        assert sorted(order.total for order in made) == [D(90)] * 5 + [D(100)] * 35
        assert await uses(world, shop) == 5
        for batch in batches:
            await batch.close()


async def test_hostile_words_are_refused_and_harm_no_neighbour(world: World, shop: accounts.Account) -> None:
    long = "x" * 20_000
    bad = [
        *[an_order(shop, "a@example.com", "course", buyer={field: long}) for field in ADDRESS],
        *[an_order(shop, "a@example.com", "course", **{field: long}) for field in ("tag", "comment", "domain", "coupon")],
        an_order(shop, "a@example.com", "course", comment="a\0b"),
        an_order(shop, "a@example.com", "course", tag="\ud800"),
        an_order(shop, "a@example.com", "course", marks={"utm_source": long}),
        an_order(shop, "a@example.com", "course", marks={long: "x"}),
        an_order(shop, "a@example.com", "course", extra={str(n): "x" for n in range(1000)}),
        an_order(shop, "a@example.com", *["course"] * 1000),
        an_order(shop, "a@example.com", ("course", "-1")),
        an_order(shop, "a@example.com", ("course", "NaN")),
        an_order(shop, "a@example.com", ("course", "Infinity")),
        an_order(shop, "a@example.com", ("course", "0.001")),
        an_order(shop, "a@example.com", ("course", "1e30")),
        an_order(shop, "a@example.com", ("course", "99999999999.99"), ("book", "0.01")),
        an_order(shop, "a@example.com", "course\0"),
        an_order(shop, "a@example.com", "course", manager_id=2**70),
        an_order(shop, "a@example.com", "course", manager_id=5),
        an_order(shop, "a@example.com", "course", affiliates=("x" * 2000,)),
        an_order(shop, "a@example.com", "course", cancel=datetime(1, 1, 1, tzinfo=UTC)),
    ]  # fmt: skip
    quote = 'Robert\'); DROP TABLE orders;--\\ "{$name}" {{ x }} \u2028'
    good = an_order(shop, "b@example.com", "course", comment=quote, buyer={"first_name": quote}, tag="😀")
    *refusals, last = await place(world, *bad, good)
    assert [helpers.refused(refusal) for refusal in refusals] == [orders.BadOrder] * len(bad)
    order = await found(world, shop, last.order_id)
    assert (order.comment, order.first_name, order.tag) == (quote, quote, "😀")


async def test_one_account_sees_and_touches_nothing_of_another(world: World, shop: accounts.Account) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "course"))
    other = await world.account()
    async with world.transaction() as tx:
        assert await orders.find(tx, other.id, order.id) is None
        assert await orders.list_of_contact(tx, other.id, order.contact_id) == []
        assert await orders.payments_of(tx, other.id, order.id) == []
        assert await orders.history_of(tx, other.id, order.id) == []
        span: dict[str, Any] = {"since": order.created_at, "until": order.created_at + timedelta(days=1)}
        assert [one.id for one in await orders.list_(tx, shop.id, **span)] == [order.id]
        assert await orders.list_(tx, other.id, **span) == []
    for act in (
        lambda tx: orders.pay(tx, other.id, order.id, None, channel="stripe"),
        lambda tx: orders.refund(tx, other.id, order.id, None, channel="stripe"),
        lambda tx: orders.cancel(tx, other.id, order.id),
        lambda tx: orders.mark_sent(tx, other.id, order.id),
        lambda tx: orders.mark_returned(tx, other.id, order.id),
        lambda tx: orders.delete(tx, other.id, order.id),
        lambda tx: orders.restore(tx, other.id, order.id),
        lambda tx: orders.get(tx, other.id, order.id),
    ):
        with pytest.raises(orders.OrderNotFound):
            await world.do(act)
    assert await found(world, shop, order.id) == order
