"""Statements that do not name the account of what they touch are found out, and those that do are let pass."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from enlist.domain.groups import queries
from enlist.runtime.db import Database, Tx
from tests.support import placement
from tests.support.world import World

NAMED = [
    "SELECT * FROM orders WHERE account_id = $1 AND id = $2",
    "SELECT * FROM orders WHERE account_id = ANY($1::bigint[]) FOR UPDATE",
    "SELECT * FROM groups JOIN memberships m ON m.account_id = groups.account_id AND m.group_id = groups.id"
    " WHERE groups.account_id = $1",
    "SELECT c.* FROM contacts c JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, id) USING (account_id, id)",
    "UPDATE contacts SET name = '' WHERE (account_id, id) = ($1, $2)",
    "INSERT INTO order_items (account_id, order_id, place, product_id, name, title, price, sum)"
    " VALUES ($1, $2, 0, 1, '', '', 1, 1)",
    "SELECT 1 FROM profile_facts p WHERE p.account_id = $1 AND p.site_id = $2",
    "DELETE FROM actions WHERE account_id = $1",
    "SELECT login FROM accounts",
    "SET LOCAL enable_seqscan = off",
]

NOT_NAMED = {
    "SELECT * FROM orders WHERE id = $1": "orders",
    "SELECT * FROM orders o JOIN contacts c ON c.id = o.contact_id WHERE o.account_id = $1": "contacts",
    "UPDATE contacts SET name = '' WHERE id = $1": "contacts",
    "DELETE FROM actions WHERE site_id = $1": "actions",
    "SELECT 1 FROM profile_facts WHERE site_id = $1": "profiles",
    "WITH gone AS (DELETE FROM letters WHERE ended_at < $1 RETURNING 1) SELECT count(*) FROM gone": "letters",
    "SELECT * FROM groups WHERE account_id = $1 AND EXISTS (SELECT 1 FROM memberships m WHERE m.group_id = groups.id)":
        "memberships",
    "INSERT INTO actions (site_id, profile_id, created_at, label, article, tags)"
    " VALUES ($1, $2, $3, '', '', '{}')": "actions",
    # Named by a row, where a value is needed: rows are locked, or looked up for each other row.
    "SELECT 1 FROM contacts c JOIN unnest($1::bigint[]) AS w (account_id) USING (account_id) FOR UPDATE OF c": "contacts",
    "SELECT 1 FROM unnest($1::bigint[]) AS w (a) CROSS JOIN LATERAL"
    " (SELECT 1 FROM coupons c WHERE c.account_id = w.a LIMIT 1) AS c": "coupons",
    "SELECT 1 FROM unnest($1::bigint[]) AS w (a) WHERE EXISTS"
    " (SELECT 1 FROM pin_codes p WHERE p.account_id = w.a)": "pin_codes",
}  # fmt: skip


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@pytest.mark.parametrize("sql", NAMED)
async def test_a_statement_that_names_its_account_is_let_pass(connection: asyncpg.Connection, sql: str) -> None:
    assert await placement.faults(connection, sql, await placement.owned_tables(connection)) == []


@pytest.mark.parametrize("sql", NOT_NAMED)
async def test_a_statement_that_does_not_is_found_out(connection: asyncpg.Connection, sql: str) -> None:
    (fault,) = await placement.faults(connection, sql, await placement.owned_tables(connection))
    assert fault.startswith(NOT_NAMED[sql])


async def test_every_table_that_knows_a_site_knows_its_account(connection: asyncpg.Connection) -> None:
    rows = await connection.fetch(
        "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'site_id'"
        " WHERE relkind IN ('r', 'p') AND NOT relispartition"
    )
    tables = {row[0] for row in rows}
    assert len(tables) >= 12
    assert tables <= (await placement.owned_tables(connection)).keys()


async def test_the_account_comes_first_in_the_key_of_every_owned_table(connection: asyncpg.Connection) -> None:
    rows = await connection.fetch(
        "SELECT i.indrelid::regclass::text AS table, a.attname AS first FROM pg_index i"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisprimary"
    )
    first = {row["table"]: row["first"] for row in rows}
    owned = await placement.owned_tables(connection)
    assert {table: first[table] for table in owned if first.get(table, "account_id") != "account_id"} == {
        "account_domains": "domain"  # names of hosts are unique in the whole installation
    }


async def test_what_our_own_functions_send_is_noted_and_what_tests_send_is_not(database: Database) -> None:
    account = await World(database).account()
    async with database.reading() as tx:
        await queries.groups_numbered(tx, account.id, [1])
        await tx.fetch_value("SELECT count(*) FROM orders")
        senders = {sender for sql, sender in placement.sent.items() if "FROM groups WHERE account_id" in sql}
    assert ("enlist.domain.groups.queries", "groups_numbered") in senders
    assert "SELECT count(*) FROM orders" not in placement.sent


async def test_a_bad_statement_of_ours_is_told_at_the_end(dsn: str, database: Database) -> None:
    bad = "SELECT count(*) AS of_all_accounts FROM orders"
    space = {"__name__": "enlist.domain.orders.made_up"}
    exec("async def count_all(tx, sql):\n    return await tx.fetch_value(sql)", space)
    async with database.reading() as tx:
        await _run(space["count_all"], tx, bad)
    try:
        (line,) = [line for line in await placement.look_at_all_sent(dsn) if "of_all_accounts" in line]
        assert line.startswith("enlist.domain.orders.made_up.count_all: orders: the account is not named")
    finally:
        del placement.sent[bad]


async def _run(function: object, tx: Tx, sql: str) -> None:
    assert callable(function)
    await function(tx, sql)
