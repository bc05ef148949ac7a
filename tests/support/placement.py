"""Whether a statement can be placed with its account: what the planner says of each table that belongs to one.

A table is owned if it has a column ``account_id``. Each time that a statement looks at one, the account has to be named,
by a value or by the row that it is joined to; where rows are locked, or looked up once for each other row (LATERAL,
EXISTS), by a value: a distributed PostgreSQL finds the one node then.

While the tests run, each statement that our own code sends is noted; at the end all of them are looked at.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import asyncpg

from enlist.runtime.db import Tx

_READ_AND_WRITTEN: Final = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
_CONDITIONS: Final = ("Index Cond", "Recheck Cond", "Filter", "Hash Cond", "Merge Cond", "Join Filter")
# Where rows are locked, or looked up once for each other row, the account has to be a value.
_STRICT: Final = re.compile(r"\b(LATERAL|EXISTS|FOR (NO KEY )?UPDATE|FOR (KEY )?SHARE)\b")
_BY_VALUE: Final = re.compile(r"account_id = (ANY \()?\(?\$")


# The driver would ask for values, and there are none.
_EXPLAIN: Final = """
CREATE OR REPLACE FUNCTION pg_temp.explained(statement text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE plan json;
BEGIN
    EXECUTE 'EXPLAIN (GENERIC_PLAN, FORMAT JSON) ' || statement INTO plan;
    RETURN plan;
END
$$
"""


async def owned_tables(connection: asyncpg.Connection) -> dict[str, str]:
    """List the tables that belong to accounts; partitions stand beside the table that they are parts of."""
    rows = await connection.fetch(
        "SELECT c.relname, coalesce(i.inhparent::regclass::text, c.relname) FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped"
        " LEFT JOIN pg_inherits i ON i.inhrelid = c.oid"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    )
    return {row[0]: row[1] for row in rows}


async def faults(connection: asyncpg.Connection, sql: str, owned: Mapping[str, str]) -> list[str]:
    """Tell at which tables a statement does not name the account as it has to; empty if it does, or touches none."""
    if not _READ_AND_WRITTEN.match(sql):
        return []
    await connection.execute(_EXPLAIN)
    (explained,) = json.loads(await connection.fetchval("SELECT pg_temp.explained($1)", sql))
    found = dict.fromkeys(_faults(explained["Plan"], owned, (), strict=bool(_STRICT.search(sql))))
    return [*found, *_inserted_without(sql, owned)]


def _faults(
    node: Mapping[str, Any],
    owned: Mapping[str, str],
    above: tuple[str, ...],
    changed: frozenset[str] = frozenset(),
    *,
    strict: bool,
) -> Iterator[str]:
    own = tuple(str(node[name]) for name in _CONDITIONS if name in node)
    table = str(node.get("Relation Name"))
    if table in owned and node["Node Type"] != "ModifyTable":
        alias = re.escape(node.get("Alias", table))
        named = any("account_id" in condition for condition in own) or any(
            re.search(rf"\b{alias}\.account_id\b", condition) for condition in above
        )
        by_value = any(_BY_VALUE.search(condition) for condition in own)
        if not named:
            yield f"{owned[table]}: the account is not named"
        elif strict and not by_value and alias not in changed:
            yield f"{owned[table]}: the account is not named by a value"
    if node["Node Type"] == "ModifyTable":
        # What is changed by rows that were locked or found before is named by them: a value would let the planner
        # read all of the account's rows instead.
        changed |= {re.escape(node.get("Alias", table))}
    for part in node.get("Plans", ()):
        yield from _faults(part, owned, (*above, *own), changed, strict=strict)


def _inserted_without(sql: str, owned: Mapping[str, str]) -> Iterator[str]:
    for table, columns in re.findall(r"INSERT\s+INTO\s+(\w+)(?:\s+AS\s+\w+)?\s*\(([^)]*)\)", sql, re.IGNORECASE):
        if table in owned and "account_id" not in re.split(r"[\s,]+", columns):
            yield f"{table}: rows are added without their account"


# Who sends which statement: (module, function) by text.
sent: dict[str, tuple[str, str]] = {}

# Statements that speak of no account on purpose, by who sends them, with the reason.
_FIRST: Final = "finds out whose account it is"
_DUE: Final = "asks whose rows are due; what is done about them names the accounts"
_FIGURE: Final = "a figure of the whole installation, bounded"
_OLD: Final = "rows of all accounts that grew old, a portion at a time"
EXEMPT: Final[dict[tuple[str, str], str]] = {
    ("enlist.domain.accounts.site_queries", "find_by_token"): _FIRST,
    ("enlist.domain.accounts.queries", "find_by_host"): _FIRST,
    ("enlist.domain.accounts.queries", "insert_domain"): _FIRST,
    ("enlist.domain.segments.worker_queries", "sites_with_changes"): _DUE,
    ("enlist.domain.segments.worker_queries", "uncomputed"): _DUE,
    ("enlist.domain.segments.worker_queries", "deleted"): _DUE,
    ("enlist.domain.segments.worker_queries", "following"): _DUE,
    ("enlist.domain.segments.worker_queries", "count_waiting"): _FIGURE,
    ("enlist.domain.segments.partition_queries", "recompute_by_actions"): _OLD,
    ("enlist.domain.segments.partition_queries", "make_partition"): _OLD,
    ("enlist.domain.segments.partition_queries", "delete_rest"): _OLD,
    ("enlist.domain.segments.partition_queries", "oldest_in_rest"): _OLD,
    ("enlist.domain.groups.count_queries", "changed_accounts"): _DUE,
    ("enlist.domain.groups.count_queries", "uncounted_accounts"): _DUE,
    ("enlist.domain.contacts.count_queries", "changed_accounts"): _DUE,
    ("enlist.domain.contacts.count_queries", "uncounted_accounts"): _DUE,
    ("enlist.domain.delivery.queries", "due_accounts"): _DUE,
    ("enlist.domain.delivery.queries", "count_waiting"): _FIGURE,
    ("enlist.domain.delivery.queries", "ended_accounts"): _DUE,
    ("enlist.domain.orders.queries", "overdue_accounts"): _DUE,
    ("enlist.domain.attribution.click_queries", "accounts_with_old_visitors"): _DUE,
    ("enlist.domain.partners.session_queries", "accounts_with_expired"): _DUE,
}


def listen() -> None:
    """Note from now on each statement that is sent by a function of ours."""
    for name in ("fetch", "fetch_row", "fetch_value", "execute", "many", "cursor", "write"):
        setattr(Tx, name, _noting(getattr(Tx, name)))


def _noting(method: Callable[..., Any]) -> Callable[..., Any]:
    def noted(self: Tx, sql: str, *values: Any, **options: Any) -> Any:
        if sql not in sent:
            frame = sys._getframe(1)
            module = str(frame.f_globals.get("__name__", ""))
            if module.startswith("enlist.") and module != Tx.__module__:
                sent[sql] = module, frame.f_code.co_name
        return method(self, sql, *values, **options)

    return noted


async def look_at_all_sent(dsn: str) -> list[str]:
    """Tell what is wrong with the statements that were sent, one line for each."""
    connection = await asyncpg.connect(dsn)
    lines = []
    try:
        owned = await owned_tables(connection)
        for sql, sender in sent.items():
            if sender not in EXEMPT and (found := await faults(connection, sql, owned)):
                lines.append(f"{'.'.join(sender)}: {'; '.join(found)}: {' '.join(sql.split())[:300]}")
    finally:
        await connection.close()
    return lines
