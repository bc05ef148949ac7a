"""The SQL statements about what is counted by days."""

from datetime import date

import asyncpg

from enlist.domain.commissions.model import Day
from enlist.runtime.db import Tx

_COUNTED = ("clicks", "contacts", "orders", "paid_orders", "recruits", "earned", "paid")

# What is earned up to the day before the span, and up to its end, decides with all that was ever paid what of the
# span is still due. A partner has one row a day, so this costs the same however much happens in a day.
_SUM = """
SELECT p.id, (now.at AT TIME ZONE z.time_zone)::date AS today, d.*
FROM partners p
JOIN account_zones z USING (account_id)
CROSS JOIN (SELECT $5::timestamptz AS at) AS now
CROSS JOIN LATERAL (
    SELECT coalesce(sum(clicks) FILTER (WHERE inside), 0) AS clicks,
           coalesce(sum(contacts) FILTER (WHERE inside), 0) AS contacts,
           coalesce(sum(paid_orders) FILTER (WHERE inside), 0) AS paid_orders,
           coalesce(sum(recruits) FILTER (WHERE inside), 0) AS recruits,
           coalesce(sum(earned) FILTER (WHERE inside), 0) AS earned,
           coalesce(sum(paid) FILTER (WHERE inside), 0) AS paid,
           coalesce(sum(earned) FILTER (WHERE day < $3), 0) AS earned_before,
           coalesce(sum(earned) FILTER (WHERE day <= $4), 0) AS earned_through,
           coalesce(sum(paid), 0) AS paid_ever
    FROM (SELECT *, day BETWEEN $3 AND $4 AS inside FROM partner_days
          WHERE account_id = $1 AND partner_id = p.id) AS days
) AS d
WHERE p.account_id = $1 AND lower(p.login) = lower($2)
"""


async def sum_up(tx: Tx, account_id: int, login: str, since: date, until: date) -> asyncpg.Record | None:
    """Sum up the days of a partner from ``since`` to ``until``; None if there is no such partner."""
    return await tx.fetch_row(_SUM, account_id, login, since, until, tx.now)


async def list_days(
    tx: Tx, account_id: int, partner_id: int, *, since: date | None = None, until: date | None = None, limit: int = 400
) -> list[Day]:
    """List a partner's days on which something happened, the latest first."""
    rows = await tx.fetch(
        f"SELECT day, {', '.join(_COUNTED)} FROM partner_days"  # noqa: S608
        " WHERE account_id = $1 AND partner_id = $2 AND day BETWEEN $3 AND $4 ORDER BY day DESC LIMIT $5",
        account_id,
        partner_id,
        since or date.min,
        until or date.max,
        limit,
    )
    return [Day(*row) for row in rows]
