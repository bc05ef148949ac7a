"""The SQL statements about the parts of the table of actions."""

from datetime import datetime, timedelta

from msgspec import Struct

from enlist.runtime.db import Tx


class Part(Struct, frozen=True):
    """A part of the table of actions: its name, and the span of time that it is for (without its end)."""

    name: str
    start: datetime
    end: datetime


async def lock_parts(tx: Tx, patience: timedelta) -> None:
    """Let nobody else make or drop parts; from here on wait no longer than ``patience`` for a lock.

    Raises LockNotAvailable.
    """
    await tx.fetch("SELECT set_config('lock_timeout', $1, true)", f"{patience.total_seconds():.0f}s")
    await tx.execute("LOCK TABLE ONLY actions IN SHARE UPDATE EXCLUSIVE MODE")


_LIST = r"""
SELECT name, (edges)[1]::timestamptz, (edges)[2]::timestamptz
FROM (SELECT c.relname, regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(.+)''\) TO \(''(.+)''\)')
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'actions'::regclass
     ) AS p (name, edges)
WHERE edges IS NOT NULL ORDER BY 2
"""


async def list_parts(tx: Tx) -> list[Part]:
    """List the parts, the oldest first, without the one for everything else."""
    return [Part(*row) for row in await tx.fetch(_LIST)]


async def oldest_in_rest(tx: Tx) -> datetime | None:
    """Tell the time of the oldest action for which no part was made."""
    oldest: datetime | None = await tx.fetch_value("SELECT min(created_at) FROM actions_rest")
    return oldest


async def make_part(tx: Tx, part: Part) -> None:
    """Make a part and move there what was kept elsewhere meanwhile; needs ``lock_parts``."""
    # Made aside and attached: that locks nobody out who records or reads, but those who use the rest.
    await tx.execute("LOCK TABLE actions_rest IN ACCESS EXCLUSIVE MODE")
    await tx.execute(f"CREATE TABLE {part.name} (LIKE actions)")
    await tx.execute(
        "WITH moved AS (DELETE FROM actions_rest WHERE created_at >= $1 AND created_at < $2 RETURNING *)"  # noqa: S608
        f" INSERT INTO {part.name} SELECT * FROM moved",
        part.start,
        part.end,
    )
    await tx.execute(
        f"ALTER TABLE actions ATTACH PARTITION {part.name}"
        f" FOR VALUES FROM ('{part.start.isoformat()}') TO ('{part.end.isoformat()}')"
    )


async def drop_part(tx: Tx, part: Part) -> None:
    """Drop a part with all actions in it."""
    await tx.execute(f"DROP TABLE {part.name}")


async def delete_rest(tx: Tx, before: datetime) -> int:
    """Delete actions before an instant for which no part was made; return how many."""
    return await tx.execute("DELETE FROM actions_rest WHERE created_at < $1", before)


async def have_computed_anew(tx: Tx) -> None:
    """Have all segments computed anew whose rules look at actions."""
    await tx.execute(
        """UPDATE segments SET version = version + 1 WHERE jsonb_path_exists(rule, '$.** ? (@.type == "action")')"""
    )
