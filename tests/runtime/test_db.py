"""Transactions: committed or not at all, and what is written behind arrives whole."""

from datetime import UTC, datetime

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.runtime.db import Database, Lane, NotCommitted
from enlist.runtime.write_behind import literal


@pytest.fixture
async def lane(database: Database):  # type: ignore[no-untyped-def]
    async with database.transaction() as tx:
        await tx.execute(
            "DROP TABLE IF EXISTS notes; CREATE TABLE notes (n integer PRIMARY KEY, words text, at timestamptz)"
        )
    lane = Lane(database)
    yield lane
    await lane.close()


async def notes(database: Database) -> list[tuple[int, str]]:
    async with database.reading() as tx:
        return [(row["n"], row["words"]) for row in await tx.fetch("SELECT n, words FROM notes ORDER BY n")]


NOTE = "INSERT INTO notes (n, words) VALUES ($1, $2)"


async def test_what_is_written_behind_is_there_after_the_commit_and_seen_before(database: Database, lane: Lane) -> None:
    for start in (0, 10):  # the second time the statement is prepared already
        async with lane.transaction() as tx:
            await tx.write(NOTE, start, "one")
            await tx.write(NOTE, start + 1, "two")
            assert await tx.fetch_value("SELECT count(*) FROM notes WHERE n >= $1", start) == 2
            await tx.write(NOTE, start + 2, None)
    assert [n for n, _ in await notes(database)] == [0, 1, 2, 10, 11, 12]


async def test_what_is_written_behind_is_undone_with_the_rest(database: Database, lane: Lane) -> None:
    with pytest.raises(RuntimeError):
        async with lane.transaction() as tx:
            await tx.write(NOTE, 1, "never")
            raise RuntimeError
    async with lane.transaction() as tx:
        await tx.write(NOTE, 2, "kept")
    assert await notes(database) == [(2, "kept")]


async def test_an_error_written_behind_is_raised_at_the_commit_and_the_lane_goes_on(
    database: Database, lane: Lane
) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        async with lane.transaction() as tx:
            await tx.write(NOTE, 1, "one")
            await tx.write("INSERT INTO notes (n, at) VALUES ($1, $2)", 1, datetime.now(UTC))
    for n in (1, 2):
        async with lane.transaction() as tx:
            await tx.write(NOTE, n, "again")
            await tx.write("INSERT INTO notes (n, at) VALUES ($1, $2)", n + 10, datetime.now(UTC))
    assert [n for n, _ in await notes(database)] == [1, 2, 11, 12]


async def test_a_savepoint_undoes_only_what_is_inside(database: Database, lane: Lane) -> None:
    async with lane.transaction() as tx:
        await tx.write(NOTE, 1, "before")
        with pytest.raises(RuntimeError):
            async with tx.savepoint():
                await tx.write(NOTE, 2, "inside")
                raise RuntimeError
        async with tx.savepoint():
            await tx.write(NOTE, 3, "inside another")
    assert [n for n, _ in await notes(database)] == [1, 3]


async def test_a_chained_transaction_that_nobody_uses_is_put_to_rest(database: Database, lane: Lane) -> None:
    async with lane.transaction(more=lambda: True) as tx:
        await tx.write(NOTE, 1, "one")
        pid = await tx.fetch_value("SELECT pg_backend_pid()")
    assert await notes(database) == [(1, "one")]
    await lane.rest()
    async with database.reading() as reading:
        state = await reading.fetch_value("SELECT state FROM pg_stat_activity WHERE pid = $1", pid)
    assert state == "idle"


async def test_a_commit_that_was_none_is_noticed(database: Database, lane: Lane) -> None:
    for transaction in (lane.transaction, database.transaction):
        with pytest.raises(NotCommitted):
            async with transaction() as tx:
                await tx.execute(NOTE, 1, "lost")
                with pytest.raises(asyncpg.UndefinedTableError):
                    await tx.execute("SELECT * FROM nowhere")
    assert await notes(database) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
async def test_a_literal_is_the_text_itself_whatever_it_holds(database: Database, text: str) -> None:
    async with database.reading() as tx:
        assert await tx.fetch_value(f"SELECT {literal(text)}") == text


def test_other_literals() -> None:
    assert (literal(None), literal(-5), literal(True)) == ("NULL", "-5", "True")
    with pytest.raises(ValueError, match="NUL"):
        literal("a\0b")
