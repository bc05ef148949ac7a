"""The SQL statements about the partitions of the table of actions."""

from datetime import datetime, timedelta

from enlist.domain.segments.model import Partition
from enlist.runtime.db import Tx


async def lock_partitions(tx: Tx, patience: timedelta) -> None:
    """Let nobody else make or drop partitions; from here on wait no longer than ``patience`` for a lock.

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


async def list_partitions(tx: Tx) -> list[Partition]:
    """List the partitions, the oldest first, without the one for everything else."""
    return [Partition(*row) for row in await tx.fetch(_LIST)]


async def oldest_in_rest(tx: Tx) -> datetime | None:
    """Tell the time of the oldest action for which no partition was made."""
    oldest: datetime | None = await tx.fetch_value("SELECT min(created_at) FROM actions_rest")
    return oldest


async def make_partition(tx: Tx, partition: Partition) -> None:
    """Make a partition and move there what was kept elsewhere meanwhile; needs ``lock_partitions``."""
    # Made aside and attached: that locks nobody out who records or reads, but those who use the rest.
    await tx.execute("LOCK TABLE actions_rest IN ACCESS EXCLUSIVE MODE")
    await tx.execute(f"CREATE TABLE {partition.name} (LIKE actions)")
    await tx.execute(
        "WITH moved AS (DELETE FROM actions_rest WHERE created_at >= $1 AND created_at < $2 RETURNING *)"  # noqa: S608
        f" INSERT INTO {partition.name} SELECT * FROM moved",
        partition.start,
        partition.end,
    )
    await tx.execute(
        f"ALTER TABLE actions ATTACH PARTITION {partition.name}"
        f" FOR VALUES FROM ('{partition.start.isoformat()}') TO ('{partition.end.isoformat()}')"
    )


async def drop_partition(tx: Tx, partition: Partition) -> None:
    """Drop a partition with all actions in it."""
    await tx.execute(f"DROP TABLE {partition.name}")


async def delete_rest(tx: Tx, before: datetime) -> int:
    """Delete actions before an instant for which no partition was made; return how many."""
    return await tx.execute("DELETE FROM actions_rest WHERE created_at < $1", before)


async def recompute_by_actions(tx: Tx) -> None:
    """Have all segments computed anew whose rules look at actions."""
    await tx.execute(
        """UPDATE segments SET version = version + 1 WHERE jsonb_path_exists(rule, '$.** ? (@.type == "action")')"""
    )
