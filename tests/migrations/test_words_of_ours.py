"""The step that makes stored words ours: what was there is translated, and so is what an older server still writes."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from enlist import migrations

STEP = "20261121_0011_words_of_ours"
_ACCOUNT = (
    "INSERT INTO accounts (login, api_key, plan, time_zone, locale, created_at, currency)"
    " VALUES ($1, '', $2, 'UTC', 'en', now(), 'USD') RETURNING id"
)
_GROUP = (
    "INSERT INTO groups (account_id, name, title, kind, confirmation, created_at) VALUES ($1, $2, '', $3, false, now())"
    " ON CONFLICT DO NOTHING"
)


@pytest.fixture
async def before(server_dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A database as it was before the step."""
    admin = await asyncpg.connect(server_dsn.format("postgres"))
    await admin.execute('CREATE DATABASE "before_words" TEMPLATE template0')
    connection = await asyncpg.connect(server_dsn.format("before_words"))
    for file in sorted(migrations.VERSIONS.glob("*.sql")):
        if file.stem < STEP:
            await connection.execute(file.read_text())
    yield connection
    await connection.close()
    await admin.execute('DROP DATABASE "before_words"')
    await admin.close()


async def step(connection: asyncpg.Connection) -> None:
    """Take the step, as one transaction."""
    async with connection.transaction():
        await connection.execute((migrations.VERSIONS / f"{STEP}.sql").read_text())


async def names(connection: asyncpg.Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await connection.fetch("SELECT name, kind FROM groups ORDER BY account_id, name")]


async def test_what_is_stored_gets_our_words(before: asyncpg.Connection) -> None:
    calm = await before.fetchval(_ACCOUNT, "calm", "guru")
    await before.fetchval(_ACCOUNT, "usual", "standard")
    await before.execute(_GROUP, calm, "allleads", "auto")
    await before.execute(_GROUP, calm, "news", "ordinary")
    await step(before)
    rows = await before.fetch("SELECT login, confirms_always FROM accounts ORDER BY login")
    assert [tuple(row) for row in rows] == [("calm", False), ("usual", True)]
    assert await names(before) == [("all contacts", "auto"), ("news", "ordinary"), ("all contacts", "auto")]


async def test_what_an_older_server_writes_later_gets_them_too_and_it_can_read_what_the_new_one_writes(
    before: asyncpg.Connection,
) -> None:
    await step(before)
    calm = await before.fetchval(_ACCOUNT, "calm", "guru")
    await before.fetchval(_ACCOUNT, "usual", "standard")
    await before.execute(_GROUP, calm, "allleads", "auto")
    for login, confirms_always in (("new calm", False), ("new usual", True)):
        await before.execute(
            "INSERT INTO accounts (login, api_key, confirms_always, time_zone, locale, created_at, currency)"
            " VALUES ($1, '', $2, 'UTC', 'en', now(), 'USD')",
            login,
            confirms_always,
        )
    rows = await before.fetch("SELECT login, plan, confirms_always FROM accounts ORDER BY login")
    assert [tuple(row) for row in rows] == [
        ("calm", "guru", False),
        ("new calm", "guru", False),
        ("new usual", "standard", True),
        ("usual", "standard", True),
    ]
    assert await names(before) == [("all contacts", "auto")] * 4


DONE_URLS = {
    "https%3A%2F%2Fya.ru%2F%D0%BF%3Fa%3Db": "https://ya.ru/п?a=b",
    "%2Fthanks": "/thanks",
    "https%3A%2F%2Fya.ru%2F%FF%00": "https%3A%2F%2Fya.ru%2F%FF%00",  # no text
    "https%3A%2F%2Fya.ru%2F100%": "https://ya.ru/100%",
    "https://ya.ru/?u=%2F": "https://ya.ru/?u=%2F",
    "": "",
}


async def test_addresses_that_wait_for_a_confirmation_are_decoded(before: asyncpg.Connection) -> None:
    account = await before.fetchval(_ACCOUNT, "shop", "standard")
    await before.execute(_GROUP, account, "news", "ordinary")
    for place, kept in enumerate(DONE_URLS):
        await before.execute(
            "WITH c AS (INSERT INTO contacts (account_id, email, email_key, name, phone, city, tags, created_at)"
            " VALUES ($1, $2, $2, '', '', '', '{}', now()) RETURNING id)"
            " INSERT INTO memberships (account_id, contact_id, group_id, state, subscribed_at, tag, city, ip, done_url)"
            " SELECT $1, c.id, g.id, 'waiting', now(), '', '', '', $3 FROM groups g, c WHERE g.kind = 'ordinary'",
            account,
            f"a{place}@example.com",
            kept,
        )
    await step(before)
    rows = await before.fetch("SELECT done_url FROM memberships ORDER BY contact_id")
    assert [row[0] for row in rows] == list(DONE_URLS.values())
