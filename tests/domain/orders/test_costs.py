"""What the statements touch: with a long history, no more rows than the answer is about, and no table as a whole."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, orders, products
from enlist.runtime.db import Tx
from tests.domain.orders.helpers import an_order
from tests.support.world import World

HISTORY = 100_000
START = datetime(2020, 1, 1, tzinfo=UTC)
STEP = timedelta(minutes=30)
_TABLES = ["orders", "order_items", "payments", "order_changes"]

# A past of many orders, one each half hour: a third of them paid, a third cancelled, a third waiting for ever.
_FILL = """
INSERT INTO contacts (account_id, email, email_key, name, phone, city, tags, created_at)
SELECT $1, 'old' || n || '@example.com', 'old' || n || '@example.com', '', '', '', '{}', $3
FROM generate_series(1, $2::int / 3) AS n;
"""
_FILL_ORDERS = """
INSERT INTO orders (account_id, id, contact_id, state, email, first_name, last_name, middle_name, phone, country, region,
    city, address, postal_code, ip, currency, total, received, coupon, tag, comment, domain, source, payment_method,
    open_key, created_at, paid_at)
SELECT $1, n, c.id, (ARRAY['waiting', 'paid', 'cancelled'])[n % 3 + 1], c.email, '', '', '', '', '', '', '', '', '', '',
    'USD', 5, CASE WHEN n % 3 = 1 THEN 5 ELSE 0 END, '', '', '', '', 'api', '',
    CASE WHEN n % 3 = 0 THEN md5(n::text)::uuid END, $3::timestamptz + n * interval '30 minutes',
    CASE WHEN n % 3 = 1 THEN $3::timestamptz + n * interval '30 minutes' END
FROM generate_series(1, $2::int) AS n
JOIN (SELECT id, email, row_number() OVER (ORDER BY id) - 1 AS nth FROM contacts WHERE account_id = $1) AS c
    ON c.nth = n % ($2::int / 3)
