"""Transactions: committed or not at all, and what is written behind arrives whole."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.runtime.db import STALE_STATEMENT, Database, DatabaseAway, Lane, LockNotAvailable, NotCommitted, Tx
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


async def test_what_the_body_raises_is_not_taken_for_an_error_of_the_database(database: Database, lane: Lane) -> None:
    for transaction in (lane.transaction, database.transaction, database.reading):
        with pytest.raises(FileNotFoundError):
            async with transaction() as tx:
                await tx.execute(NOTE, 1, "never")
                if transaction == database.reading:
                    await tx.execute("DELETE FROM notes")
                Path("/nowhere/at all").read_text()
        with pytest.raises(TimeoutError):
            async with transaction():
                raise TimeoutError
        assert await notes(database) == []


async def test_a_connection_that_is_cut_is_said_by_the_statement_that_meets_it(database: Database, dsn: str) -> None:
    with pytest.raises(DatabaseAway):
        async with database.transaction() as tx:
            pid = await tx.fetch_value("SELECT pg_backend_pid()")
            async with database.reading() as other:
                await other.execute("SELECT pg_terminate_backend($1)", pid)
            await tx.execute("SELECT 1")
    away = Database("postgresql://nobody@127.0.0.1:1/none", patience=timedelta(seconds=1))
    with pytest.raises(DatabaseAway):
        await away.connect()


async def test_each_connection_reads_backslashes_as_they_are_and_waits_for_bounded_times(
    database: Database, lane: Lane
) -> None:
    for transaction in (lane.transaction, database.transaction):
        async with transaction() as tx:
            row = await tx.fetch_row(
                "SELECT current_setting('standard_conforming_strings'), current_setting('lock_timeout'),"
                " current_setting('idle_in_transaction_session_timeout')"
            )
            assert row is not None
            assert tuple(row) == ("on", "4s", "1min")


async def test_a_database_that_reads_backslashes_in_the_old_way_does_not_change_what_literals_say(
    database: Database,
) -> None:
    async with database.reading() as tx:
        name = await tx.fetch_value("SELECT current_database()")
        await tx.execute(f'ALTER DATABASE "{name}" SET standard_conforming_strings = off')
    other = Lane(database)
    try:
        async with other.transaction() as tx:
            assert await tx.fetch_value(f"SELECT {literal(BACKSLASHES)}") == BACKSLASHES
    finally:
        await other.close()
        async with database.reading() as tx:
            await tx.execute(f'ALTER DATABASE "{name}" RESET standard_conforming_strings')


BACKSLASHES = "C:\\new\\' OR 1=1 --"


async def test_a_forgotten_transaction_is_ended_and_its_locks_are_free_again(
    database: Database, dsn: str, lane: Lane
) -> None:
    hasty = Database(dsn, idle_time=timedelta(milliseconds=200))
    await hasty.open()
    async with database.transaction() as tx:
        await tx.execute(NOTE, 1, "before")
    with pytest.raises(DatabaseAway):
        async with hasty.transaction() as forgetful:
            await forgetful.execute("UPDATE notes SET words = 'locked'")
            await asyncio.sleep(0.5)
            async with database.transaction() as tx:
                assert await tx.execute("UPDATE notes SET words = 'free'") == 1
            await forgetful.execute("UPDATE notes SET words = 'late'")
    assert await notes(database) == [(1, "free")]
    async with hasty.transaction() as tx:
        assert await tx.fetch_value("SELECT 1") == 1
    await hasty.close()


async def test_a_wait_for_a_lock_ends_and_the_connection_is_kept(database: Database, dsn: str, lane: Lane) -> None:
    async with lane.transaction() as tx:
        await tx.execute(NOTE, 1, "one")
    hasty = Database(dsn, lock_time=timedelta(milliseconds=100))
    await hasty.open()
    waiting = Lane(hasty)
    async with waiting.transaction() as tx:
        pid = await tx.fetch_value("SELECT pg_backend_pid()")
    async with database.transaction() as holder:
        await holder.execute("UPDATE notes SET words = 'held'")
        with pytest.raises(LockNotAvailable):
            async with waiting.transaction() as tx:
                await tx.execute("UPDATE notes SET words = 'never'")
        with pytest.raises(LockNotAvailable):
            async with hasty.transaction() as tx:
                await tx.execute("UPDATE notes SET words = 'never'")
    async with waiting.transaction() as tx:
        assert await tx.fetch_value("SELECT pg_backend_pid()") == pid
    assert await notes(database) == [(1, "held")]
    await waiting.close()
    await hasty.close()


async def test_a_prepared_statement_that_went_away_is_an_error_once_and_then_prepared_again(
    database: Database, lane: Lane
) -> None:
    async with lane.transaction() as tx:
        await tx.write(NOTE, 1, "one")
    async with lane.transaction() as tx:
        await _forget_prepared(tx)
    with pytest.raises(STALE_STATEMENT):
        async with lane.transaction() as tx:
            await tx.write(NOTE, 2, "lost")
    async with lane.transaction() as tx:
        await tx.write(NOTE, 3, "three")
    assert [n for n, _ in await notes(database)] == [1, 3]


async def test_a_prepared_statement_that_another_client_left_behind_is_used(database: Database, lane: Lane) -> None:
    async with lane.transaction() as tx:
        await tx.write(NOTE, 1, "one")
    lane._behind = type(lane._behind)()  # as if a pooler had lent the session of somebody else
    with pytest.raises(STALE_STATEMENT):
        async with lane.transaction() as tx:
            await tx.write(NOTE, 2, "lost")
    async with lane.transaction() as tx:
        await tx.write(NOTE, 3, "three")
    assert [n for n, _ in await notes(database)] == [1, 3]


async def test_what_failed_in_a_savepoint_is_prepared_or_not_and_the_transaction_goes_on(
    database: Database, lane: Lane
) -> None:
    async with lane.transaction() as tx:
        await tx.write("INSERT INTO notes (n) VALUES ($1)", 1)
        with pytest.raises(asyncpg.UniqueViolationError):
            async with tx.savepoint():
                await tx.write(NOTE, 1, "twice")
        await tx.write(NOTE, 2, "two")
        await tx.write("INSERT INTO notes (n) VALUES ($1)", 3)
    assert [n for n, _ in await notes(database)] == [1, 2, 3]


async def _forget_prepared(tx: Tx) -> None:
    for row in await tx.fetch("SELECT name FROM pg_prepared_statements WHERE name LIKE 'enlist%'"):
        await tx.execute(f"DEALLOCATE {row['name']}")


async def test_a_cursor_gives_all_rows_in_portions_after_what_was_written_before(lane: Lane) -> None:
    async with lane.transaction() as tx:
        await tx.many(NOTE, [(n, str(n)) for n in range(7)])
        await tx.write(NOTE, 7, "7")
        portions = [len(rows) async for rows in tx.cursor("SELECT n FROM notes WHERE n >= $1", 1, portion=3)]
    assert portions == [3, 3, 1]


async def test_a_transaction_may_be_given_more_or_less_time(database: Database) -> None:
    with pytest.raises(DatabaseAway):
        async with database.transaction() as tx:
            await tx.timeout(timedelta(seconds=5)).execute("SELECT pg_sleep(0.1)")
            await tx.timeout(timedelta(seconds=0.05)).execute("SELECT pg_sleep(2)")
