"""Every SQL statement about coupons."""

from collections.abc import Collection, Sequence
from typing import Final

import asyncpg

from enlist.domain.products.model import Coupon, NewCoupon
from enlist.kit import paging
from enlist.kit.paging import Page
from enlist.runtime.db import Tx, columns, records

_COUPON: Final = ", ".join(f"c.{field}" for field in Coupon.__struct_fields__)


def _coupon(row: asyncpg.Record, skip: int = 0) -> Coupon:
    values = dict(zip(Coupon.__struct_fields__, row[skip:], strict=True))
    values["product_ids"] = tuple(values["product_ids"])
    return Coupon(**values)


async def insert_coupon(tx: Tx, account_id: int, new: NewCoupon, key: str, product_ids: Sequence[int]) -> Coupon | None:
    """Add a coupon; None if its code is taken."""
    row = await tx.fetch_row(
        "INSERT INTO coupons AS c (account_id, code, code_key, discount_sum, discount_percent, valid_from,"  # noqa: S608
        " valid_until, product_ids, partner_id, most_uses, created_at)"
        f" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING {_COUPON}",
        account_id,
        new.code,
        key,
        new.discount_sum,
        new.discount_percent,
        new.valid_from,
        new.valid_until,
        list(product_ids),
        new.partner_id,
        new.most_uses,
        tx.now,
    )
    return _coupon(row) if row else None


async def list_coupons(tx: Tx, account_id: int, *, after: str = "", limit: int = paging.MOST) -> Page[Coupon]:
    """List an account's coupons by number. Refuses with BadCursor."""
    rows = await tx.fetch(
        f"SELECT {_COUPON} FROM coupons c WHERE account_id = $1 AND id > $2::bigint ORDER BY id LIMIT $3",  # noqa: S608
        account_id,
        paging.read_cursor(after, 0),
        paging.bounded(limit) + 1,
    )
    return paging.cut([_coupon(row) for row in rows], limit, lambda coupon: coupon.id)


# As for products: the code wins, and each text is one look into an index.
_FIND: Final = f"""
SELECT w.wanted, {_COUPON}
FROM json_to_recordset($1::json) AS w (account_id bigint, wanted text, key text, number bigint)
CROSS JOIN LATERAL (
    SELECT 0 AS rank, n.* FROM coupons n
    WHERE n.account_id = ANY($2::bigint[]) AND n.account_id = w.account_id AND n.code_key = w.key
    UNION ALL
    SELECT 1, n.* FROM coupons n
    WHERE n.account_id = ANY($2::bigint[]) AND n.account_id = w.account_id AND n.id = w.number
    ORDER BY rank LIMIT 1
) AS c
"""  # noqa: S608


async def find_coupons(tx: Tx, wanted: Collection[tuple[int, str, str, int | None]]) -> dict[tuple[int, str], Coupon]:
    """Find coupons by (account, code or number as text); the code as it is compared and the number stand beside it."""
    rows = await tx.fetch(
        _FIND, records(("account_id", "wanted", "key", "number"), wanted), list({one[0] for one in wanted})
    )
    found = ((row[0], _coupon(row, 1)) for row in rows)
    return {(coupon.account_id, text): coupon for text, coupon in found}


async def set_disabled(tx: Tx, account_id: int, coupon_id: int) -> None:
    """Note that a coupon is disabled; the first time counts."""
    await tx.execute(
        "UPDATE coupons SET disabled_at = $3 WHERE account_id = $1 AND id = $2 AND disabled_at IS NULL",
        account_id,
        coupon_id,
        tx.now,
    )


async def lock_uses(tx: Tx, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], int | None]:
    """Return and lock how many more uses coupons, by (account, number), have left; None stands for no limit."""
    # In the order of their keys, so that two callers with the same coupons cannot lock each other out.
    rows = await tx.fetch(
        "SELECT c.account_id, c.id, c.most_uses - c.uses FROM coupons c"
        " JOIN unnest($2::bigint[], $3::bigint[]) AS w (account_id, id) ON c.account_id = w.account_id AND c.id = w.id"
        " WHERE c.account_id = ANY($1::bigint[]) ORDER BY c.account_id, c.id FOR NO KEY UPDATE OF c",
        list({account_id for account_id, _ in keys}),
        *columns(list(keys), 2),
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def add_uses(tx: Tx, uses: Sequence[tuple[int, int, int]]) -> None:
    """Count (account, coupon, uses), below zero to take some back."""
    await tx.execute(
        "UPDATE coupons c SET uses = greatest(c.uses + w.uses, 0)"
        " FROM unnest($1::bigint[], $2::bigint[], $3::integer[]) AS w (account_id, id, uses)"
        " WHERE c.account_id = w.account_id AND c.id = w.id",
        *columns(uses, 3),
    )
