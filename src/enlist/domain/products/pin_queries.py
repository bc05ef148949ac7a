"""Every SQL statement about pin codes."""

from collections.abc import Collection, Sequence

from enlist.domain.products.model import BoughtItem
from enlist.runtime.db import Tx, columns


async def lock_stock(tx: Tx, account_id: int, name: str) -> int | None:
    """Keep everybody else from filling or finding empty the stock of a product; return its number, or None."""
    number: int | None = await tx.fetch_value(
        "SELECT id FROM products WHERE account_id = $1 AND name = $2 AND deleted_at IS NULL FOR UPDATE",
        account_id,
        name,
    )
    return number


async def watch_stock(tx: Tx, products: Collection[tuple[int, int]]) -> None:
    """Keep the stocks of products, by (account, number), from being filled until this transaction has ended."""
    await tx.fetch(
        "SELECT 1 FROM products p JOIN unnest($2::bigint[], $3::bigint[]) AS w (account_id, id)"
        " ON p.account_id = w.account_id AND p.id = w.id WHERE p.account_id = ANY($1::bigint[])"
        " ORDER BY p.account_id, p.id FOR KEY SHARE OF p",
        list({account_id for account_id, _ in products}),
        *columns(list(products), 2),
    )


async def insert_codes(tx: Tx, account_id: int, product_id: int, codes: Sequence[str]) -> int:
    """Add codes in their order; return how many of them were new."""
    return await tx.execute(
        "INSERT INTO pin_codes (account_id, product_id, code)"
        " SELECT $1, $2, code FROM unnest($3::text[]) WITH ORDINALITY AS c (code, n) ORDER BY n"
        " ON CONFLICT (account_id, product_id, code) DO NOTHING",
        account_id,
        product_id,
        list(codes),
    )


async def issued_codes(tx: Tx, wanted: Sequence[BoughtItem]) -> dict[tuple[int, int, int], str]:
    """Return by (order, place) the codes that have been handed out to the items wanted."""
    rows = await tx.fetch(
        "SELECT c.account_id, c.order_id, c.place, c.code FROM pin_codes c"
        " JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[])"
        " AS w (account_id, product_id, order_id, place) USING (account_id, product_id, order_id, place)",
        *columns(wanted, 4),
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


# The items of one product are counted off, and so are its oldest free codes; equal counts meet.
_ISSUE = """
WITH w AS (
    SELECT *, row_number() OVER (PARTITION BY account_id, product_id ORDER BY order_id, place) AS n
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::smallint[])
         AS w (account_id, product_id, order_id, place)
), needed AS (
    SELECT account_id, product_id, count(*) AS codes FROM w GROUP BY account_id, product_id
), free AS (
    SELECT f.account_id, f.product_id, f.id,
           row_number() OVER (PARTITION BY f.account_id, f.product_id ORDER BY f.id) AS n
    FROM needed, LATERAL (
        SELECT c.account_id, c.product_id, c.id FROM pin_codes c
        WHERE c.account_id = ANY($6::bigint[]) AND c.account_id = needed.account_id
          AND c.product_id = needed.product_id AND c.order_id IS NULL
        ORDER BY c.id LIMIT needed.codes FOR UPDATE {locked}
    ) AS f
)
UPDATE pin_codes c SET order_id = w.order_id, place = w.place, issued_at = $5
FROM free JOIN w USING (account_id, product_id, n)
WHERE (c.account_id, c.product_id, c.id) = (free.account_id, free.product_id, free.id)
RETURNING c.account_id, c.order_id, c.place, c.code
"""
_ISSUE_AT_ONCE = _ISSUE.format(locked="SKIP LOCKED")
_ISSUE_PATIENTLY = _ISSUE.format(locked="")


async def issue_codes(tx: Tx, wanted: Sequence[BoughtItem], *, wait: bool) -> dict[tuple[int, int, int], str]:
    """Hand out free codes, the oldest first; return by (order, place) what there was.

    Codes that others are just taking are passed over, unless one is to ``wait`` for what becomes of them.
    """
    sql = _ISSUE_PATIENTLY if wait else _ISSUE_AT_ONCE
    rows = await tx.fetch(sql, *columns(wanted, 4), tx.now, list({item[0] for item in wanted}))
    return {(row[0], row[1], row[2]): row[3] for row in rows}


async def has_pin_codes(tx: Tx, keys: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Tell which products, by (account, number), ever had pin codes in stock: their buyers are owed one."""
    if not keys:
        return set()
    rows = await tx.fetch(
        "SELECT w.account_id, w.product_id FROM unnest($2::bigint[], $3::bigint[]) AS w (account_id, product_id)"
        " WHERE EXISTS (SELECT 1 FROM pin_codes c WHERE c.account_id = ANY($1::bigint[])"
        "  AND c.account_id = w.account_id AND c.product_id = w.product_id)",
        list({account_id for account_id, _ in keys}),
        *columns(list(keys), 2),
    )
    return {(row[0], row[1]) for row in rows}


async def count_codes(tx: Tx, account_id: int, product_id: int) -> tuple[int, int]:
    """Count the codes of a product: (free, handed out)."""
    row = await tx.fetch_row(
        "SELECT count(*) FILTER (WHERE order_id IS NULL), count(order_id) FROM pin_codes"
        " WHERE account_id = $1 AND product_id = $2",
        account_id,
        product_id,
    )
    assert row is not None
    return row[0], row[1]
