"""The small machinery: limits, the vault, jobs, signals, the connection pool."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from enlist.runtime import db, jobs, limits, loops, signals
from enlist.runtime.db import Database, DatabaseAway, Lane
from enlist.runtime.jobs import Jobs
from enlist.runtime.limits import RateLimit
from enlist.runtime.vault import Vault, WrongSecret, find_secret


def test_a_limit_lets_a_burst_through_and_then_refuses() -> None:
    limit = RateLimit(5, timedelta(hours=1))
    assert [limit.allows("a") for _ in range(7)] == [True] * 5 + [False] * 2
    assert limit.allows("b")


async def test_a_limit_refills_evenly() -> None:
    limit = RateLimit(10, timedelta(seconds=0.5))
    assert all(limit.allows("a") for _ in range(10))
    assert not limit.allows("a")
    await asyncio.sleep(0.06)
    assert limit.allows("a")
    assert not limit.allows("a")


def test_a_limit_remembers_a_bounded_number_of_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROOM", 100)
    limit = RateLimit(1, timedelta(hours=1))
    for n in range(1000):
        limit.allows(str(n))
    assert len(limit._full_at) == 100


def test_a_sealed_value_opens_for_its_own_place_only() -> None:
    vault = Vault(b"x" * 32)
    sealed = vault.seal("ключ", "account 1")
    assert vault.open(sealed, "account 1") == "ключ"
    assert vault.seal("ключ", "account 1") != sealed
    with pytest.raises(WrongSecret):
        vault.open(sealed, "account 2")
    with pytest.raises(WrongSecret):
        Vault(b"y" * 32).open(sealed, "account 1")
    with pytest.raises(ValueError, match="at least 32"):
        Vault(b"short")


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    secret = find_secret(None, tmp_path / "data")
    assert find_secret(None, tmp_path / "data") == secret
    assert len(secret) == 64
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret"]
    assert find_secret("given", tmp_path / "data") == b"given"


async def test_a_full_pool_says_so_within_its_patience(dsn: str) -> None:
    database = Database(dsn, connections=2, patience=timedelta(seconds=0.3))
    await database.open()
    async with database.transaction(), database.transaction():
        with pytest.raises(DatabaseAway):
            async with database.transaction():
                pass
    async with database.transaction() as tx:
        assert await tx.fetch_value("SELECT 1") == 1
    await database.close()


async def test_a_statement_that_takes_too_long_is_cut(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "LANE_STATEMENT_TIME", timedelta(seconds=0.2))
    database = Database(dsn)
    await database.open()
    lane = Lane(database)
    with pytest.raises(DatabaseAway):
        async with lane.transaction() as tx:
            await tx.fetch_value("SELECT pg_sleep(5)")
    async with lane.transaction() as tx:
        assert await tx.fetch_value("SELECT 1") == 1
    await lane.close()
    await database.close()


async def test_a_signal_is_heard_after_the_commit_and_the_listener_survives_a_cut(database: Database) -> None:
    heard: list[str] = []
    ears = signals.Signals(database)
    ears.on("bell", heard.append)
    async with loops.running(ears.loop()):
        await until(lambda: heard == [""])
        async with database.transaction() as tx:
            await signals.send(tx, "bell", "one")
            assert heard == [""]
        await until(lambda: heard == ["", "one"])
        async with database.transaction() as tx:
            await tx.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        await until(lambda: heard == ["", "one", ""])


async def test_a_job_is_run_if_its_transaction_commits(database: Database) -> None:
    done: list[int] = []

    async def note(number: int) -> None:
        done.append(number)

    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await jobs.put(tx, "note", number=1)
            raise RuntimeError
    async with database.transaction() as tx:
        await jobs.put(tx, "note", number=2)
    async with loops.running(Jobs(database.dsn, {"note": note}, {}).loop()):
        await until(lambda: done == [2])
        async with database.transaction() as tx:
            await jobs.put(tx, "note", number=3)
        await until(lambda: done == [2, 3])


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not true():
            await asyncio.sleep(0.02)
