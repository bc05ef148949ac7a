"""Numbers that ran through the whole installation become numbers of each account, and keep their values."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from tests.migrations.steps import a_database_after, run_step

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ACCOUNT = """
INSERT INTO accounts (login, api_key, plan, time_zone, locale, created_at)
VALUES ($1, '', 'guru', 'UTC', 'en', $2) RETURNING id
"""
# What servers of the release before send to make a group, a partner, a product.
INSERTS = {
    "groups": "INSERT INTO groups (account_id, name, title, kind, confirmation, created_at)"
    " VALUES ($1, $2, '', 'ordinary', true, $3) ON CONFLICT DO NOTHING RETURNING id",
    "partners": "INSERT INTO partners (account_id, login, state, created_at)"
    " VALUES ($1, $2, 'active', $3) ON CONFLICT DO NOTHING RETURNING id",
    "products": "INSERT INTO products AS p (account_id, name, created_at, kind, title, price)"
    " VALUES ($1, $2, $3, 'digital', '', 1) RETURNING p.id",
    "product_categories": "INSERT INTO product_categories (account_id, title, created_at)"
    " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id",
    "coupons": "INSERT INTO coupons AS c (account_id, code, code_key, discount_sum, created_at)"
    " VALUES ($1, $2, $2, 1, $3) ON CONFLICT DO NOTHING RETURNING c.id",
    "managers": "INSERT INTO managers (account_id, name, email, created_at) VALUES ($1, $2, '', $3) RETURNING id",
    "payouts": "INSERT INTO payouts (account_id, partner_id, amount, at, recorded_at, note, actor)"
    " VALUES ($1, 1, 1, $3, $3, $2, '') RETURNING id",
}


@pytest.fixture
async def old(server_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    async with a_database_after(server_dsn, "events") as connection:
        yield connection


@pytest.mark.parametrize("table", INSERTS)
async def test_numbers_given_out_keep_their_values_and_each_account_counts_on_from_its_largest(
    old: asyncpg.Connection, table: str
) -> None:
    one, two, three = [await old.fetchval(ACCOUNT, login, NOW) for login in ("one", "two", "three")]
    for owner, name in ((one, "a"), (two, "b"), (one, "c")):
        await old.fetchval(INSERTS[table], owner, name, NOW)
    before = await _numbers(old, table)
    assert len({number for numbers in before.values() for number in numbers}) == sum(map(len, before.values()))
    await run_step(old, "numbers_per_account")
    four = await old.fetchval(ACCOUNT, "four", NOW)
    assert {**before, **await _numbers(old, table)} == {**await _numbers(old, table), **before}
    largest = {owner: max((await _numbers(old, table)).get(owner, [0])) for owner in (one, two, three, four)}
    for owner in (one, two, three, four):
        given = [await old.fetchval(INSERTS[table], owner, name, NOW) for name in "xy"]
        assert given == [largest[owner] + 1, largest[owner] + 2]
    assert largest[four] == (1 if table == "groups" else 0)  # a new account has its built-in group


async def _numbers(connection: asyncpg.Connection, table: str) -> dict[int, list[int]]:
    rows = await connection.fetch(f"SELECT account_id, array_agg(id ORDER BY id) FROM {table} GROUP BY 1")
    return {row[0]: row[1] for row in rows}


async def test_a_row_that_brings_its_number_is_counted_past(old: asyncpg.Connection) -> None:
    await run_step(old, "numbers_per_account")
    owner = await old.fetchval(ACCOUNT, "one", NOW)
    brought = INSERTS["groups"].replace("(account_id,", "(id, account_id,").replace("VALUES (", "VALUES ($4, ")
    assert await old.fetchval(brought, owner, "moved", NOW, 700) == 700
    assert await old.fetchval(brought, owner, "moved too", NOW, 20) == 20
    assert await old.fetchval(INSERTS["groups"], owner, "next", NOW) == 701
