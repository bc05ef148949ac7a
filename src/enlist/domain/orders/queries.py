"""The SQL statements that write orders, and those that lock them for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import asyncpg

from enlist.domain.orders import reading_queries
from enlist.domain.orders.drafting import Draft, Key
from enlist.domain.orders.model import CancelledOrder, Item, LockedOrder, Order
from enlist.runtime.db import Tx, columns, records

_PLACED: Final = (
    "account_id", "contact_id", "email", "first_name", "last_name", "middle_name", "phone", "country", "region", "city",
    "address", "postal_code", "ip", "currency", "total", "coupon", "coupon_id", "tag", "comment", "domain", "source",
    "payment_method", "manager_id", "marks", "extra", "open_key", "created_at", "cancel_at",
)  # fmt: skip
# Orders are numbered per account, in the order of the batch; whoever holds an account's counter is alone in placing its
# orders. Nearly always all of a batch are new: they are added as if they were, which costs no look at what waits. If
# some are not, that is undone, since no number may be used up for them, and those that wait are left out. The look is
# one into the index for each order: NOT EXISTS would be planned as a join that reads all orders of the account.
_INSERT: Final = """
WITH new AS (
    SELECT o.*, row_number() OVER (PARTITION BY account_id ORDER BY n) AS nth
    FROM ROWS FROM (json_to_recordset($1::json)
         AS (account_id bigint, contact_id bigint, email text, first_name text, last_name text, middle_name text,
             phone text, country text, region text, city text, address text, postal_code text, ip text, currency text,
             total numeric, coupon text, coupon_id bigint, tag text, comment text, domain text, source text,
             payment_method text, manager_id bigint, marks jsonb, extra jsonb, open_key uuid, created_at timestamptz,
             cancel_at timestamptz))
         WITH ORDINALITY AS o ({columns}, n)
    {which}
), counted AS (
    INSERT INTO number_counters AS c (account_id, kind, last)
    SELECT account_id, 'orders', count(*) FROM new GROUP BY account_id ORDER BY account_id
    ON CONFLICT (account_id, kind) DO UPDATE SET last = c.last + excluded.last RETURNING account_id, last
)
INSERT INTO orders (id, {columns}, state)
SELECT counted.last - count(*) OVER (PARTITION BY account_id) + nth,
       {values}, 'waiting'
FROM new JOIN counted USING (account_id) ORDER BY account_id, open_key
ON CONFLICT (account_id, open_key) WHERE open_key IS NOT NULL DO NOTHING
RETURNING account_id, open_key, id
"""
_NAMES: Final = {"columns": ", ".join(_PLACED), "values": ", ".join(f"new.{name}" for name in _PLACED)}
_INSERT_ALL: Final = _INSERT.format(which="", **_NAMES)
_WAITING: Final = "SELECT 1 FROM orders p WHERE p.account_id = o.account_id AND p.open_key = o.open_key LIMIT 1"
_INSERT_NEW: Final = _INSERT.format(which=f"WHERE ({_WAITING}) IS NULL", **_NAMES)
_HOLD_NUMBERS: Final = """
SELECT 1 FROM number_counters WHERE account_id = ANY($1::text::bigint[]) AND kind = 'orders'
ORDER BY account_id FOR NO KEY UPDATE
"""


async def hold_numbers(tx: Tx, account_ids: Iterable[int]) -> None:
    """Keep others from placing orders in these accounts until the end of the transaction."""
    # It travels with what else waits to be written, so that it costs no way to the database of its own.
    await tx.write(_HOLD_NUMBERS, f"{{{','.join(map(str, sorted(account_ids)))}}}")


async def insert(tx: Tx, drafts: Iterable[tuple[Draft, int]]) -> dict[Key, int]:
    """Add orders, given with the numbers of the buyers; return the numbers of the added ones by key.

    One that waits already is not added, but uses up a number. Each key may stand in ``drafts`` once. Needs
    ``hold_numbers``.
    """
    return await _insert(tx, _INSERT_ALL, drafts)


async def insert_new(tx: Tx, drafts: Iterable[tuple[Draft, int]]) -> dict[Key, int]:
    """Do what ``insert`` does, but look first which ones wait already: they use up no number."""
    return await _insert(tx, _INSERT_NEW, drafts)


async def _insert(tx: Tx, statement: str, drafts: Iterable[tuple[Draft, int]]) -> dict[Key, int]:
    rows = await tx.fetch(statement, records(_PLACED, [_row(draft, contact_id) for draft, contact_id in drafts]))
    return {(row[0], row[1]): row[2] for row in rows}


def _row(draft: Draft, contact_id: int) -> tuple[object, ...]:
    new, buyer, coupon = draft.new, draft.new.buyer, draft.coupon
    return (
        new.account.id, contact_id, buyer.email.address, buyer.first_name, buyer.last_name, buyer.middle_name,
        buyer.phone, buyer.country, buyer.region, buyer.city, buyer.address, buyer.postal_code, buyer.ip,
        new.account.currency, draft.total, coupon.code if coupon else "", coupon.id if coupon else None, new.tag,
        new.comment, new.domain, new.source, new.payment_method, new.manager_id, new.marks or None, new.extra or None,
        draft.key[1], draft.created_at, draft.cancel_at,
    )  # fmt: skip


async def open_orders(tx: Tx, keys: Sequence[Key]) -> dict[Key, tuple[int, datetime | None]]:
    """Tell by key the number and the deadline of orders that wait unpaid."""
    rows = await tx.fetch(
        "SELECT o.account_id, o.open_key, o.id, o.cancel_at FROM orders o"
        " JOIN unnest($1::bigint[], $2::uuid[]) AS w (account_id, open_key) USING (account_id, open_key)",
        *columns(keys, 2),
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


_ITEM: Final = ("account_id", "order_id", "place", "product_id", "name", "title", "price", "sum")
_INSERT_ITEMS: Final = f"""
INSERT INTO order_items ({", ".join(_ITEM)})
SELECT {", ".join(_ITEM)} FROM json_to_recordset($1::json)
     AS i (account_id bigint, order_id bigint, place smallint, product_id bigint, name text, title text,
           price numeric, sum numeric)
