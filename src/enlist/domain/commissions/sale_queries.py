"""The SQL statements about orders that are credited to partners, and their fees."""

from collections.abc import Collection

from enlist.domain.attribution import Decision, Key, read_marks, read_touch
from enlist.domain.commissions.model import LARGEST_NUMBER, FeeRow, NewFee, NewSale, PartnerSale
from enlist.runtime.db import Tx, columns, records


async def insert_sales(tx: Tx, sales: Collection[NewSale], fees: Collection[NewFee]) -> None:
    """Add orders with what they earn."""
    names = ", ".join(NewSale._fields)
    await tx.write(
        f"INSERT INTO sales ({names}) SELECT {names} FROM json_to_recordset($1::json)"  # noqa: S608
        " AS s (account_id bigint, order_id bigint, contact_id bigint, created_at timestamptz, partner_id bigint,"
        " second_id bigint, rule text, touch jsonb, money_back boolean)",
        records(NewSale._fields, sales),
    )
    if fees:
        names = ", ".join(NewFee._fields)
        await tx.write(
            f"INSERT INTO sale_fees ({names}) SELECT {names} FROM json_to_recordset($1::json)"  # noqa: S608
            " AS f (account_id bigint, order_id bigint, place smallint, level smallint, partner_id bigint,"
            " product_id bigint, amount numeric)",
            records(NewFee._fields, fees),
        )


async def fees(tx: Tx, orders: Collection[Key]) -> dict[Key, tuple[FeeRow, ...]]:
    """Tell by (account, order) what partners earn by orders, by place and level, less what was taken back.

    Orders without fees are left out. A partner who is credited stands there even where an item earns nothing.
    """
    if not orders:
        return {}
    rows = await tx.fetch(
        "SELECT f.account_id, f.order_id, f.place, f.level, f.partner_id, p.login,"
        " f.amount - coalesce((SELECT sum(l.amount) FROM ledger l WHERE l.kind = 'reversal'"
        "   AND (l.account_id, l.order_id, l.place, l.level) = (f.account_id, f.order_id, f.place, f.level)), 0)"
        " FROM sale_fees f"
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, order_id) USING (account_id, order_id)"
        " JOIN partners p ON p.account_id = f.account_id AND p.id = f.partner_id"
        " ORDER BY f.account_id, f.order_id, f.place, f.level",
        *columns(list(orders), 2),
    )
    found: dict[Key, list[FeeRow]] = {}
    for account_id, order_id, *properties in rows:
        found.setdefault((account_id, order_id), []).append(FeeRow(*properties))
    return {key: tuple(of_order) for key, of_order in found.items()}


async def sale_decision(tx: Tx, account_id: int, order_id: int) -> tuple[str, str, Decision] | None:
    """Tell what was decided about an order: the logins of both levels (empty: nobody), and the decision."""
    row = await tx.fetch_row(
        "SELECT coalesce(p.login, ''), coalesce(r.login, ''), s.partner_id, s.rule, s.touch FROM sales s"
        " LEFT JOIN partners p ON p.account_id = s.account_id AND p.id = s.partner_id"
        " LEFT JOIN partners r ON r.account_id = s.account_id AND r.id = s.second_id"
        " WHERE s.account_id = $1 AND s.order_id = $2",
        account_id,
        order_id,
    )
    return (row[0], row[1], Decision(row[2], row[3], read_touch(row[4]))) if row else None


# Each level has an index of its own, from which the latest are taken; a partner stands on one level of an order only.
_SALES = """
WITH his AS (
    (SELECT 1 AS level, * FROM sales WHERE account_id = $1 AND partner_id = $2 AND order_id < $3
     ORDER BY order_id DESC LIMIT $4)
    UNION ALL
    (SELECT 2 AS level, * FROM sales WHERE account_id = $1 AND second_id = $2 AND order_id < $3
     ORDER BY order_id DESC LIMIT $4)
)
SELECT s.order_id, s.level, s.created_at, s.charged_at,
       ARRAY(SELECT product_id FROM sale_fees f WHERE (f.account_id, f.order_id, f.level) = ($1, s.order_id, s.level)
             ORDER BY place) AS product_ids,
       (SELECT coalesce(sum(amount), 0) FROM sale_fees f
        WHERE (f.account_id, f.order_id, f.level) = ($1, s.order_id, s.level)) AS amount,
       (SELECT coalesce(sum(amount), 0) FROM ledger l WHERE l.kind = 'reversal'
        AND (l.account_id, l.order_id, l.level) = ($1, s.order_id, s.level)) AS reversed,
       CASE WHEN s.level = 1 THEN s.touch -> 'marks' END AS marks
FROM his s ORDER BY s.order_id DESC LIMIT $4
"""


async def list_sales(
    tx: Tx, account_id: int, partner_id: int, *, before: int | None = None, limit: int = 100
) -> list[PartnerSale]:
    """List the orders by which a partner earns, by order number downwards, those with numbers below ``before``."""
    rows = await tx.fetch(_SALES, account_id, partner_id, LARGEST_NUMBER if before is None else before, limit)
    return [
        PartnerSale(row[0], row[1], row[2], row[3], tuple(row[4]), row[5], row[6], read_marks(row[7])) for row in rows
    ]
