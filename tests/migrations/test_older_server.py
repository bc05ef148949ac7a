"""The previous release's server keeps answering after the migrations of this one: it may still run while they do."""

import re

import asyncpg
import pytest

from tests.migrations.conftest import Upgraded
from tests.support import baseline
from tests.support.baseline import Statement


async def test_every_statement_of_the_older_server_runs_after_the_migrations(upgraded: Upgraded) -> None:
    failed = await failures(upgraded.dsn, baseline.statements())
    assert not failed, "the previous release's server would fail on:\n\n" + "\n\n".join(failed)


def test_the_statements_put_a_row_into_every_table() -> None:
    run = [one for one in baseline.statements() if one.rows]
    assert {table for one in run for table in re.findall(r"INSERT INTO (\w+)", one.sql)} >= baseline.tables()


@pytest.mark.parametrize(
    ("table", "change", "complaint"),
    [
        ("contacts", "ALTER TABLE contacts RENAME city TO town", 'column "city" of relation "contacts" does not exist'),
        (
            "contacts",
            "ALTER TABLE contacts ADD shard integer NOT NULL DEFAULT 1; ALTER TABLE contacts ALTER shard DROP DEFAULT",
            'null value in column "shard"',
        ),
        ("touches", "DROP TABLE touches", 'relation "touches" does not exist'),
        ("memberships", "ALTER TABLE memberships ADD CHECK (state <> 'active') NOT VALID", "violates check constraint"),
        ("clicks", "ALTER TABLE clicks ALTER account_id TYPE text", "expected str, got int"),
        (
            "memberships",
            "ALTER TABLE memberships DROP CONSTRAINT memberships_pkey CASCADE",
            "no unique or exclusion constraint",
        ),
    ],
)
async def test_a_migration_that_the_older_server_does_not_survive_is_found(
    upgraded: Upgraded, table: str, change: str, complaint: str
) -> None:
    connection = await asyncpg.connect(upgraded.dsn)
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(change)
        concerned = [one for one in baseline.statements() if table in one.sql]
        assert any(complaint in failure for failure in await failures_on(connection, concerned))
    finally:
        await transaction.rollback()
        await connection.close()


async def failures(dsn: str, statements: list[Statement]) -> list[str]:
    """Tell which statements fail in a database, and how."""
    connection = await asyncpg.connect(dsn)
    try:
        return await failures_on(connection, statements)
    finally:
        await connection.close()


async def failures_on(connection: asyncpg.Connection, statements: list[Statement]) -> list[str]:
    """Tell which statements fail on a connection, and how."""
    failed = []
    for statement in statements:
        try:
            rows = await baseline.run(connection, statement)
        except asyncpg.PostgresError as error:
            failed.append(f"{statement.where}: {statement.sql.strip()}\n  {type(error).__name__}: {error}")
            continue
        if statement.rows and not rows:
            failed.append(f"{statement.where}: {statement.sql.strip()}\n  touched {statement.rows} rows, now none")
    return failed