"""  # noqa: S608


async def insert_items(tx: Tx, items: Iterable[tuple[int, int, Item]]) -> None:
    """Add items, each with the numbers of its account and its order."""
    rows = (
        (account_id, order_id, item.place, item.product_id, item.name, item.title, item.price, item.sum)
        for account_id, order_id, item in items
    )
    await tx.write(_INSERT_ITEMS, records(_ITEM, rows))


async def take_coupon(tx: Tx, account_id: int, order_id: int, draft: Draft) -> None:
    """Take the coupon from an order that has just been added; ``draft`` is what the order is without it."""
    await tx.execute(
        "UPDATE orders SET coupon = '', coupon_id = NULL, total = $3 WHERE account_id = $1 AND id = $2",
        account_id,
        order_id,
        draft.total,
    )


_FREE: Final = """
UPDATE orders o SET state = 'paid', paid_at = o.created_at, cancel_at = NULL, open_key = NULL
FROM unnest($1::bigint[], $2::bigint[]) AS w (account_id, id) WHERE o.account_id = w.account_id AND o.id = w.id
"""


async def mark_free(tx: Tx, keys: Sequence[tuple[int, int]]) -> None:
    """Note that new orders, by (account, number), are paid, since nothing is to be paid for them."""
    await tx.execute(_FREE, *columns(keys, 2))


async def email_of(tx: Tx, account_id: int, order_id: int) -> str | None:
    """Tell the buyer's address of an order, a hidden one too; nothing is locked."""
    email: str | None = await tx.fetch_value(
        "SELECT email FROM orders WHERE account_id = $1 AND id = $2", account_id, order_id
    )
    return email


async def lock(tx: Tx, account_id: int, order_id: int) -> LockedOrder | None:
    """Find an order, a hidden one too, and keep everybody else from changing it."""
    row = await tx.fetch_row(
        f"SELECT {reading_queries.ORDER}, o.coupon_id FROM orders o"  # noqa: S608
        " WHERE account_id = $1 AND id = $2 FOR NO KEY UPDATE",
        account_id,
        order_id,
    )
    if row is None:
        return None
    items = await reading_queries.items_of(tx, [(account_id, order_id)])
    return LockedOrder(reading_queries.order(row, items.get((account_id, order_id), ())), row["coupon_id"])


async def write(tx: Tx, order: Order) -> None:
    """Write what becomes of an order that no longer waits for its first payment; the row is locked."""
    await tx.execute(
        "UPDATE orders SET state = $3, received = $4, tracking_number = $5, cancel_at = $6, paid_at = $7,"
        " sent_at = $8, ended_at = $9, payment_method = $10, open_key = NULL WHERE account_id = $1 AND id = $2",
        order.account_id,
        order.id,
        order.state,
        order.received,
        order.tracking_number,
        order.cancel_at,
        order.paid_at,
        order.sent_at,
        order.ended_at,
        order.payment_method,
    )


async def hide(tx: Tx, account_id: int, order_id: int) -> None:
    """Hide an order: it has no deadline any more, and the same products can be ordered anew."""
    await tx.execute(
        "UPDATE orders SET deleted_at = $3, open_key = NULL, cancel_at = NULL WHERE account_id = $1 AND id = $2",
        account_id,
        order_id,
        tx.now,
    )


