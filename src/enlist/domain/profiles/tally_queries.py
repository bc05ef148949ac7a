"""The SQL statements about the counts by day and refid; they alone reckon with days, all in the site's present zone."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from enlist.domain.accounts import Site
from enlist.domain.profiles.model import DaySpan
from enlist.runtime.db import Tx, records

# Any fixed number that nobody else takes for advisory locks of two numbers; the other one is the site's.
ZONE: Final = 7_270_403

PORTION: Final = 5_000
# Of how many refids the counts of a month are unpacked here, not by the database.
UNPACKED: Final = 20_000

_DAYS: Final = [f"d{number}" for number in range(1, 32)]


async def hold_zones(tx: Tx, site_ids: Iterable[int]) -> None:
    """Wait until no site's zone is being changed, and keep it so until the end of the transaction."""
    await tx.execute(
        "SELECT count(pg_advisory_xact_lock_shared($1, site)) FROM unnest($2::integer[]) AS site",
        ZONE,
        sorted({_lock_of(site_id) for site_id in site_ids}),
    )


def _lock_of(site_id: int) -> int:
    # Such a lock has room for 32 bits. Two sites that share one wait for each other, and nothing else happens.
    return site_id % 2**31


async def take_zone(tx: Tx, site: Site) -> None:
    """Wait until nobody counts on a site, and let nobody begin until the end of the transaction."""
    await tx.execute("SELECT pg_advisory_xact_lock($1, $2)", ZONE, _lock_of(site.id))


def _adding(source: str) -> str:
    """Write the statement that adds up rows of ``source``: account_id, site_id, channel, refid, local (time), n."""
    columns = ", ".join(_DAYS)
    sums = ", ".join(f"sum(CASE day WHEN {number} THEN n ELSE 0 END)" for number in range(1, 32))
    added = ", ".join(f"{column} = m.{column} + excluded.{column}" for column in _DAYS)
    # Grouped twice: what was grouped is not reckoned again for each of the 31 sums.
    return f"""
        INSERT INTO refid_months AS m (account_id, site_id, channel, month, refid, total, {columns})
        SELECT account_id, site_id, channel, month, refid, sum(n), {sums}
        FROM (SELECT account_id, site_id, channel, refid, date_trunc('month', local)::date AS month,
                     extract(day FROM local)::integer AS day, sum(n) AS n
              FROM ({source}) AS s GROUP BY 1, 2, 3, 4, 5, 6) AS s
        GROUP BY account_id, site_id, channel, month, refid
        ORDER BY account_id, site_id, channel COLLATE "C", month, refid COLLATE "C"
        ON CONFLICT (account_id, site_id, channel, month, refid) DO UPDATE SET
            total = m.total + excluded.total, {added}
    """  # noqa: S608


_ADD = _adding("""
    SELECT account_id, site_id, channel, refid, n, created_at AT TIME ZONE time_zone AS local
    FROM json_to_recordset($1::json)
         AS c (account_id bigint, site_id bigint, channel text, created_at timestamptz, refid text, n integer)
    JOIN site_zones z USING (account_id, site_id) WHERE z.account_id = ANY($2::bigint[])
""")
_CHANGE: Final = ("account_id", "site_id", "channel", "created_at", "refid", "n")


async def add(tx: Tx, changes: Sequence[tuple[int, int, str, datetime, str, int]]) -> None:
    """Add changes by (account, site, channel, time of creation, refid)."""
    await tx.execute(_ADD, records(_CHANGE, changes), list({change[0] for change in changes}))


async def forget(tx: Tx, site: Site) -> None:
    """Delete all counts of a site."""
    await tx.execute("DELETE FROM refid_months WHERE account_id = $1 AND site_id = $2", site.account_id, site.id)


async def months(tx: Tx, site: Site) -> list[tuple[str, date]]:
    """List by channel the months from a site's first subscription to its last."""
    rows = await tx.fetch(
        """
        SELECT channel, month::date
        FROM site_zones CROSS JOIN unnest('{email,sms,push}'::text[]) AS channel CROSS JOIN LATERAL (
            SELECT min(created_at) AT TIME ZONE time_zone AS first, max(created_at) AT TIME ZONE time_zone AS last
            FROM subscriptions s WHERE s.account_id = $1 AND s.site_id = $2 AND s.channel = channel.channel) AS ends
        CROSS JOIN LATERAL generate_series(date_trunc('month', first), last, '1 month') AS month
        WHERE account_id = $1 AND site_id = $2
        """,
        site.account_id,
        site.id,
    )
    return [(row[0], row[1]) for row in rows]


