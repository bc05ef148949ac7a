"""The statements about jobs; the tables are Procrastinate's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from enlist.runtime.db import Tx

QUEUE: Final = "enlist"
_AT_ONCE: Final = 500


async def put(tx: Tx, name: str, lock: str | None = None, **values: Any) -> None:
    """Queue the job called ``name`` with ``values`` (ids, not things) in this transaction.

    Jobs with the same ``lock`` run one after the other, in the order in which they were put.
    """
    await tx.execute(
        "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW($1, $2, 0, $3, NULL, $4::jsonb, NULL)]"
        "::procrastinate_job_to_defer_v1[])",
        QUEUE,
        name,
        lock,
        msgspec.json.encode(values).decode(),
    )


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job as it is stored. ``state`` is waiting, running or failed; ``due_at`` is None where it may run at once."""

    id: int
    name: str
    state: str
    attempts: int
    due_at: datetime | None
    values: dict[str, Any]


_STATES: Final = {"todo": "waiting", "doing": "running", "failed": "failed", "aborted": "failed"}


async def list_jobs(tx: Tx, state: str | None = None, *, after: int = 0, limit: int = 100) -> list[StoredJob]:
    """List the jobs in ``state`` (else in any) by id; what is done with is not kept."""
    rows = await tx.fetch(
        "SELECT id, task_name, status::text AS status, attempts, scheduled_at, args::text AS args"
        " FROM procrastinate_jobs WHERE queue_name = $1 AND id > $2 AND status::text = ANY($3) ORDER BY id LIMIT $4",
        QUEUE,
        after,
        [status for status, name in _STATES.items() if state in (None, name)],
        limit,
    )
    return [
        StoredJob(
            row["id"],
            row["task_name"],
            _STATES[row["status"]],
            row["attempts"],
            row["scheduled_at"],
            msgspec.json.decode(row["args"]),
        )
        for row in rows
    ]


async def retry(tx: Tx, ids: Sequence[int] | None) -> list[int]:
    """Have failed jobs run again; return the ids of those that were there. ``ids`` None means all."""
    rows = await tx.fetch(
        "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL, abort_requested = false"
        " WHERE queue_name = $1 AND status IN ('failed', 'aborted') AND ($2::bigint[] IS NULL OR id = ANY($2))"
        " RETURNING id",
        QUEUE,
        ids,
    )
    return sorted(row["id"] for row in rows)


async def release_dead(tx: Tx, silent_for: timedelta) -> None:
    """Delete workers without a heartbeat for that long; their jobs then have no worker."""
    await tx.fetch("SELECT procrastinate_prune_stalled_workers_v1($1)", silent_for.total_seconds())


async def restart_abandoned(tx: Tx, most_attempts: int) -> list[tuple[int, str, bool]]:
    """Let the jobs run again that were running and belong to nobody; return their ids, names and whether they may.

    One that has been abandoned or has failed that many times may not: it would take worker after worker with it.
    """
    rows = await tx.fetch(
        "WITH abandoned AS (SELECT id, attempts FROM procrastinate_jobs"
        "  WHERE status = 'doing' AND queue_name = $1 AND worker_id IS NULL"
        "  ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)"
        " UPDATE procrastinate_jobs j SET attempts = a.attempts + 1, scheduled_at = NULL, abort_requested = false,"
        "  status = (CASE WHEN a.attempts + 1 < $3 THEN 'todo' ELSE 'failed' END)::procrastinate_job_status"
        " FROM abandoned a WHERE j.id = a.id RETURNING j.id, j.task_name, j.status::text AS status",
        QUEUE,
        _AT_ONCE,
        most_attempts,
    )
    return [(row["id"], row["task_name"], row["status"] == "todo") for row in rows]


async def prune(tx: Tx, older: timedelta) -> int:
    """Delete some jobs, failed ones too, that ended at least that long ago; return how many."""
    return await tx.execute(
        "DELETE FROM procrastinate_jobs WHERE id = ANY(ARRAY(SELECT id FROM procrastinate_jobs j"
        " WHERE status IN ('failed', 'aborted', 'cancelled', 'succeeded')"
        "  AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at > $1)"
        " ORDER BY id LIMIT $2))",
        tx.now - older,
        _AT_ONCE,
    )


async def count(tx: Tx, most: int) -> tuple[int, int]:
    """Count the jobs that wait and those given up, each up to ``most``."""
    row = await tx.fetch_row(
        "SELECT (SELECT count(*) FROM (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' LIMIT $1) AS w)"
        "  AS waiting,"
        " (SELECT count(*) FROM (SELECT 1 FROM procrastinate_jobs WHERE status IN ('failed', 'aborted') LIMIT $1) AS f)"
        "  AS failed",
        most,
    )
    assert row is not None
    return row["waiting"], row["failed"]
