"""The SQL statement that counts by days."""

from collections.abc import Collection
from typing import Any, Final

from enlist.runtime.db import Tx, records

_COUNTED: Final = ("clicks", "contacts", "orders", "paid_orders", "recruits", "earned", "paid")
_SUMS: Final = ", ".join(f"sum({name})" for name in _COUNTED)
_ADD: Final = f"""
INSERT INTO partner_days AS d (account_id, partner_id, day, {", ".join(_COUNTED)})
SELECT account_id, partner_id, (at AT TIME ZONE time_zone)::date AS day, {_SUMS}
FROM json_to_recordset($1::json)
     AS c (account_id bigint, partner_id bigint, at timestamptz, clicks integer, contacts integer, orders integer,
           paid_orders integer, recruits integer, earned numeric, paid numeric)
JOIN account_zones USING (account_id)
GROUP BY account_id, partner_id, day ORDER BY account_id, partner_id, day
ON CONFLICT (account_id, partner_id, day) DO UPDATE SET
    {", ".join(f"{name} = d.{name} + excluded.{name}" for name in _COUNTED)}
"""  # noqa: S608


async def add(tx: Tx, counts: Collection[tuple[Any, ...]]) -> None:
    """Add counts (account, partner, instant, what is counted) to the days at which they lie."""
    await tx.write(_ADD, records(("account_id", "partner_id", "at", *_COUNTED), counts))
