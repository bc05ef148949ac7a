"""The SQL statements about the kept counts of contacts."""

from collections.abc import Mapping, Sequence
from typing import Final

from enlist.runtime.db import Tx, records

_AT_ONCE: Final = 20_000  # changes that are folded in one statement
_ACCOUNTS: Final = 200


async def append(tx: Tx, added: Mapping[int, int]) -> None:
    """Append how many contacts were added, by account."""
    await tx.write(
        "INSERT INTO contact_count_changes (account_id, total)"
        " SELECT account_id, total FROM json_to_recordset($1::json) AS d (account_id bigint, total integer)",
        records(("account_id", "total"), added.items()),
    )


async def kept(tx: Tx, account_id: int) -> int | None:
    """Tell how many contacts an account has by what is kept; None if that is unknown."""
    row = await tx.fetch_row(
        "SELECT coalesce((SELECT total FROM contact_counts WHERE account_id = $1), 0) + coalesce(sum(total), 0),"
        " coalesce(bool_or(total IS NULL), false) FROM contact_count_changes WHERE account_id = $1",
        account_id,
    )
    assert row is not None
    return None if row[1] else int(row[0])


async def count_plainly(tx: Tx, account_id: int) -> int:
    """Count the contacts of an account one by one."""
    number: int = await tx.fetch_value("SELECT count(*) FROM contacts WHERE account_id = $1", account_id)
    return number


async def changed_accounts(tx: Tx) -> list[int]:
    """List accounts that have changes to fold."""
    rows = await tx.fetch(
        "SELECT DISTINCT account_id FROM (SELECT account_id FROM contact_count_changes"
        " WHERE total IS NOT NULL LIMIT $1) AS found",
        _AT_ONCE,
    )
    return [row[0] for row in rows]


async def uncounted_accounts(tx: Tx) -> list[int]:
    """List accounts whose count is unknown."""
    rows = await tx.fetch(
        "SELECT DISTINCT account_id FROM (SELECT account_id FROM contact_count_changes"
        " WHERE total IS NULL LIMIT $1) AS found",
        _ACCOUNTS,
    )
    return [row[0] for row in rows]


_FOLD = """
WITH taken AS (
    DELETE FROM contact_count_changes WHERE account_id = ANY($1::bigint[]) AND ctid = ANY(ARRAY(
        SELECT ctid FROM contact_count_changes
        WHERE account_id = ANY($1::bigint[]) AND total IS NOT NULL LIMIT $2))
    RETURNING account_id, total
), summed AS (
    SELECT account_id, count(*) AS changes, sum(total) AS total FROM taken GROUP BY account_id
), folded AS (
    INSERT INTO contact_counts AS c (account_id, total)
    SELECT account_id, total FROM summed ORDER BY account_id
    ON CONFLICT (account_id) DO UPDATE SET total = c.total + excluded.total
)
SELECT coalesce(sum(changes), 0)::bigint FROM summed
"""


async def fold(tx: Tx, account_ids: Sequence[int]) -> int:
    """Add changes of some accounts to their counts; return how many there were."""
    number: int = await tx.fetch_value(_FOLD, list(account_ids), _AT_ONCE)
    return number


# All of it sees the database at one instant: the changes dropped are in the count, and those left come on top.
_RECOUNT = """
WITH counted AS (SELECT count(*) AS total FROM contacts WHERE account_id = $1
), kept AS (
    SELECT coalesce((SELECT total FROM contact_counts WHERE account_id = $1), 0) + coalesce(sum(total), 0) AS total,
           coalesce(bool_or(total IS NULL), false) AS unknown
    FROM contact_count_changes WHERE account_id = $1
), gone AS (DELETE FROM contact_count_changes WHERE account_id = $1
), written AS (
    INSERT INTO contact_counts AS c (account_id, total) SELECT $1, total FROM counted
    ON CONFLICT (account_id) DO UPDATE SET total = excluded.total
)
SELECT CASE WHEN kept.unknown THEN 0 ELSE counted.total - kept.total END::bigint FROM counted, kept
"""


async def recount(tx: Tx, account_id: int) -> int:
    """Count the contacts of an account one by one, and keep that; return by how many the kept count was wrong."""
    wrong: int = await tx.fetch_value(_RECOUNT, account_id)
    return wrong
