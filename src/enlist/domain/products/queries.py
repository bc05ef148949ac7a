"""Every SQL statement about products and their categories."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import asyncpg

from enlist.domain.partners import Commission
from enlist.domain.products.model import Category, Product
from enlist.kit import paging
from enlist.kit.paging import Page
from enlist.runtime.db import Tx, columns, records

_COMMISSIONS: Final = ("commission_1_sum", "commission_1_percent", "commission_2_sum", "commission_2_percent")
# The properties of a product bear the names of their columns, but for commissions.
_FIELDS: Final = tuple(field for field in Product.__struct_fields__ if field != "commissions")
_PRODUCT: Final = ", ".join(f"p.{column}" for column in (*_COMMISSIONS, *_FIELDS))
_SETTABLE: Final = frozenset({*_FIELDS, *_COMMISSIONS} - {"account_id", "id", "name", "kind", "created_at"})


def _product(row: asyncpg.Record, skip: int = 0) -> Product:
    values = dict(zip(_FIELDS, row[skip + 4 :], strict=True))
    values["groups"] = tuple(values["groups"])
    values["countries"] = tuple(values["countries"])
    sum_1, percent_1, sum_2, percent_2 = commissions = row[skip : skip + 4]
    if any(value is not None for value in commissions):
        values["commissions"] = (Commission(sum_1, percent_1), Commission(sum_2, percent_2))
    return Product(**values)


async def insert_product(tx: Tx, account_id: int, values: Mapping[str, Any]) -> Product | None:
    """Add a product with ``values`` by column; None if the name is taken."""
    names = ["account_id", "created_at", "name", "kind", *sorted(_SETTABLE & values.keys())]
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    row = await tx.fetch_row(
        f"INSERT INTO products AS p ({', '.join(names)}) VALUES ({places})"  # noqa: S608
        f" ON CONFLICT (account_id, name) WHERE deleted_at IS NULL DO NOTHING RETURNING {_PRODUCT}",
        account_id,
        tx.now,
        *(values[name] for name in names[2:]),
    )
    return _product(row) if row else None


async def update_product(tx: Tx, account_id: int, name: str, values: Mapping[str, Any]) -> Product | None:
    """Change the columns named in ``values`` of a product, except what never changes; None if there is none."""
    names = sorted(_SETTABLE & values.keys())
    changes = ", ".join(f"{column} = ${place}" for place, column in enumerate(names, 3)) or "name = p.name"
    row = await tx.fetch_row(
        f"UPDATE products AS p SET {changes}"  # noqa: S608
        f" WHERE account_id = $1 AND name = $2 AND deleted_at IS NULL RETURNING {_PRODUCT}",
        account_id,
        name,
        *(values[column] for column in names),
    )
    return _product(row) if row else None


async def delete_product(tx: Tx, account_id: int, name: str) -> bool:
    """Note that a product is deleted; tell whether there was one."""
    return bool(
        await tx.execute(
            "UPDATE products SET deleted_at = $3 WHERE account_id = $1 AND name = $2 AND deleted_at IS NULL",
            account_id,
            name,
            tx.now,
        )
    )


# A text of digits may be a name as well as a number, and the name wins. One look into an index for each text: with a
# join, the planner would rather read through all products of a small shop.
_FIND: Final = f"""
SELECT w.wanted, {_PRODUCT}
FROM json_to_recordset($1::json) AS w (account_id bigint, wanted text, number bigint)
CROSS JOIN LATERAL (
    SELECT 0 AS rank, n.* FROM products n
    WHERE n.account_id = ANY($2::bigint[]) AND n.account_id = w.account_id
      AND n.name = w.wanted AND n.deleted_at IS NULL
    UNION ALL
    SELECT 1, n.* FROM products n
    WHERE n.account_id = ANY($2::bigint[]) AND n.account_id = w.account_id AND n.id = w.number AND n.deleted_at IS NULL
    ORDER BY rank LIMIT 1
) AS p
"""  # noqa: S608


async def find_products(tx: Tx, wanted: Collection[tuple[int, str, int | None]]) -> dict[tuple[int, str], Product]:
    """Find products by (account, name or number as text); the number stands beside the text that is one."""
    rows = await tx.fetch(_FIND, records(("account_id", "wanted", "number"), wanted), list({one[0] for one in wanted}))
    found = ((row[0], _product(row, 1)) for row in rows)
    return {(product.account_id, text): product for text, product in found}


async def get_all(tx: Tx, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Product]:
    """Return products by (account, number), deleted ones too; unknown ones are left out."""
    if not keys:
        return {}
    rows = await tx.fetch(
        f"SELECT {_PRODUCT} FROM products p"  # noqa: S608
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, id)"
        " ON p.account_id = w.account_id AND p.id = w.id",
        *columns(list(keys), 2),
    )
    return {(product.account_id, product.id): product for product in map(_product, rows)}


async def list_(tx: Tx, account_id: int, *, after: str = "", limit: int = paging.MOST) -> Page[Product]:
    """List the account's products by number, without deleted ones. Refuses with BadCursor."""
    rows = await tx.fetch(
        f"SELECT {_PRODUCT} FROM products p"  # noqa: S608
        " WHERE account_id = $1 AND deleted_at IS NULL AND id > $2::bigint ORDER BY id LIMIT $3",
        account_id,
        paging.read_cursor(after, 0),
        paging.bounded(limit) + 1,
    )
    return paging.cut([_product(row) for row in rows], limit, lambda product: product.id)


async def list_for_partners(tx: Tx, account_id: int, *, limit: int = 1000) -> list[Product]:
    """List the account's products that partners may advertise, at most ``limit``, by number, without deleted ones."""
    rows = await tx.fetch(
        f"SELECT {_PRODUCT} FROM products p"  # noqa: S608
        " WHERE account_id = $1 AND for_partners AND deleted_at IS NULL ORDER BY id LIMIT $2",
        account_id,
        limit,
    )
    return [_product(row) for row in rows]


async def insert_category(tx: Tx, account_id: int, title: str) -> Category | None:
    """Add a category; None if the title is taken."""
    row = await tx.fetch_row(
        "INSERT INTO product_categories (account_id, title, created_at) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING RETURNING account_id, id, title",
        account_id,
        title,
        tx.now,
    )
    return Category(*row) if row else None


async def list_categories(tx: Tx, account_id: int, *, after: str = "", limit: int = paging.MOST) -> Page[Category]:
    """List an account's categories by number. Refuses with BadCursor."""
    rows = await tx.fetch(
        "SELECT account_id, id, title FROM product_categories WHERE account_id = $1 AND id > $2::bigint"
        " ORDER BY id LIMIT $3",
        account_id,
        paging.read_cursor(after, 0),
        paging.bounded(limit) + 1,
    )
    return paging.cut([Category(*row) for row in rows], limit, lambda category: category.id)


async def has_category(tx: Tx, account_id: int, number: int) -> bool:
    """Tell whether the account has a category of this number."""
    return bool(
        await tx.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM product_categories WHERE account_id = $1 AND id = $2)", account_id, number
        )
    )