"""
_FILL_ITEMS = """
INSERT INTO order_items (account_id, order_id, place, product_id, name, title, price, sum)
SELECT $1, id, 0, $2, 'course', 'Course', 5, 5 FROM orders WHERE account_id = $1
"""
_FILL_PAYMENTS = """
INSERT INTO payments (account_id, order_id, kind, amount, channel, reference, at, recorded_at, note)
SELECT $1, id, 'payment', 5, 'stripe', 'old' || id, paid_at, paid_at, ''
FROM orders WHERE account_id = $1 AND paid_at IS NOT NULL
"""
_FILL_CHANGES = """
INSERT INTO order_changes (account_id, order_id, at, actor, event, detail)
SELECT $1, id, created_at, 'api', 'paid', '' FROM orders WHERE account_id = $1
"""


@pytest.fixture(scope="module")
async def shop(world: World) -> accounts.Account:
    """An account with a long past."""
    account = await world.account()
    product = await world.product(account, "course", "5", letter_text="Thanks", groups=("buyers",))
    async with world.transaction() as tx:
        await products.add_pin_codes(tx, account.id, "course", [f"PIN-{n}" for n in range(5000)])
        await tx.execute(_FILL.rstrip("\n;"), account.id, HISTORY, START)
        await tx.execute(_FILL_ORDERS, account.id, HISTORY, START)
        await tx.execute(
            "UPDATE number_counters SET last = $2 WHERE (account_id, kind) = ($1, 'orders')", account.id, HISTORY
        )
        await tx.execute(_FILL_ITEMS, account.id, product.id)
        await tx.execute(_FILL_PAYMENTS, account.id)
        await tx.execute(_FILL_CHANGES, account.id)
    async with world.reading() as tx:
        await tx.execute(f"ANALYZE contacts, {', '.join(_TABLES)}")
    return account


async def cost(tx: Tx) -> tuple[int, int]:
    """Tell how many rows of our tables this transaction has read one after the other, and how many by an index."""
    row = await tx.fetch_row(
        "SELECT sum(seq_tup_read)::int, sum(idx_tup_fetch)::int FROM pg_stat_xact_user_tables"
        " WHERE relname = ANY ($1)", _TABLES,
    )  # fmt: skip
    assert row is not None
    return row[0], row[1]


Work = Callable[[Tx, accounts.Account], Awaitable[Any]]


async def _one(tx: Tx, shop: accounts.Account, state: str = "waiting", *, skip: int = 0) -> int:
    begin = int(await tx.fetch_value("SELECT min(id) FROM orders WHERE account_id = $1", shop.id))
    number: int = await tx.fetch_value(
        "SELECT id FROM orders WHERE account_id = $1 AND id > $2 AND state = $3 ORDER BY id LIMIT 1",
        shop.id, begin + HISTORY // 2 + skip, state,
    )  # fmt: skip
    return number


async def _pay(tx: Tx, shop: accounts.Account) -> None:
    number = await _one(tx, shop)
    await orders.pay(tx, shop.id, number, Decimal(1), channel="stripe", reference="new1")
    for _ in range(2):
        await orders.pay(tx, shop.id, number, None, channel="stripe", reference="new2")


async def _refund(tx: Tx, shop: accounts.Account) -> None:
    await orders.refund(tx, shop.id, await _one(tx, shop, "paid"), None, channel="stripe", reference="b")


async def _move(tx: Tx, shop: accounts.Account) -> None:
    number = await _one(tx, shop, skip=9)
    await orders.mark_sent(tx, shop.id, number)
    await orders.mark_returned(tx, shop.id, number)
    await orders.cancel(tx, shop.id, await _one(tx, shop, skip=30))


async def _hide(tx: Tx, shop: accounts.Account) -> None:
    number = await _one(tx, shop, skip=60)
    await orders.delete(tx, shop.id, number)
    await orders.restore(tx, shop.id, number)


async def _place(tx: Tx, shop: accounts.Account) -> None:
    known = [an_order(shop, f"old{n}@example.com", "course") for n in range(1, 21)]
    fresh = [an_order(shop, f"new{n}@example.com", "course") for n in range(20)]
    outcomes = await orders.place(tx, [*known, *fresh])
    assert all(isinstance(outcome, orders.Placed) for outcome in outcomes)
    again = await orders.place(tx, [*known, *fresh])
    assert all(isinstance(outcome, orders.OrderExists) for outcome in again)


async def _expire(tx: Tx, shop: accounts.Account) -> None:
    assert await orders.cancel_overdue(tx) == 0
    number = await _one(tx, shop)
    await tx.execute("UPDATE orders SET cancel_at = $2 WHERE account_id = $1 AND id = $3", shop.id, START, number)
    assert await orders.cancel_overdue(tx) == 1


async def _hand_out(tx: Tx, shop: accounts.Account) -> None:
    product = await products.find(tx, shop.id, "course")
    assert product is not None
    number = await _one(tx, shop, "paid")
    await tx.execute(
        "UPDATE order_items SET awaits_pin = true WHERE account_id = $1 AND order_id = $2", shop.id, number
    )
    await orders.hand_out(tx, [products.PinCodesAdded(owner_id=shop.id, product_id=product.id)])


async def _find(tx: Tx, shop: accounts.Account) -> None:
    number = await _one(tx, shop)
    order = await orders.get(tx, shop.id, number)
    assert await orders.list_of_contact(tx, shop.id, order.contact_id)
    await orders.payments_of(tx, shop.id, number)
    await orders.history_of(tx, shop.id, number)


async def _list(tx: Tx, shop: accounts.Account) -> None:
    product = await products.find(tx, shop.id, "course")
    assert product is not None
    since = START + STEP * (HISTORY // 2)
    for paid in (False, True):
        for product_ids in ((), (product.id,)):
            found = await orders.list_(
                tx, shop.id, since=since, until=since + 30 * STEP, paid=paid, product_ids=product_ids
            )
            assert len(found) in (10, 30)
            last = found[4]
            after = (last.paid_at if paid and last.paid_at else last.created_at), last.id
            page = await orders.list_(
                tx, shop.id, since=since, until=since + 99 * STEP, paid=paid, after=after, limit=5
            )
            assert page[0].id == found[5].id


@pytest.mark.parametrize(
    ("work", "most"),
    [(_place, 600), (_pay, 60), (_refund, 30), (_move, 60), (_hide, 60), (_expire, 20), (_hand_out, 20), (_find, 60),
     (_list, 500)],
)  # fmt: skip
async def test_nothing_is_read_that_is_not_asked_for(
    world: World, shop: accounts.Account, work: Work, most: int
) -> None:
    async with world.transaction() as tx:
        # Prepared statements may come to be planned without looking at their values; that has to be fine as well.
        for mode in ("force_custom_plan", "force_generic_plan"):
            await tx.execute(f"SET LOCAL plan_cache_mode = {mode}")
            before = await cost(tx)
            await tx.execute("SAVEPOINT undo")
            await work(tx, shop)
            in_sequence, by_index = (now - then for now, then in zip(await cost(tx), before, strict=True))
            assert in_sequence == 0, mode
            assert by_index <= most, mode
            await tx.execute("ROLLBACK TO SAVEPOINT undo")