# A month of the calendar lies within a day's distance, whatever the zone; the clocks then tell exactly.
_COUNT_ANEW = _adding("""
    SELECT * FROM (
        SELECT account_id, site_id, channel, refid, 1 AS n, created_at AT TIME ZONE
               (SELECT time_zone FROM site_zones WHERE account_id = $1 AND site_id = $2) AS local
        FROM subscriptions
        WHERE account_id = $1 AND site_id = $2 AND channel = $3 AND refid <> ''
          AND created_at >= ($4::date - 1)::timestamp AT TIME ZONE 'UTC'
          AND created_at < ($4::date + interval '1 month 1 day') AT TIME ZONE 'UTC'
    ) AS near WHERE local >= $4::date AND local < $4::date + interval '1 month'
""")


async def count_anew(tx: Tx, site: Site, channel: str, month: date) -> None:
    """Count one month of a channel, of which nothing is counted yet."""
    await tx.execute(_COUNT_ANEW, site.account_id, site.id, channel, month)


# A day begins cleanly if everything before that instant belongs to earlier days and all the rest does not. Where the
# clocks are set by some time near midnight that may be otherwise, and the day counts as part of an edge. A setting of
# the clocks shows as a difference between their states a good day before and a good day after.
_PART = """
WITH zone AS (SELECT time_zone FROM site_zones WHERE account_id = $1 AND site_id = $2),
days AS (
    SELECT DISTINCT (instant AT TIME ZONE time_zone)::date + n AS day
    FROM zone, unnest(ARRAY[$3::timestamptz, $4::timestamptz]) AS instant, generate_series(-4, 4) AS n
),
starts AS (SELECT day, day::timestamp AT TIME ZONE time_zone AS at, time_zone FROM days, zone),
clean AS (
    SELECT day, at FROM starts
    CROSS JOIN LATERAL (SELECT
        (at + interval '26 hours') AT TIME ZONE time_zone - (at - interval '26 hours') AT TIME ZONE time_zone
        - interval '52 hours' AS moved) AS m
    CROSS JOIN LATERAL (SELECT greatest(moved, -moved) AS by) AS b
    WHERE at AT TIME ZONE time_zone = day::timestamp
      AND ((at + by) AT TIME ZONE time_zone) - ((at - by) AT TIME ZONE time_zone) = by + by
)
SELECT time_zone, first.day, first.at, behind.day, behind.at
FROM zone
LEFT JOIN LATERAL (SELECT day, at FROM clean WHERE at >= $3 ORDER BY day LIMIT 1) AS first ON true
LEFT JOIN LATERAL (SELECT day, at FROM clean WHERE at <= $4 ORDER BY day DESC LIMIT 1) AS behind ON true
"""


async def part(tx: Tx, site: Site, start: datetime, stop: datetime) -> DaySpan:
    """Part the span [start, stop) by the days of a site."""
    row = await tx.fetch_row(_PART, site.account_id, site.id, start, stop)
    assert row is not None
    zone, first, begins, behind, ends = row
    if first is None or behind is None or first >= behind:
        return DaySpan(zone, date.min, stop, date.min, stop)
    return DaySpan(zone, first, begins, behind, ends)


async def zone_of(tx: Tx, site: Site) -> str:
    """Tell a site's present zone."""
    zone: str = await tx.fetch_value(
        "SELECT time_zone FROM site_zones WHERE account_id = $1 AND site_id = $2", site.account_id, site.id
    )
    return zone


def sum_of_days(first: int, last: int) -> str:
    """Write the sum of some days of a month."""
    return "total" if (first, last) == (1, 31) else " + ".join(_DAYS[first - 1 : last])