async def show(tx: Tx, account_id: int, order_id: int, open_key: object | None) -> None:
    """Show a hidden order; ``open_key`` is its own again, unless another order has it by now."""
    await tx.execute(
        "UPDATE orders SET deleted_at = NULL, open_key = CASE WHEN EXISTS (SELECT 1 FROM orders p"
        " WHERE p.account_id = $1 AND p.open_key = $3::uuid) THEN NULL ELSE $3::uuid END"
        " WHERE account_id = $1 AND id = $2",
        account_id,
        order_id,
        open_key,
    )


_CANCELLED: Final = """
UPDATE orders o SET state = 'cancelled', ended_at = $1, cancel_at = NULL, open_key = NULL
FROM due WHERE o.account_id = due.account_id AND o.id = due.id
RETURNING o.account_id, o.id, o.coupon_id
"""
# The limit stands in the text: without knowing it, a plan made once for all values would read the whole table.
_CANCEL_OVERDUE: Final = f"""
WITH due AS (
    SELECT account_id, id FROM orders WHERE account_id = ANY($2::bigint[]) AND cancel_at <= $1
    ORDER BY cancel_at LIMIT {{limit}} FOR NO KEY UPDATE SKIP LOCKED
) {_CANCELLED}"""  # noqa: S608
_CANCEL_THESE: Final = f"""
WITH due AS (
    SELECT o.account_id, o.id FROM orders o
    JOIN unnest($3::bigint[], $4::bigint[]) AS w (account_id, id) USING (account_id, id)
    WHERE o.account_id = ANY($2::bigint[]) AND o.cancel_at <= $1 ORDER BY o.account_id, o.id FOR NO KEY UPDATE OF o
) {_CANCELLED}"""  # noqa: S608


async def cancel_overdue(tx: Tx, limit: int) -> list[CancelledOrder]:
    """Cancel orders whose deadline has passed, the longest overdue first; those that others are about are left out."""
    owners = await overdue_accounts(tx, limit)
    sql = _CANCEL_OVERDUE.format(limit=int(limit))
    return [_cancelled(row) for row in await tx.fetch(sql, tx.now, owners)] if owners else []


async def overdue_accounts(tx: Tx, limit: int) -> list[int]:
    """List the accounts of the orders that are overdue longest."""
    rows = await tx.fetch(
        "SELECT DISTINCT account_id FROM"  # noqa: S608
        f" (SELECT account_id FROM orders WHERE cancel_at <= $1 ORDER BY cancel_at LIMIT {int(limit)}) AS first",
        tx.now,
    )
    return [row[0] for row in rows]


async def cancel_if_overdue(tx: Tx, keys: Sequence[tuple[int, int]]) -> list[CancelledOrder]:
    """Cancel those of some orders, by (account, number), whose deadline has passed."""
    owners = list({account_id for account_id, _ in keys})
    return [_cancelled(row) for row in await tx.fetch(_CANCEL_THESE, tx.now, owners, *columns(keys, 2))]


def _cancelled(row: asyncpg.Record) -> CancelledOrder:
    return CancelledOrder(row[0], row[1], row[2])


async def payment_referenced(tx: Tx, account_id: int, channel: str, kind: str, reference: str) -> int | None:
    """Tell for which order a payment or refund of this reference is recorded, if it is."""
    order_id: int | None = await tx.fetch_value(
        "SELECT order_id FROM payments WHERE account_id = $1 AND channel = $2 AND kind = $3 AND reference = $4"
        " AND reference <> ''",
        account_id,
        channel,
        kind,
        reference,
    )
    return order_id


async def insert_payment(
    tx: Tx, order: Order, kind: str, amount: object, channel: str, reference: str, at: datetime, note: str
) -> bool:
    """Record a payment or refund; tell whether its reference was new."""
    return bool(
        await tx.execute(
            "INSERT INTO payments (account_id, order_id, kind, amount, channel, reference, at, recorded_at, note)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
            " ON CONFLICT (account_id, channel, kind, reference) WHERE reference <> '' DO NOTHING",
            order.account_id,
            order.id,
            kind,
            amount,
            channel,
            reference,
            at,
            tx.now,
            note,
        )
    )


_NOTED: Final = ("account_id", "order_id", "event", "fields")


async def note(tx: Tx, changes: Iterable[tuple[int, int, str, Mapping[str, str]]]) -> None:
    """Add lines (account, order, event, fields) to the history of orders."""
    await tx.write(
        "INSERT INTO order_changes (account_id, order_id, at, actor, actor_kind, actor_id, event, fields, detail)"
        " SELECT account_id, order_id, $2, $3, $4, $5, event, fields, '' FROM json_to_recordset($1::json)"
        " AS c (account_id bigint, order_id bigint, event text, fields jsonb)",
        records(_NOTED, changes),
        tx.now,
        tx.actor.old_word,
        tx.actor.kind,
        tx.actor.id,
    )
