"""The SQL statements about clicks."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from enlist.domain.partners.model import Click
from enlist.domain.partners.stored import read_marks
from enlist.runtime.db import Tx


class Row(msgspec.Struct, frozen=True):
    """A click to be kept; ``outcome`` None: counted or repeated, as the clicks of its ``visitor`` decide."""

    n: int
    account_id: int
    partner_id: int
    visitor: int | None
    way: str
    outcome: Literal["counted", "ahead", "robot"] | None
    product_id: int | None
    page: str
    marks: Mapping[str, str] | None
    ip: str
    agent: str


# The visitor's row decides between clicks at the same moment; such rows are locked in the order of their keys.
_KEEP = """
WITH said AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json)
        AS c (n integer, account_id bigint, partner_id bigint, visitor bigint, way text, outcome text,
              product_id bigint, page text, marks jsonb, ip text, agent text)
), counted AS (
    INSERT INTO click_visitors AS v (account_id, partner_id, visitor, counted_at)
    SELECT DISTINCT account_id, partner_id, visitor, $2::timestamptz FROM said WHERE outcome IS NULL
    ORDER BY account_id, partner_id, visitor
    ON CONFLICT (account_id, partner_id, visitor) DO UPDATE SET counted_at = excluded.counted_at
    WHERE v.counted_at <= $3
    RETURNING account_id, partner_id, visitor
), ours AS (
    SELECT said.*, outcome IS NULL AND (c.visitor IS NULL OR n <> min(n) FILTER (WHERE outcome IS NULL)
               OVER (PARTITION BY account_id, partner_id, visitor)) AS repeated
    FROM said LEFT JOIN counted c USING (account_id, partner_id, visitor)
), kept AS (
    INSERT INTO clicks (account_id, partner_id, at, way, outcome, product_id, page, marks, ip, agent)
    SELECT account_id, partner_id, $2, way,
           coalesce(outcome, CASE WHEN repeated THEN 'repeated' ELSE 'counted' END), product_id, page, marks, ip, agent
    FROM ours ORDER BY n
)
SELECT n FROM ours WHERE repeated
"""


def of_coupon(n: int, account_id: int, partner_id: int) -> Row:
    """Make the click that an order with a partner's coupon is; it always counts (product.md §2)."""
    return Row(n, account_id, partner_id, None, "coupon", "counted", None, "", None, "", "")


async def keep(tx: Tx, clicks: Sequence[Row], within: timedelta) -> set[int]:
    """Add clicks; return which of those without an outcome are repeated ones (by their ``n``).

    A click is a repeated one if another of its visitor counted before it in the same batch, or ``within`` that time.
    """
    rows = await tx.fetch(_KEEP, msgspec.json.encode(clicks).decode(), tx.now, tx.now - within)
    return {row[0] for row in rows}


async def prune(tx: Tx, before: datetime, limit: int) -> int:
    """Forget visits that counted before an instant."""
    return await tx.execute(
        "DELETE FROM click_visitors WHERE (account_id, partner_id, visitor) IN ("
        " SELECT account_id, partner_id, visitor FROM click_visitors WHERE counted_at < $1"
        " ORDER BY counted_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit,
    )


async def list_clicks(tx: Tx, account_id: int, partner_id: int, before: int, limit: int) -> list[Click]:
    """List clicks by number downwards."""
    rows = await tx.fetch(
        "SELECT id, at, way, outcome, product_id, page, marks FROM clicks"
        " WHERE account_id = $1 AND partner_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        account_id,
        partner_id,
        before,
        limit,
    )
    return [Click(row[0], row[1], row[2], row[3], row[4], row[5], read_marks(row[6])) for row in rows]
