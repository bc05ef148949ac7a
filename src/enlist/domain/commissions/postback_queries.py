"""The SQL statements about postbacks."""

from collections.abc import Collection

from enlist.domain import attribution
from enlist.domain.commissions.model import Conversion, Postback
from enlist.runtime.db import Tx, columns


async def write_postback(tx: Tx, account_id: int, partner_id: int, wanted: Postback | None) -> None:
    """Write where a partner wants to be told of conversions, or forget it."""
    if wanted is None:
        await tx.execute("DELETE FROM postbacks WHERE account_id = $1 AND partner_id = $2", account_id, partner_id)
        return
    await tx.execute(
        "INSERT INTO postbacks (account_id, partner_id, url, parameters) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (account_id, partner_id) DO UPDATE SET url = excluded.url, parameters = excluded.parameters",
        account_id,
        partner_id,
        wanted.url,
        list(wanted.parameters),
    )


async def postback(tx: Tx, account_id: int, partner_id: int) -> Postback | None:
    """Read where a partner wants to be told of conversions."""
    row = await tx.fetch_row(
        "SELECT url, parameters FROM postbacks WHERE account_id = $1 AND partner_id = $2", account_id, partner_id
    )
    return Postback(row["url"], tuple(row["parameters"])) if row else None


async def conversion(tx: Tx, account_id: int, order_id: int, partner_id: int) -> Conversion | None:
    """Tell what a partner is told of a charged order; None if it earned them nothing.

    ``amount`` is what it earned when it was paid. ``marks`` are those of the click that decided, if it was theirs.
    """
    row = await tx.fetch_row(
        "SELECT s.charged_at, z.time_zone, c.amount, c.product_ids,"
        " CASE WHEN s.partner_id = $3 THEN s.touch -> 'marks' END AS marks"
        " FROM sales s JOIN account_zones z USING (account_id) CROSS JOIN LATERAL ("
        "   SELECT sum(amount) AS amount, array_agg(product_id ORDER BY place) AS product_ids FROM sale_fees f"
        "   WHERE f.account_id = $1 AND f.order_id = s.order_id AND f.partner_id = $3 AND amount > 0) AS c"
        " WHERE s.account_id = $1 AND s.order_id = $2 AND s.charged_at IS NOT NULL AND c.amount IS NOT NULL",
        account_id,
        order_id,
        partner_id,
    )
    if row is None:
        return None
    return Conversion(order_id, row[0], row[1], row[2], tuple(row[3]), attribution.read_marks(row[4]))


async def want_postbacks(tx: Tx, partners: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Tell which partners, by (account, number), want to be told of conversions."""
    rows = await tx.fetch(
        "SELECT account_id, partner_id FROM postbacks"
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, partner_id) USING (account_id, partner_id)",
        *columns(list(partners), 2),
    )
    return {(row[0], row[1]) for row in rows}
