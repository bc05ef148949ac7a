"""Payments and refunds: what is recorded, what is refused, what comes of it, and that nothing is done twice."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from enlist.domain import accounts, orders, products
from tests.domain.orders import helpers
from tests.domain.orders.helpers import (
    an_order,
    announced,
    found,
    groups_of,
    history,
    letters,
    pay,
    payments,
    placed,
    refund,
)
from tests.support.world import World

D = Decimal


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await world.account()
    await world.product(account, "course", "100", groups=("buyers", "course-2026"), letter_text="Thanks")
    await world.product(account, "plain", "20")
    return account


@pytest.fixture
async def order(world: World, shop: accounts.Account) -> orders.Order:
    new = an_order(shop, "anna@example.com", "course", "plain", cancel=datetime(2999, 1, 1, tzinfo=UTC))
    return await placed(world, new)


async def test_payment_in_full_enrols_and_writes_one_letter(
    world: World, shop: accounts.Account, order: orders.Order
) -> None:
    then = datetime(2024, 5, 6, tzinfo=UTC)
    paid = await pay(world, order, at=then)
    assert (paid.state, paid.paid_at, paid.received, paid.due, paid.cancel_at) == ("paid", then, D(120), D(0), None)
    assert await world.ask(groups_of, shop, "anna@example.com") == {"buyers": "active", "course-2026": "active"}
    assert await letters(world, order) == [0]
    assert await announced(world, shop) == ["placed", "paid"]
    assert await history(world, order) == ["placed", "payment", "paid"]


async def test_saying_paid_again_changes_nothing(world: World, shop: accounts.Account, order: orders.Order) -> None:
    paid = await pay(world, order)
    for channel in ("manual", "api", "stripe"):
        assert await pay(world, order, channel=channel) == paid
    assert await payments(world, order) == [("payment", D(120))]
    assert await letters(world, order) == [0]
    assert await announced(world, shop) == ["placed", "paid"]


async def test_payment_in_parts_takes_the_deadline_away_and_fulfils_with_the_last(
    world: World, shop: accounts.Account, order: orders.Order
) -> None:
    part = await pay(world, order, "20", reference="1")
    assert (part.state, part.due, part.cancel_at, part.paid_at) == ("waiting", D(100), None, None)
    assert await letters(world, order) == []
    part = await pay(world, order, "20", reference="1")
    assert part.due == D(100)
    with pytest.raises(orders.IllegalTransition):
        await helpers.cancel(world, order)
    assert (await pay(world, order, "100")).state == "paid"
    assert await letters(world, order) == [0]
    assert await announced(world, shop) == ["placed", "partly_paid", "paid"]


@pytest.mark.parametrize("amount", ["0", "-1", "120.01", "0.001", "NaN", "Infinity", "1e20"])
@pytest.mark.parametrize("channel", ["manual", "api"])
async def test_impossible_sums_are_refused(world: World, order: orders.Order, amount: str, channel: str) -> None:
    with pytest.raises(orders.PaymentImpossible):
        await pay(world, order, amount, channel=channel)
    assert await payments(world, order) == []


async def test_money_does_not_come_from_the_future_but_clocks_differ(world: World, order: orders.Order) -> None:
    now = datetime.now(UTC)
    with pytest.raises(orders.PaymentImpossible):
        await pay(world, order, at=now + timedelta(days=1))
    await pay(world, order, "1", channel="stripe", at=now + timedelta(days=1))
    await pay(world, order, "1", at=now + timedelta(minutes=1))
    assert all(one.at <= one.recorded_at for one in await world.ask(orders.payments_of, order.account_id, order.id))


async def test_a_channel_is_never_refused_for_the_orders_state(world: World, shop: accounts.Account) -> None:
    async def an(email: str) -> orders.Order:
        return await placed(world, an_order(shop, email, "plain"))

    cancelled = await an("cancelled@example.com")
    await helpers.cancel(world, cancelled)
    revived = await pay(world, cancelled, "20", channel="stripe", reference="1")
    assert (revived.state, revived.ended_at) == ("paid", None)

    half = await an("half@example.com")
    await helpers.cancel(world, half)
    revived = await pay(world, half, "5", channel="stripe", reference="2")
    assert (revived.state, revived.due) == ("waiting", D(15))

    over = await an("over@example.com")
    await pay(world, over)
    assert (await pay(world, over, "7", channel="stripe", reference="3")).received == D(27)
    assert "attention" in await history(world, over)

    for end in (refund, helpers.take_back):
        done = await an(f"{end.__name__}@example.com")
        await pay(world, done)
        state = (await end(world, done)).state
        after = await pay(world, done, "3", channel="stripe", reference=end.__name__)
        assert after.state == state
        assert (await payments(world, done))[-1] == ("payment", D(3))
        with pytest.raises(orders.IllegalTransition):
            await pay(world, done)

    hidden = await an("hidden@example.com")
    await helpers.hide(world, hidden)
    with pytest.raises(orders.OrderNotFound):
        await pay(world, hidden)
    after = await pay(world, hidden, "20", channel="stripe", reference="4")
    assert (after.state, after.hidden, after.received) == ("waiting", True, D(20))
    await helpers.show(world, hidden)
    shown = await found(world, shop, hidden.id)
    assert (shown.state, shown.paid_at is not None) == ("paid", True)


async def test_the_channel_that_took_the_money_is_the_payment_method_of_an_order_without_one(
    world: World, shop: accounts.Account
) -> None:
    async def method(email: str, *channels: str, **said: str) -> str:
        order = await placed(world, an_order(shop, email, "plain", **said))
        for number, channel in enumerate(channels):
            await pay(world, order, "5", channel=channel, reference=f"{email} {number}")
        await refund(world, order, "5")
        return (await found(world, shop, order.id)).payment_method

    assert await method("card@example.com", "stripe") == "stripe"
    assert await method("mixed@example.com", "manual", "stripe", "other") == "stripe"
    assert await method("hand@example.com", "manual", "api") == ""
    assert await method("said@example.com", "stripe", payment_method="cash") == "cash"


async def test_a_reference_stands_for_one_payment_of_one_order(world: World, shop: accounts.Account) -> None:
    one = await placed(world, an_order(shop, "one@example.com", "plain"))
    two = await placed(world, an_order(shop, "two@example.com", "plain"))
    await pay(world, one, "20", channel="stripe", reference="pi_1")
    with pytest.raises(orders.PaymentImpossible):
        await pay(world, two, "20", channel="stripe", reference="pi_1")
    await pay(world, two, "20", channel="other", reference="pi_1")
    await refund(world, one, "5", channel="stripe", reference="pi_1")
    await refund(world, one, "5", channel="stripe", reference="pi_1")
    assert await payments(world, one) == [("payment", D(20)), ("refund", D(5))]


async def test_the_same_event_many_times_at_once_is_one_payment(
    dsn: str, world: World, shop: accounts.Account, order: orders.Order
) -> None:
    async with World.open(dsn) as other:
        said = {"channel": "stripe", "reference": "pi_2"}
        done = await asyncio.gather(*[pay((world, other)[n % 2], order, "120", **said) for n in range(12)])
        assert {one.state for one in done} == {"paid"}
        assert await payments(world, order) == [("payment", D(120))]
        assert await letters(world, order) == [0]
        done = await asyncio.gather(*[refund((world, other)[n % 2], order, "120", **said) for n in range(12)])
        assert {one.state for one in done} == {"refunded"}
        assert await payments(world, order) == [("payment", D(120)), ("refund", D(120))]


async def test_different_payments_at_once_are_all_recorded(dsn: str, world: World, order: orders.Order) -> None:
    async with World.open(dsn) as other:
        await asyncio.gather(
            *[pay((world, other)[n % 2], order, "10", channel="stripe", reference=f"r{n}") for n in range(12)]
        )
        now = await found(world, await _account(world, order), order.id)
        assert (now.state, now.received) == ("paid", D(120))
        assert await letters(world, order) == [0]


async def _account(world: World, order: orders.Order) -> accounts.Account:
    from tests.support.world import VAULT

    async with world.reading() as tx:
        owner = (await accounts.owners(tx, [order.account_id]))[order.account_id]
        return await accounts.get(tx, owner.login, VAULT)


async def test_a_refund_of_a_part_leaves_the_order_paid_and_of_all_ends_it(
    world: World, shop: accounts.Account, order: orders.Order
) -> None:
    await pay(world, order)
    part = await refund(world, order, "50")
    assert (part.state, part.received, part.due) == ("paid", D(70), D(0))
    with pytest.raises(orders.PaymentImpossible):
        await refund(world, order, "70.01")
    whole = await refund(world, order)
    assert (whole.state, whole.received) == ("refunded", D(0))
    assert whole.ended_at is not None
    assert await refund(world, order) == whole
    assert await announced(world, shop) == ["placed", "paid", "refunded", "refunded"]


async def test_what_never_came_cannot_go_back(world: World, shop: accounts.Account, order: orders.Order) -> None:
    with pytest.raises(orders.IllegalTransition):
        await refund(world, order)
    with pytest.raises(orders.PaymentImpossible):
        await refund(world, order, "1", channel="stripe", reference="early")
    await helpers.cancel(world, order)
    with pytest.raises(orders.IllegalTransition):
        await refund(world, order)
    await world.product(shop, "gift", "0")
    free = await placed(world, an_order(shop, "anna@example.com", "gift"))
    assert (await refund(world, free)).state == "refunded"
    assert await payments(world, free) == []


async def test_an_order_sent_before_it_is_paid_stays_sent(world: World, shop: accounts.Account) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "course"))
    sent = await helpers.send(world, order, tracking_number="RA1")
    assert (sent.state, sent.due) == ("sent", D(100))
    assert (await pay(world, order, "40")).due == D(60)
    paid = await pay(world, order)
    assert (paid.state, paid.due, paid.tracking_number) == ("sent", D(0), "RA1")
    assert paid.paid_at is not None
    assert paid.sent_at == sent.sent_at
    assert await letters(world, order) == [0]
    assert await announced(world, shop) == ["placed", "sent", "partly_paid", "paid"]


async def test_a_group_that_asks_is_asked_for_and_one_that_cannot_be_joined_stops_nothing(
    world: World, shop: accounts.Account
) -> None:
    await world.group(shop, "asks")
    product = await world.product(shop, "odd", "5", groups=("asks", "gone", "open"))
    async with world.transaction() as tx:
        await tx.execute(
            "UPDATE products SET groups = groups || '{all contacts,all}' WHERE account_id = $1 AND id = $2",
            shop.id, product.id,
        )  # fmt: skip
    first = await placed(world, an_order(shop, "anna@example.com", "odd"))
    await pay(world, first)
    async with world.transaction() as tx:
        assert await groups_of(tx, shop, "anna@example.com") == {"asks": "waiting", "gone": "active", "open": "active"}
        await tx.execute(
            "UPDATE memberships SET state = 'undeliverable' WHERE account_id = $1 AND contact_id = $2 AND group_id ="
            " (SELECT id FROM groups WHERE account_id = $1 AND name = 'gone')", shop.id, first.contact_id,
        )  # fmt: skip
        await tx.execute(
            "UPDATE memberships SET state = 'left' WHERE account_id = $1 AND contact_id = $2 AND group_id ="
            " (SELECT id FROM groups WHERE account_id = $1 AND name = 'open')", shop.id, first.contact_id,
        )  # fmt: skip
    second = await placed(world, an_order(shop, "anna@example.com", "odd"))
    assert (await pay(world, second)).state == "paid"
    assert (await world.ask(groups_of, shop, "anna@example.com"))["open"] == "active"
    assert "attention" in await history(world, second)


async def test_groups_that_have_gone_are_made_anew(world: World, shop: accounts.Account) -> None:
    async with world.transaction() as tx:
        await tx.execute("DELETE FROM groups WHERE account_id = $1 AND name = 'buyers'", shop.id)
    order = await placed(world, an_order(shop, "anna@example.com", "course"))
    await pay(world, order)
    assert (await world.ask(groups_of, shop, "anna@example.com"))["buyers"] == "active"


async def test_words_of_a_payment_that_cannot_be_kept_are_refused(world: World, order: orders.Order) -> None:
    for said in ({"reference": "x" * 256}, {"note": "a\0b"}, {"note": "x" * 1001}, {"reference": "\udc00"}):
        with pytest.raises(orders.PaymentImpossible):
            await pay(world, order, "1", channel="stripe", **said)
        with pytest.raises(orders.PaymentImpossible):
            await refund(world, order, "1", channel="stripe", **said)


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63, 2**200])
async def test_numbers_of_no_order_are_not_found(world: World, shop: accounts.Account, number: int) -> None:
    async with world.reading() as tx:
        assert await orders.find(tx, shop.id, number) is None
        assert await orders.payments_of(tx, shop.id, number) == []
        assert await orders.history_of(tx, shop.id, number) == []
        with pytest.raises(orders.OrderNotFound):
            await orders.pay(tx, shop.id, number, None, channel="stripe")
        with pytest.raises(orders.OrderNotFound):
            await orders.restore(tx, shop.id, number)


PAYING = """
import asyncio, sys
from decimal import Decimal
from enlist.domain import orders
from enlist.runtime.db import Database

