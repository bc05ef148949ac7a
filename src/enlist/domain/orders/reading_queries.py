"""The SQL statements that read orders, their items, payments and history."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from enlist.domain.orders.checking import is_number
from enlist.domain.orders.model import Change, Item, Order, Payment, State
from enlist.runtime.actors import read_actor
from enlist.runtime.db import Tx, columns

Key = tuple[int, int]

# The properties of an order bear the names of their columns, but for the last three.
_FIELDS: Final = tuple(field for field in Order.__struct_fields__ if field not in ("items", "fees", "hidden"))
ORDER: Final = f"{', '.join(f'o.{field}' for field in _FIELDS)}, o.deleted_at IS NOT NULL AS hidden"
_WORDS: Final = (_FIELDS.index("marks"), _FIELDS.index("extra"))
_ITEM: Final = ", ".join(f"i.{field}" for field in Item.__struct_fields__)


def order(row: asyncpg.Record, items: tuple[Item, ...]) -> Order:
    """Make an order of a row of ``ORDER`` columns."""
    values = dict(zip(_FIELDS, row, strict=False))
    for place in _WORDS:
        values[_FIELDS[place]] = msgspec.json.decode(row[place]) if row[place] else {}
    return Order(**values, items=items, hidden=row["hidden"])


async def items_of(tx: Tx, keys: Collection[Key]) -> dict[Key, tuple[Item, ...]]:
    """Return the items of orders, by (account, order)."""
    rows = await tx.fetch(
        f"SELECT i.account_id, i.order_id, {_ITEM} FROM order_items i"  # noqa: S608
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, order_id) USING (account_id, order_id)"
        " ORDER BY i.account_id, i.order_id, i.place",
        *columns(list(keys), 2),
    )
    found: dict[Key, list[Item]] = {}
    for account_id, order_id, *item in rows:
        found.setdefault((account_id, order_id), []).append(Item(*item))
    return {key: tuple(items) for key, items in found.items()}


async def get_all(tx: Tx, keys: Collection[Key], *, hidden: bool = False) -> dict[Key, Order]:
    """Return orders with their items by (account, number); hidden ones only if they are asked for."""
    rows = await tx.fetch(
        f"SELECT {ORDER} FROM orders o"  # noqa: S608
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, id) USING (account_id, id)"
        " WHERE $3 OR o.deleted_at IS NULL",
        *columns(list(keys), 2),
        hidden,
    )
    return {(found.account_id, found.id): found for found in await _with_items(tx, rows)}


async def list_(
    tx: Tx,
    account_id: int,
    *,
    since: datetime,
    until: datetime,
    paid: bool,
    product_ids: Collection[int],
    after: tuple[datetime, int] | None,
    limit: int,
) -> list[Order]:
    """List orders made, or paid in full, in a span of time, ascending by that time and number."""
    at = "paid_at" if paid else "created_at"
    # The bounds of the index stand alone; a row comparison would be one, too, and both at once confuse the planner.
    begin = after[0] if after is not None else since
    rows = await tx.fetch(
        f"SELECT {ORDER} FROM orders o WHERE o.account_id = $1 AND o.{at} >= $2 AND o.{at} < $3"  # noqa: S608
        f" AND ($4::bigint IS NULL OR (o.{at}, o.id) > ($2, $4)) AND o.deleted_at IS NULL"
        " AND ($5::bigint[] IS NULL OR EXISTS (SELECT 1 FROM order_items i WHERE i.account_id = $1"
        " AND i.order_id = o.id AND i.product_id = ANY ($5::bigint[])))"
        f" ORDER BY o.{at}, o.id LIMIT $6",
        account_id,
        begin,
        until,
        after[1] if after is not None else None,
        list(product_ids) or None,
        limit,
    )
    return await _with_items(tx, rows)


async def list_of_contact(
    tx: Tx, account_id: int, contact_id: int, states: Collection[State] | None = None, limit: int = 1000
) -> list[Order]:
    """List the orders of a contact, at most ``limit`` of the newest, ascending by number; without fees."""
    rows = await tx.fetch(
        f"SELECT {ORDER} FROM orders o WHERE o.account_id = $1 AND o.contact_id = $2"  # noqa: S608
        " AND ($3::text[] IS NULL OR o.state = ANY ($3::text[])) AND o.deleted_at IS NULL"
        " ORDER BY o.id DESC LIMIT $4",
        account_id,
        contact_id,
        list(states) if states is not None else None,
        limit,
    )
    return await _with_items(tx, rows[::-1])


async def _with_items(tx: Tx, rows: Sequence[asyncpg.Record]) -> list[Order]:
    if not rows:
        return []
    keys = [(row["account_id"], row["id"]) for row in rows]
    items = await items_of(tx, keys)
    return [order(row, items.get(key, ())) for row, key in zip(rows, keys, strict=True)]


async def payments_of(tx: Tx, account_id: int, order_id: int) -> list[Payment]:
    """List the payments and refunds of an order, a hidden one too, in the order in which they were recorded."""
    if not is_number(order_id):
        return []
    rows = await tx.fetch(
        "SELECT id, kind, amount, channel, reference, at, recorded_at, note FROM payments"
        " WHERE account_id = $1 AND order_id = $2 ORDER BY id",
        account_id,
        order_id,
    )
    return [Payment(*row) for row in rows]


async def changes_of(tx: Tx, account_id: int, order_id: int) -> list[Change]:
    """List the history of an order, the oldest line first."""
    rows = await tx.fetch(
        "SELECT at, actor_kind, actor_id, actor, event, fields, detail FROM order_changes"
        " WHERE account_id = $1 AND order_id = $2 ORDER BY id",
        account_id,
        order_id,
    )
    return [
        Change(row[0], read_actor(*row[1:4]), row[4].replace(" ", "_"), msgspec.json.decode(row[5] or "{}"), row[6])
        for row in rows
    ]
