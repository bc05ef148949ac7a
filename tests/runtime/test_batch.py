"""Batches: gathered while one commits, honest about each item, bounded."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest

from enlist.runtime import batch as batch_module
from enlist.runtime.batch import Batch, Busy
from enlist.runtime.db import Database, DatabaseAway, Tx


class Bench:
    """What a batch runs in these tests: writes its items down, stumbles where told to."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def write(self, tx: Tx, items: Sequence[int]) -> list[int | Exception]:
        await self.gate.wait()
        self.sizes.append(len(items))
        await tx.execute("INSERT INTO written SELECT unnest($1::int[])", list(items))
        if 13 in items:
            raise LookupError("13 poisons its whole batch")
        return [ValueError("odd") if item % 2 else item * 10 for item in items]


@pytest.fixture
async def bench(database: Database) -> Bench:
    async with database.transaction() as tx:
        await tx.execute("DROP TABLE IF EXISTS written; CREATE TABLE written (n int)")
    return Bench()


async def written(database: Database) -> list[int]:
    async with database.reading() as tx:
        return [row["n"] for row in await tx.fetch("SELECT n FROM written ORDER BY n")]


async def test_an_idle_batch_does_not_wait_and_a_burst_gathers(database: Database, bench: Bench) -> None:
    batch: Batch[int, int] = Batch("t", database, bench.write, largest=50)
    assert await batch.put(2) == 20
    bench.gate.clear()
    burst = [asyncio.create_task(batch.put(n)) for n in range(0, 80, 2)]
    await asyncio.sleep(0.05)
    bench.gate.set()
    assert await asyncio.gather(*burst) == [n * 10 for n in range(0, 80, 2)]
    assert bench.sizes[0] == 1
    assert len(bench.sizes) <= 3
    await batch.close()


async def test_a_refusal_is_raised_to_its_own_caller_only(database: Database, bench: Bench) -> None:
    batch: Batch[int, int] = Batch("t", database, bench.write)
    results = await asyncio.gather(*[batch.put(n) for n in (2, 3, 4)], return_exceptions=True)
    assert [str(result) for result in results] == ["20", "odd", "40"]
    assert await written(database) == [2, 3, 4]
    await batch.close()


async def test_a_poisoned_item_harms_only_itself(database: Database, bench: Bench) -> None:
    batch: Batch[int, int] = Batch("t", database, bench.write)
    bench.gate.clear()
    tasks = [asyncio.create_task(batch.put(n)) for n in (2, 13, 4)]
    await asyncio.sleep(0.05)
    bench.gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [int, LookupError, int]
    assert await written(database) == [2, 4]
    await batch.close()


async def test_the_queue_is_bounded_and_nobody_waits_for_ever(database: Database, bench: Bench) -> None:
    batch: Batch[int, int] = Batch("t", database, bench.write, waiting=3, patience=timedelta(milliseconds=50))
    bench.gate.clear()
    first = asyncio.create_task(batch.put(2))
    await asyncio.sleep(0.02)
    waiting = [asyncio.create_task(batch.put(n)) for n in (4, 6, 8)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        await batch.put(10)
    await asyncio.sleep(0.1)
    bench.gate.set()
    assert await first == 20
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, Busy) for result in results)
    assert await written(database) == [2]
    await batch.close()


async def test_a_caller_who_has_gone_is_not_worked_for(database: Database, bench: Bench) -> None:
    batch: Batch[int, int] = Batch("t", database, bench.write)
    bench.gate.clear()
    first = asyncio.create_task(batch.put(2))
    await asyncio.sleep(0.02)
    gone = asyncio.create_task(batch.put(4))
    await asyncio.sleep(0.02)
    gone.cancel()
    await asyncio.sleep(0)
    bench.gate.set()
    await first
    assert await batch.put(6) == 60
    assert await written(database) == [2, 6]
    await batch.close()


async def test_while_the_database_is_away_everybody_is_told_and_later_served(database: Database, bench: Bench) -> None:
    batch: Batch[int, int] = Batch("t", database, bench.write)
    await batch.put(2)
    async with database.transaction() as tx:
        await tx.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    # The cut may have been noticed by now, or not: then the next caller is told, and the one behind him is served.
    with suppress(DatabaseAway):
        assert await batch.put(4) == 40
    assert await batch.put(6) == 60
    await batch.close()


