"""The statements about events, those that wait and those that were set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from enlist.runtime.db import Tx, columns, records
from enlist.runtime.events.model import Event

BUCKETS: Final = 16  # over which owners are spread, as in the table's column; one worker at a time works on each
_LOCKS: Final = 0x65766E74  # the class of our advisory locks, one for each bucket


async def insert(tx: Tx, rows: Sequence[tuple[int, str, Event]]) -> None:
    """Write events: owner, kind, and the event itself."""
    await tx.write(
        "INSERT INTO events (owner_id, kind, body)"
        " SELECT * FROM json_to_recordset($1::json) AS e (owner_id bigint, kind text, body jsonb)",
        records(("owner_id", "kind", "body"), rows),
    )


async def buckets_with_events(tx: Tx, floor: int) -> list[int]:
    """List the buckets that hold events with ids above ``floor``."""
    rows = await tx.fetch(
        f"SELECT b.bucket FROM generate_series(0, {BUCKETS - 1}) AS b (bucket)"  # noqa: S608
        " WHERE EXISTS (SELECT 1 FROM events e WHERE e.bucket = b.bucket AND e.id > $1)",
        floor,
    )
    return [row["bucket"] for row in rows]


async def lock_buckets(tx: Tx, buckets: Sequence[int]) -> list[int]:
    """Take these buckets for this transaction; return those that no other worker has."""
    rows = await tx.fetch(
        "SELECT bucket FROM unnest($1::integer[]) AS bucket WHERE pg_try_advisory_xact_lock($2, bucket)",
        buckets,
        _LOCKS,
    )
    return [row["bucket"] for row in rows]


async def take(tx: Tx, buckets: Sequence[int], floor: int, most: int) -> list[Any]:
    """Take the oldest events out of locked ``buckets``, at most ``most`` of each, in the order of their writing.

    Nobody else deletes from a locked bucket, so places of rows are safe to use, and they are found without a plan that
    depends on statistics, which a queue never has.
    """
    rows = await tx.fetch(
        "DELETE FROM events WHERE ctid = ANY(ARRAY("
        " SELECT first.ctid FROM unnest($1::smallint[]) AS b (bucket) CROSS JOIN LATERAL ("
        "  SELECT e.ctid FROM events e WHERE e.bucket = b.bucket AND e.id > $2 ORDER BY e.bucket, e.id LIMIT $3"
        " ) AS first))"
        " RETURNING id, owner_id, kind, body",
        buckets,
        floor,
        most,
    )
    return sorted(rows, key=lambda row: int(row["id"]))


async def last_id(tx: Tx) -> int:
    """Tell the last id that was given to an event, committed or not."""
    return int(await tx.fetch_value("SELECT last_value FROM events_id_seq"))


async def running_transactions(tx: Tx) -> tuple[int, int]:
    """Tell the number of the oldest transaction that runs, and the next one to be given out."""
    row = await tx.fetch_row(
        "SELECT pg_snapshot_xmin(s)::text::bigint AS oldest, pg_snapshot_xmax(s)::text::bigint AS next"
        " FROM pg_current_snapshot() AS s"
    )
    assert row is not None
    return row["oldest"], row["next"]


async def first_waiting(tx: Tx, floor: int) -> int | None:
    """Tell the lowest id above ``floor`` of an event that waits, or None."""
    return await tx.fetch_value(  # type: ignore[no-any-return]
        f"SELECT min(first.id) FROM generate_series(0, {BUCKETS - 1}) AS b (bucket) CROSS JOIN LATERAL ("  # noqa: S608
        " SELECT e.id FROM events e WHERE e.bucket = b.bucket AND e.id > $1 ORDER BY e.bucket, e.id LIMIT 1) AS first",
        floor,
    )


async def count(tx: Tx, floor: int, most: int) -> tuple[int, int, int]:
    """Count the events that wait, those that are to be tried again, and those given up, each up to ``most``."""
    row = await tx.fetch_row(
        f"SELECT (SELECT count(*) FROM (SELECT 1 FROM generate_series(0, {BUCKETS - 1}) AS b (bucket)"  # noqa: S608
        "  CROSS JOIN LATERAL (SELECT 1 FROM events e WHERE e.bucket = b.bucket AND e.id > $1 LIMIT $2) AS e"
        "  LIMIT $2) AS w) AS waiting,"
        " (SELECT count(*) FROM (SELECT 1 FROM event_retries WHERE due_at IS NOT NULL LIMIT $2) AS r) AS again,"
        " (SELECT count(*) FROM (SELECT 1 FROM event_retries WHERE due_at IS NULL LIMIT $2) AS g) AS given_up",
        floor,
        most,
    )
    assert row is not None
    return row["waiting"], row["again"], row["given_up"]


async def set_aside(tx: Tx, reaction: str, rows: Sequence[Any], attempts: int, due_at: datetime, error: str) -> None:
    """Keep events for one reaction, to be handed to it again at ``due_at``; an empty ``reaction`` means all of them."""
    taken = columns([(row["owner_id"], row["id"], row["kind"], row["body"]) for row in rows], 4)
    await tx.execute(
        "INSERT INTO event_retries (owner_id, event_id, kind, body, reaction, attempts, due_at, error, set_aside_at)"
        " SELECT owner_id, event_id, kind, body, $5, $6, $7, $8, $9"
        " FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::jsonb[]) AS e (owner_id, event_id, kind, body)",
        *taken,
        reaction,
        attempts,
        due_at,
        error,
        tx.now,
    )


async def lock_due(tx: Tx, known: Sequence[tuple[str, str]], most: int) -> list[Any]:
    """Lock the deliveries that are due, oldest first, of ``known`` reactions and kinds only."""
    return await tx.fetch(
        "SELECT due.* FROM unnest($1::text[], $2::text[]) AS k (reaction, kind) CROSS JOIN LATERAL ("
        " SELECT id, owner_id, event_id, reaction, kind, body, attempts, due_at FROM event_retries r"
        " WHERE r.reaction = k.reaction AND r.kind = k.kind AND r.due_at <= $3"
        " ORDER BY r.due_at, r.id LIMIT $4 FOR UPDATE SKIP LOCKED) AS due"
        " ORDER BY due.due_at, due.id LIMIT $4",
        *columns(known, 2),
        tx.now,
        most,
    )


async def is_any_due(tx: Tx, known: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a delivery of ``known`` reactions and kinds is due."""
    return bool(
        await tx.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM unnest($1::text[], $2::text[]) AS k (reaction, kind) WHERE EXISTS ("
            " SELECT 1 FROM event_retries r WHERE r.reaction = k.reaction AND r.kind = k.kind AND r.due_at <= $3))",
            *columns(known, 2),
            tx.now,
        )
    )