async def count(
    tx: Tx, site: Site, channel: str, months: Sequence[tuple[date, date, int, int]], edges: Sequence[datetime]
) -> list[tuple[str, int]]:
    """Count by refid: over ranges of months (first, last, first day, last day of each), and one by one in two edges."""
    values: list[object] = [site.account_id, site.id, channel, *edges]
    parts = [
        "SELECT refid, count(*) AS n FROM subscriptions WHERE account_id = $1 AND site_id = $2 AND channel = $3"  # noqa: S608
        f" AND created_at >= ${place} AND created_at < ${place + 1} AND refid <> '' GROUP BY refid"
        for place in (4, 6)
    ]
    for first, last, first_day, last_day in months:
        parts.append(
            f"SELECT refid, {_sum_of_days(first_day, last_day)} AS n FROM refid_months"  # noqa: S608
            " WHERE account_id = $1 AND site_id = $2 AND channel = $3"
            f" AND month BETWEEN ${len(values) + 1} AND ${len(values) + 2}"
        )
        values += [first, last]
    rows = await tx.fetch(
        f"SELECT refid, sum(n)::bigint FROM ({' UNION ALL '.join(parts)}) AS p GROUP BY refid HAVING sum(n) <> 0",  # noqa: S608
        *values,
    )
    return [(row[0], row[1]) for row in rows]


def _sum_of_days(first: int, last: int) -> str:
    return "total" if (first, last) == (1, 31) else " + ".join(_DAYS[first - 1 : last])


async def first_and_last_month(tx: Tx, site: Site, channel: str) -> tuple[date, date]:
    """Tell between which months anything is counted; if nothing is, the first one is after the last one."""
    row = await tx.fetch_row(
        "SELECT coalesce(min(month), '9999-01-01'), coalesce(max(month), '0001-01-01') FROM refid_months"
        " WHERE account_id = $1 AND site_id = $2 AND channel = $3",
        site.account_id,
        site.id,
        channel,
    )
    assert row is not None
    return row[0], row[1]


async def month_by_day(
    tx: Tx, site: Site, channel: str, month: date, first: int, last: int
) -> AsyncIterator[list[tuple[date, str, int]]]:
    """Tell the counts of some days of a month, in portions in the order of days."""
    columns = ", ".join(_DAYS[first - 1 : last])
    packed = await tx.fetch(
        f"SELECT refid, ARRAY[{columns}] FROM refid_months"  # noqa: S608
        " WHERE account_id = $1 AND site_id = $2 AND channel = $3 AND month = $4 LIMIT $5",
        site.account_id,
        site.id,
        channel,
        month,
        UNPACKED + 1,
    )
    if len(packed) <= UNPACKED:  # four times faster, but it has them all in memory
        days = [(row[0], row[1]) for row in packed]
        for place in range(last - first + 1):
            day = month + timedelta(days=first + place - 1)
            if counts := [(day, refid, counts[place]) for refid, counts in days if counts[place]]:
                yield counts
        return
    unpacked = ", ".join(f"({number}, d{number})" for number in range(first, last + 1))
    sql = (
        "SELECT $4::date + day - 1, refid, n FROM refid_months"  # noqa: S608
        f" CROSS JOIN LATERAL (VALUES {unpacked}) AS d (day, n)"
        " WHERE account_id = $1 AND site_id = $2 AND channel = $3 AND month = $4 AND n <> 0 ORDER BY day"
    )
    async for portion in _portions(tx, sql, site.account_id, site.id, channel, month):
        yield portion


def edge_by_day(
    tx: Tx, site: Site, channel: str, start: datetime, stop: datetime, time_zone: str
) -> AsyncIterator[list[tuple[date, str, int]]]:
    """Count one by one in [start, stop), in portions in the order of days."""
    sql = (
        "SELECT (created_at AT TIME ZONE $6)::date AS day, refid, count(*) FROM subscriptions"
        " WHERE account_id = $1 AND site_id = $2 AND channel = $3 AND created_at >= $4 AND created_at < $5"
        " AND refid <> ''"
        " GROUP BY day, refid ORDER BY day"
    )
    return _portions(tx, sql, site.account_id, site.id, channel, start, stop, time_zone)


async def _portions(tx: Tx, sql: str, *values: object) -> AsyncIterator[list[tuple[date, str, int]]]:
    async for rows in tx.cursor(sql, *values, portion=PORTION):
        yield [tuple(row) for row in rows]
