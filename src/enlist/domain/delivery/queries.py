"""Every SQL statement about letters."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from enlist.domain.delivery.model import Letter, LetterChange, QueuedLetter
from enlist.runtime.db import Tx, columns, records

_INSERT = """
INSERT INTO letters (account_id, kind, recipient, data, queued_at, due_at)
SELECT account_id, kind, recipient, data, $2, $2
FROM json_to_recordset($1::json) AS said (account_id bigint, kind text, recipient text, data jsonb)
"""

# A claim that lapsed is due like any other letter; the row lock and the new due_at keep other workers away.
_IS_DUE = """state IN ('queued', 'sending') AND due_at <= $1 AND (state = 'queued' OR due_at <= $2)
      AND id <> ALL ($3::bigint[])"""
_DUE_ACCOUNTS = f"""
SELECT DISTINCT account_id FROM (SELECT account_id FROM letters WHERE {_IS_DUE} ORDER BY due_at LIMIT $4) AS first
"""  # noqa: S608
_CLAIM = f"""
WITH due AS (
    SELECT account_id, id FROM letters
    WHERE account_id = ANY($6::bigint[]) AND {_IS_DUE}
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
)
UPDATE letters AS l SET state = 'sending', attempts = l.attempts + 1, due_at = $5
FROM due WHERE l.account_id = due.account_id AND l.id = due.id
RETURNING l.account_id, l.id, l.kind, l.recipient, l.data, l.message_id, l.attempts, l.queued_at
"""  # noqa: S608

# The number of attempts tells whether the claim is still the same one. That a letter was sent is true in any case.
_RECORD = """
UPDATE letters AS l
SET state = o.state, attempts = o.attempts_after, due_at = coalesce(o.due_at, l.due_at), error = o.error,
    ended_at = CASE WHEN o.state = 'queued' THEN NULL ELSE $8::timestamptz END
FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::integer[], $6::timestamptz[], $7::text[])
     AS o (account_id, id, attempts, state, attempts_after, due_at, error)
WHERE l.account_id = o.account_id AND l.id = o.id
  AND ((l.state = 'sending' AND l.attempts = o.attempts) OR (o.state = 'sent' AND l.state IN ('queued', 'sending')))
RETURNING l.account_id, l.id
"""

_COUNT = "SELECT count(*) FROM (SELECT 1 FROM letters WHERE state IN ('queued', 'sending') LIMIT $1) AS waiting"

_ENDED_ACCOUNTS = """
SELECT DISTINCT account_id FROM (SELECT account_id FROM letters WHERE ended_at < $1 ORDER BY ended_at LIMIT $2) AS first
"""
_DELETE = """
WITH old AS (
    SELECT account_id, id FROM letters
    WHERE account_id = ANY($3::bigint[]) AND ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM letters AS l USING old WHERE l.account_id = old.account_id AND l.id = old.id
"""


async def insert(tx: Tx, letters: Sequence[Letter]) -> None:
    """Put ``letters`` into the queue, due now."""
    rows = ((letter.account_id, letter.kind, letter.recipient, letter.data) for letter in letters)
    await tx.write(_INSERT, records(("account_id", "kind", "recipient", "data"), rows), tx.now)


async def due_accounts(tx: Tx, *, room: int, lapsed_by: datetime, held: Collection[int]) -> list[int]:
    """List the accounts of the first ``room`` due letters."""
    return [row[0] for row in await tx.fetch(_DUE_ACCOUNTS, tx.now, lapsed_by, list(held), room)]


async def claim(
    tx: Tx, *, room: int, span: timedelta, lapsed_by: datetime, held: Collection[int]
) -> list[QueuedLetter]:
    """Take up to ``room`` due letters for ``span``, oldest first; claims of others only if lapsed by ``lapsed_by``.

    Letters with an id in ``held`` are left alone.
    """
    due = await due_accounts(tx, room=room, lapsed_by=lapsed_by, held=held)
    if not due:
        return []
    rows = await tx.fetch(_CLAIM, tx.now, lapsed_by, list(held), room, tx.now + span, due)
    return sorted((_letter(row) for row in rows), key=lambda letter: (letter.queued_at, letter.id))


async def record(tx: Tx, verdicts: Sequence[LetterChange]) -> set[tuple[int, int]]:
    """Write how claims ended; return the keys (account, id) of those that were still ours to end."""
    rows = [
        (v.letter.account_id, v.letter.id, v.letter.attempts, v.state, v.attempts_after, v.due_at, v.error)
        for v in verdicts
    ]
    return {(row["account_id"], row["id"]) for row in await tx.fetch(_RECORD, *columns(rows, 7), tx.now)}


async def count_waiting(tx: Tx, most: int) -> int:
    """Count letters that wait or are being sent, but not further than ``most``."""
    count: int = await tx.fetch_value(_COUNT, most)
    return count


async def ended_accounts(tx: Tx, before: datetime, most: int) -> list[int]:
    """List the accounts of the first ``most`` letters that ended before an instant."""
    return [row[0] for row in await tx.fetch(_ENDED_ACCOUNTS, before, most)]


async def prune(tx: Tx, older_than: timedelta, most: int = 5_000) -> int:
    """Delete letters that ended longer ago than ``older_than``, the oldest first, at most ``most``; return how many.

    Call it again, each time in a transaction of its own, until it returns 0.
    """
    before = tx.now - older_than
    ended = await ended_accounts(tx, before, most)
    return await tx.execute(_DELETE, before, most, ended) if ended else 0


def _letter(row: asyncpg.Record) -> QueuedLetter:
    return QueuedLetter(
        account_id=row["account_id"],
        id=row["id"],
        kind=row["kind"],
        recipient=row["recipient"],
        data=msgspec.json.decode(row["data"]),
        message_id=str(row["message_id"]),
        attempts=row["attempts"],
        queued_at=row["queued_at"],
    )
