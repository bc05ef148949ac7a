"""The SQL statements about the kept counts of memberships; group 0 stands for contacts in any group."""

from collections.abc import Sequence
from typing import Final

from enlist.domain.groups.tallying import NUMBERS, Tally, rows
from enlist.runtime.db import Tx, records

AT_ONCE: Final = 20_000  # changes that are folded in one statement
_ACCOUNTS: Final = 200
# Any fixed number that nobody else takes for advisory locks of one number.
_FOLDING: Final = 7_270_404

CHANGED: Final = ("account_id", "group_id", *NUMBERS)
# For statements that write memberships and append in one go; the parameter is what ``as_text`` makes.
APPEND: Final = f"""
    INSERT INTO membership_count_changes ({", ".join(CHANGED)})
    SELECT {", ".join(CHANGED)} FROM json_to_recordset({{changes}}::json)
        AS d (account_id bigint, group_id bigint, active integer, waiting integer, total integer,
              any_active integer, any_waiting integer, any_total integer)
"""  # noqa: S608
_APPEND: Final = APPEND.format(changes="$1")


def as_text(tally: Tally) -> str:
    """Write what changes in the counts as the parameter of ``APPEND``."""
    return records(CHANGED, rows(tally))


async def append(tx: Tx, tally: Tally) -> None:
    """Append what changes in the counts."""
    await tx.write(_APPEND, as_text(tally))


async def be_alone(tx: Tx, *, wait: bool) -> bool:
    """Keep others from folding and recounting until the end of the transaction; tell whether that is so."""
    if not wait:
        return bool(await tx.fetch_value("SELECT pg_try_advisory_xact_lock($1)", _FOLDING))
    await tx.execute("SELECT pg_advisory_xact_lock($1)", _FOLDING)
    return True


async def kept(tx: Tx, account_id: int, group_id: int) -> int | None:
    """Tell how many contacts are active in a group, or with 0 in any, by what is kept; None if that is unknown."""
    column = "active" if group_id else "any_active"
    row = await tx.fetch_row(
        "SELECT coalesce((SELECT active FROM membership_counts WHERE account_id = $1 AND group_id = $2), 0)"  # noqa: S608
        f" + coalesce(sum({column}) FILTER (WHERE $2 = 0 OR group_id = $2), 0),"
        " coalesce(bool_or(group_id IS NULL), false)"
        " FROM membership_count_changes WHERE account_id = $1 AND ($2 = 0 OR group_id = $2 OR group_id IS NULL)",
        account_id,
        group_id,
    )
    assert row is not None
    return None if row[1] else int(row[0])


async def changed_accounts(tx: Tx) -> list[int]:
    """List accounts that have changes to fold."""
    found = await tx.fetch(
        "SELECT DISTINCT account_id FROM (SELECT account_id FROM membership_count_changes"
        " WHERE group_id IS NOT NULL LIMIT $1) AS found",
        AT_ONCE,
    )
    return [row[0] for row in found]


async def uncounted_accounts(tx: Tx) -> list[int]:
    """List accounts whose counts are unknown."""
    found = await tx.fetch(
        "SELECT DISTINCT account_id FROM (SELECT account_id FROM membership_count_changes"
        " WHERE group_id IS NULL LIMIT $1) AS found",
        _ACCOUNTS,
    )
    return [row[0] for row in found]


_FOLD = """
WITH taken AS (
    DELETE FROM membership_count_changes WHERE account_id = ANY($1::bigint[]) AND ctid = ANY(ARRAY(
        SELECT ctid FROM membership_count_changes
        WHERE account_id = ANY($1::bigint[]) AND group_id IS NOT NULL LIMIT $2))
    RETURNING *
), summed AS (
    SELECT account_id, group_id, sum(active) AS active, sum(waiting) AS waiting, sum(total) AS total
    FROM taken GROUP BY account_id, group_id
    UNION ALL
    SELECT account_id, 0, sum(any_active), sum(any_waiting), sum(any_total) FROM taken GROUP BY account_id
), folded AS (
    INSERT INTO membership_counts AS c (account_id, group_id, active, waiting, total)
    SELECT * FROM summed ORDER BY account_id, group_id
    ON CONFLICT (account_id, group_id) DO UPDATE SET
        active = c.active + excluded.active, waiting = c.waiting + excluded.waiting, total = c.total + excluded.total
)
SELECT count(*) FROM taken
"""


async def fold(tx: Tx, account_ids: Sequence[int]) -> int:
    """Add changes of some accounts to their counts; return how many there were."""
    number: int = await tx.fetch_value(_FOLD, list(account_ids), AT_ONCE)
    return number


# All of it sees the database at one instant: the changes dropped are in the counts, and those left come on top.
_RECOUNT = """
WITH counted AS (
    SELECT group_id, count(*) FILTER (WHERE state = 'active') AS active,
           count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) AS total
    FROM memberships WHERE account_id = $1 GROUP BY group_id
    UNION ALL
    SELECT 0, count(*) FILTER (WHERE any_active), count(*) FILTER (WHERE any_waiting AND NOT any_active), count(*)
    FROM (SELECT bool_or(state = 'active') AS any_active, bool_or(state = 'waiting') AS any_waiting
          FROM memberships WHERE account_id = $1 GROUP BY contact_id) AS people
), appended AS (
    SELECT group_id, active, waiting, total FROM membership_count_changes
    WHERE account_id = $1 AND group_id IS NOT NULL
    UNION ALL
    SELECT 0, any_active, any_waiting, any_total FROM membership_count_changes
    WHERE account_id = $1 AND group_id IS NOT NULL
    UNION ALL
    SELECT group_id, active, waiting, total FROM membership_counts WHERE account_id = $1
), kept AS (
    SELECT group_id, sum(active) AS active, sum(waiting) AS waiting, sum(total) AS total
    FROM appended GROUP BY group_id
), gone AS (DELETE FROM membership_count_changes WHERE account_id = $1
), written AS (
    INSERT INTO membership_counts AS c (account_id, group_id, active, waiting, total)
    SELECT $1, group_id, coalesce(n.active, 0), coalesce(n.waiting, 0), coalesce(n.total, 0)
    FROM counted n FULL JOIN kept USING (group_id)
    ON CONFLICT (account_id, group_id) DO UPDATE SET
        active = excluded.active, waiting = excluded.waiting, total = excluded.total
)
SELECT count(*) FROM counted n FULL JOIN kept k USING (group_id)
WHERE (coalesce(n.active, 0), coalesce(n.waiting, 0), coalesce(n.total, 0))
    <> (coalesce(k.active, 0), coalesce(k.waiting, 0), coalesce(k.total, 0))
  AND NOT EXISTS (SELECT 1 FROM membership_count_changes WHERE account_id = $1 AND group_id IS NULL)
"""


async def recount(tx: Tx, account_id: int) -> int:
    """Count the memberships of an account one by one, and keep that; return how many of the kept counts were wrong."""
    wrong: int = await tx.fetch_value(_RECOUNT, account_id)
    return wrong