async def main(dsn, account_id, order_id):
    database = Database(dsn)
    await database.open()
    async with database.transaction() as tx:
        await orders.pay(tx, int(account_id), int(order_id), None, channel="stripe", reference="crash")
        print("written", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_crash_in_the_middle_of_a_payment_leaves_nothing_and_the_next_try_all(
    world: World, dsn: str, shop: accounts.Account, order: orders.Order
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PAYING, dsn, str(shop.id), str(order.id), env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert (await process.stdout.readline()).strip() == b"written"
    process.kill()
    await process.wait()
    assert await found(world, shop, order.id) == order
    assert await payments(world, order) == []
    assert await letters(world, order) == []
    for _ in range(2):
        await pay(world, order, channel="stripe", reference="crash")
    assert await payments(world, order) == [("payment", D(120))]
    assert await letters(world, order) == [0]
    assert await announced(world, shop) == ["placed", "paid"]
    assert (await world.ask(groups_of, shop, "anna@example.com"))["buyers"] == "active"


async def test_pin_codes_are_handed_out_once_each_and_who_comes_too_late_gets_his_later(
    world: World, shop: accounts.Account
) -> None:
    await world.product(shop, "key", "5")
    await world.do(products.add_pin_codes, shop.id, "key", ["p1", "p2", "p3"])
    made = [await placed(world, an_order(shop, f"p{n}@example.com", "key", "plain", "key")) for n in range(3)]
    await asyncio.gather(*[pay(world, order) for order in made])
    after = [await found(world, shop, order.id) for order in made]
    pins = [item.pin_code for order in after for item in order.items if item.pin_code]
    assert sorted(pins) == ["p1", "p2", "p3"]
    assert sum([len(await letters(world, order)) for order in made]) == 3
    async with world.transaction() as tx:
        await products.add_pin_codes(tx, shop.id, "key", ["p3", "p4", "p5"])
        added = products.PinCodesAdded(owner_id=shop.id, product_id=after[0].items[0].product_id)
        await orders.hand_out(tx, [added, added])
        await orders.hand_out(tx, [added])
    after = [await found(world, shop, order.id) for order in made]
    pins = [item.pin_code for order in after for item in order.items if item.name == "key"]
    assert sorted(pins) == ["", "p1", "p2", "p3", "p4", "p5"]
    # The code of one who got his money back is owed to nobody.
    (unlucky,) = [order for order in after if any(not i.pin_code and i.name == "key" for i in order.items)]
    await refund(world, unlucky)
    async with world.transaction() as tx:
        await products.add_pin_codes(tx, shop.id, "key", ["p6"])
        await orders.hand_out(tx, [added])
        assert await products.count_pin_codes(tx, shop.id, "key") == (1, 5)
    total = [place for order in made for place in await letters(world, order)]
    assert sorted(total) == sorted(place for order in after for place in (0, 2) if order.items[place].pin_code)


async def test_codes_that_come_while_somebody_pays_reach_him(world: World, dsn: str, shop: accounts.Account) -> None:
    await world.product(shop, "key", "5")
    await world.do(products.add_pin_codes, shop.id, "key", ["p0"])
    made = [await placed(world, an_order(shop, f"p{n}@example.com", "key")) for n in range(8)]
    added = products.PinCodesAdded(owner_id=shop.id, product_id=made[0].items[0].product_id)

    async def fill(number: int) -> None:
        await world.do(products.add_pin_codes, shop.id, "key", [f"q{number}"])
        async with world.transaction() as tx:  # as the dispatcher does, after the commit
            await orders.hand_out(tx, [added])

    await asyncio.gather(*[pay(world, order) for order in made], *[fill(n) for n in range(7)])
    after = [await found(world, shop, order.id) for order in made]
    assert sorted(item.pin_code for order in after for item in order.items) == ["p0", *[f"q{n}" for n in range(7)]]
    for order in made:
        assert await letters(world, order) == [0]


async def test_orders_with_several_codes_take_the_last_ones_at_once_without_locking_each_other_out(
    world: World, dsn: str, shop: accounts.Account
) -> None:
    for name in ("key", "lock"):
        await world.product(shop, name, "5")
        await world.do(products.add_pin_codes, shop.id, name, [f"{name}{n}" for n in range(6)])
    async with World.open(dsn) as other:
        names = ("key", "lock", "key", "lock")
        made = [
            await placed(world, an_order(shop, f"p{n}@example.com", *names[n % 2 :], *names[: n % 2])) for n in range(8)
        ]
        await asyncio.gather(*[pay((world, other)[n % 2], order) for n, order in enumerate(made)])
        pins = [item.pin_code for order in made for item in (await found(world, shop, order.id)).items]
        assert sorted(pins) == [""] * 20 + sorted(f"{name}{n}" for name in ("key", "lock") for n in range(6))


async def test_an_account_without_products_of_others_pays_nothing_into_them(world: World) -> None:
    one, two = await world.account(), await world.account()
    for account in (one, two):
        await world.product(account, "key", "5", groups=("buyers",))
        await world.do(products.add_pin_codes, account.id, "key", [f"{account.login}-1"])
    order = await placed(world, an_order(one, "anna@example.com", "key"))
    assert (await pay(world, order)).items[0].pin_code == f"{one.login}-1"
    async with world.reading() as tx:
        assert await products.count_pin_codes(tx, two.id, "key") == (1, 0)
        assert await tx.fetch_value("SELECT count(*) FROM contacts WHERE account_id = $1", two.id) == 0