async def test_closing_finishes_what_waits(database: Database, bench: Bench) -> None:
    batch: Batch[int, int] = Batch("t", database, bench.write, largest=2, lanes=2)
    tasks = [asyncio.create_task(batch.put(n)) for n in (2, 4, 6, 8, 10)]
    await asyncio.sleep(0)
    await batch.close()
    assert await asyncio.gather(*tasks) == [20, 40, 60, 80, 100]


async def test_closing_while_a_lane_comes_to_rest_does_not_wait_for_ever(
    database: Database, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch: Batch[int, int] = Batch("t", database, bench.write)
    at_rest, resting = asyncio.Event(), asyncio.Event()

    async def rest_slowly() -> None:
        resting.set()
        await at_rest.wait()

    monkeypatch.setattr(batch._lanes[0], "rest", rest_slowly)
    assert await batch.put(2) == 20
    await resting.wait()
    closing = asyncio.create_task(batch.close())
    await asyncio.sleep(0.01)
    at_rest.set()
    async with asyncio.timeout(10):
        await closing


async def test_a_wrong_number_of_outcomes_is_an_error_and_writes_nothing(database: Database, bench: Bench) -> None:
    async def forgetful(tx: Tx, items: Sequence[int]) -> list[int]:
        await bench.write(tx, items)
        return []

    batch: Batch[int, int] = Batch("t", database, forgetful)
    with pytest.raises(RuntimeError, match="0 outcomes"):
        await batch.put(2)
    assert await written(database) == []
    await batch.close()


async def test_a_missing_file_is_the_fault_of_one_item_and_not_of_the_database(
    database: Database, bench: Bench
) -> None:
    async def read(tx: Tx, items: Sequence[int]) -> list[int]:
        await tx.execute("INSERT INTO written SELECT unnest($1::int[])", list(items))
        for item in items:
            if item == 13:
                raise FileNotFoundError("/nowhere/13")
            if item == 15:
                raise TimeoutError
        return list(items)

    batch: Batch[int, int] = Batch("t", database, read)
    results = await asyncio.gather(*[batch.put(n) for n in (2, 13, 4, 15)], return_exceptions=True)
    assert [type(result) for result in results] == [int, FileNotFoundError, int, TimeoutError]
    assert await written(database) == [2, 4]
    await batch.close()


async def test_a_batch_whose_prepared_statements_went_away_begins_anew(database: Database, bench: Bench) -> None:
    async def write(tx: Tx, items: Sequence[int]) -> list[int]:
        for item in items:
            await tx.write("INSERT INTO written VALUES ($1)", item)
        return list(items)

    batch: Batch[int, int] = Batch("t", database, write)
    await batch.put(1)
    async with batch._lanes[0].transaction() as tx:
        for row in await tx.fetch("SELECT name FROM pg_prepared_statements WHERE name LIKE 'enlist%'"):
            await tx.execute(f"DEALLOCATE {row['name']}")
    assert await batch.put(2) == 2
    assert await written(database) == [1, 2]
    await batch.close()


async def test_clients_in_quick_succession_find_their_transaction_begun_and_others_leave_none_open(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_module, "_SOON", 0.3)
    said: list[str] = []
    spoken = asyncpg.Connection.execute

    async def listen(self: asyncpg.Connection, sql: str, *values: object, timeout: float | None = None) -> str:
        said.append(sql)
        return str(await spoken(self, sql, *values, timeout=timeout))

    async def take(tx: Tx, items: Sequence[int]) -> list[int]:
        await tx.fetch_value("SELECT 1")
        return list(items)

    batch: Batch[int, int] = Batch("quick", database, take)
    await batch.put(0)
    monkeypatch.setattr(asyncpg.Connection, "execute", listen)
    for item in range(20):
        assert await batch.put(item) == item
    assert said.count("BEGIN") <= 1 + said.count("COMMIT")  # each one that is ended early was waited for in vain
    assert said.count("COMMIT AND CHAIN") > 10
    await asyncio.sleep(0.5)
    async with database.reading() as tx:
        assert not await tx.fetch_value(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
        )
    said.clear()
    for item in range(3):
        await asyncio.sleep(0.35)
        await batch.put(item)
    assert said == ["BEGIN", "COMMIT"] * 3
    await batch.close()
