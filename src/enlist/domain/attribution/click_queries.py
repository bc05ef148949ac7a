"""The SQL statements about clicks."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from enlist.domain.attribution.model import COUNTS_ONCE_WITHIN, LARGEST_NUMBER, Click, ClickRow, read_marks
from enlist.runtime.db import Tx, records

# The visitor's row decides between clicks at the same moment; such rows are locked in the order of their keys, and
# before those of the days.
_KEEP = """
WITH said AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json)
        AS c (n integer, account_id bigint, partner_id bigint, visitor bigint, way text, outcome text,
              product_id bigint, page text, marks jsonb, ip text, agent text)
), counted AS (
    INSERT INTO click_visitors AS v (account_id, visitor, counted_at)
    SELECT account_id, visitor, $2::timestamptz FROM said WHERE outcome IS NULL ORDER BY account_id, visitor
    ON CONFLICT (account_id, visitor) DO UPDATE SET counted_at = excluded.counted_at
    WHERE v.counted_at <= $3::timestamptz
    RETURNING account_id, visitor
), kept AS (
    INSERT INTO clicks (account_id, partner_id, at, way, outcome, product_id, page, marks, ip, agent)
    SELECT account_id, partner_id, $2::timestamptz, way,
           coalesce(outcome, CASE WHEN c.visitor IS NULL THEN 'repeated' ELSE 'counted' END), product_id,
           coalesce(page, ''), marks, coalesce(ip, ''), coalesce(agent, '')
    FROM said LEFT JOIN counted c USING (account_id, visitor) ORDER BY n
)
INSERT INTO partner_days AS d (account_id, partner_id, day, clicks, contacts, orders, paid_orders, recruits, earned,
                               paid)
SELECT account_id, partner_id, ($2::timestamptz AT TIME ZONE time_zone)::date, count(*), 0, 0, 0, 0, 0, 0
FROM said JOIN counted USING (account_id, visitor) JOIN account_zones USING (account_id)
GROUP BY account_id, partner_id, time_zone ORDER BY account_id, partner_id
ON CONFLICT (account_id, partner_id, day) DO UPDATE SET clicks = d.clicks + excluded.clicks
"""


async def keep(tx: Tx, clicks: Sequence[ClickRow], within: timedelta) -> None:
    """Add clicks, and count by days those that count: the first of a visitor, if no other counted ``within`` that.

    Nobody waits for it: it travels with the commit.
    """
    await tx.write(_KEEP, msgspec.json.encode(clicks).decode(), tx.now, tx.now - within)


async def insert_of_coupons(tx: Tx, partners: Sequence[tuple[int, int]]) -> None:
    """Add the clicks that orders with coupons of these (account, partner) are; all count (justclick/product.md §2)."""
    await tx.write(
        "INSERT INTO clicks (account_id, partner_id, at, way, outcome, page, ip, agent)"
        " SELECT account_id, partner_id, $2::timestamptz, 'coupon', 'counted', '', '', ''"
        " FROM json_to_recordset($1::json) AS c (account_id bigint, partner_id bigint)",
        records(("account_id", "partner_id"), partners),
        tx.now,
    )


# Chosen first, as a set: with a subquery in the condition the plan may choose anew for each row.
_PRUNE = """
WITH old AS (
    SELECT account_id, visitor FROM click_visitors
    WHERE account_id = ANY($3::bigint[]) AND counted_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM click_visitors AS v USING old WHERE v.account_id = old.account_id AND v.visitor = old.visitor
"""


async def prune_visitors(tx: Tx, most: int = 5_000) -> int:
    """Forget visitors whose next click counts anyway, at most ``most``; return how many (by the clock)."""
    before = tx.now - COUNTS_ONCE_WITHIN
    owners = await accounts_with_old_visitors(tx, before, most)
    return await tx.execute(_PRUNE, before, most, owners) if owners else 0


async def accounts_with_old_visitors(tx: Tx, before: datetime, most: int) -> list[int]:
    """List the accounts of at most ``most`` visitors whose click was counted before an instant."""
    rows = await tx.fetch(
        "SELECT DISTINCT account_id"
        " FROM (SELECT account_id FROM click_visitors WHERE counted_at < $1 LIMIT $2) AS first",
        before,
        most,
    )
    return [row[0] for row in rows]


async def list_clicks(
    tx: Tx, account_id: int, partner_id: int, *, before: int | None = None, limit: int = 100
) -> list[Click]:
    """List a partner's clicks, the latest first, those with numbers below ``before``."""
    rows = await tx.fetch(
        "SELECT id, at, way, outcome, product_id, page, marks FROM clicks"
        " WHERE account_id = $1 AND partner_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        account_id,
        partner_id,
        LARGEST_NUMBER if before is None else before,
        limit,
    )
    return [Click(row[0], row[1], row[2], row[3], row[4], row[5], read_marks(row[6])) for row in rows]