async def put_off(tx: Tx, row: Any, attempts: int, due_at: datetime | None, error: str) -> None:
    """Note that a delivery failed once more; without ``due_at`` it is given up."""
    await tx.execute(
        "UPDATE event_retries SET attempts = $3, due_at = $4, error = $5 WHERE owner_id = $1 AND id = $2",
        row["owner_id"],
        row["id"],
        attempts,
        due_at,
        error,
    )


async def delete_retry(tx: Tx, row: Any) -> None:
    """Forget a delivery that worked out."""
    await tx.execute("DELETE FROM event_retries WHERE owner_id = $1 AND id = $2", row["owner_id"], row["id"])


@dataclass(frozen=True, slots=True)
class SetAside:
    """A delivery that failed: ``due_at`` is when it is tried again, None if it was given up.

    An empty ``reaction`` means that no process so far knew this kind of event.
    """

    id: int
    owner_id: int
    reaction: str
    kind: str
    body: str
    attempts: int
    due_at: datetime | None
    error: str
    set_aside_at: datetime


async def list_failed(tx: Tx, *, after: int = 0, limit: int = 100, waiting: bool = False) -> list[SetAside]:
    """List deliveries that were given up, by id; with ``waiting`` also those that will be tried again."""
    rows = await tx.fetch(
        "SELECT id, owner_id, reaction, kind, body::text AS body, attempts, due_at, error, set_aside_at"
        " FROM event_retries WHERE id > $1 AND (due_at IS NULL OR $3) ORDER BY id LIMIT $2",
        after,
        limit,
        waiting,
    )
    return [SetAside(*row) for row in rows]


async def retry_failed(tx: Tx, ids: Sequence[int] | None) -> list[int]:
    """Make deliveries due with all their attempts before them; return the ids of those that were there."""
    rows = await tx.fetch(
        "UPDATE event_retries SET due_at = $1, attempts = 0"
        " WHERE CASE WHEN $2::bigint[] IS NULL THEN due_at IS NULL ELSE id = ANY($2) END RETURNING id",
        tx.now,
        ids,
    )
    return sorted(row["id"] for row in rows)
