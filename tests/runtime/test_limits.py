"""Limits in the database: shared by all processes, exact for two at once, all or nothing over several keys."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from enlist.runtime import limits
from enlist.runtime.db import Database
from enlist.runtime.limits import Limit, Use

HOUR = timedelta(hours=1)
FIVE = Limit("five", 5, HOUR)
SEVEN_A_DAY = Limit("seven a day", 7, timedelta(days=1))


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, span: timedelta) -> None:
        self.now += span


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def one(dsn: str, clock: Clock) -> AsyncIterator[Database]:
    """The database as one process sees it, with an empty table."""
    database = Database(dsn, clock=clock, connections=30)
    await database.open()
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM limits")
    yield database
    await database.close()


@pytest.fixture
async def other(dsn: str, clock: Clock) -> AsyncIterator[Database]:
    """The same as another process sees it."""
    database = Database(dsn, clock=clock)
    await database.open()
    yield database
    await database.close()


async def allowed(database: Database, *uses: Use) -> bool:
    async with database.transaction() as tx:
        return await limits.allows(tx, *uses)


async def test_a_burst_passes_and_what_comes_then_is_refused(one: Database, other: Database) -> None:
    found = [await allowed(database, (FIVE, "anna")) for database in (one, other, one, other, one, other, one)]
    assert found == [True] * 5 + [False] * 2
    assert await allowed(one, (FIVE, "boris"))
    assert await allowed(one, (SEVEN_A_DAY, "anna"))


async def test_the_allowance_refills_evenly(one: Database, clock: Clock) -> None:
    for _ in range(5):
        assert await allowed(one, (FIVE, "anna"))
    clock.move(timedelta(minutes=12) - timedelta(seconds=1))
    assert not await allowed(one, (FIVE, "anna"))
    clock.move(timedelta(seconds=1))
    assert await allowed(one, (FIVE, "anna"))
    assert not await allowed(one, (FIVE, "anna"))
    clock.move(timedelta(hours=5))
    assert [await allowed(one, (FIVE, "anna")) for _ in range(6)] == [True] * 5 + [False]


async def test_what_one_limit_refuses_counts_in_none(one: Database) -> None:
    for _ in range(5):
        assert await allowed(one, (FIVE, "anna"))
    for _ in range(10):
        assert not await allowed(one, (FIVE, "anna"), (SEVEN_A_DAY, "net"))
    assert [await allowed(one, (FIVE, str(n)), (SEVEN_A_DAY, "net")) for n in range(8)] == [True] * 7 + [False]
    assert [await allowed(one, (FIVE, "7")) for _ in range(6)] == [True] * 5 + [False]


async def test_a_batch_is_dealt_out_in_order(one: Database) -> None:
    wishes: list[list[Use]] = [[(FIVE, "anna"), (SEVEN_A_DAY, "net")] for _ in range(6)]
    wishes += [[(FIVE, "boris"), (SEVEN_A_DAY, "net")] for _ in range(3)] + [[]]
    async with one.transaction() as tx:
        assert await limits.take(tx, []) == []
        found = await limits.take(tx, wishes)
    assert found == [True] * 5 + [False] + [True] * 2 + [False] + [True]
    assert [await allowed(one, (FIVE, "boris")) for _ in range(4)] == [True] * 3 + [False]


async def test_of_many_at_once_exactly_as_many_pass_as_may(one: Database) -> None:
    found = await asyncio.gather(*[allowed(one, (FIVE, "anna"), (SEVEN_A_DAY, str(n % 2))) for n in range(25)])
    assert sum(found) == 5


async def test_two_callers_do_not_both_take_the_last_one(one: Database, other: Database) -> None:
    for _ in range(4):
        assert await allowed(one, (FIVE, "anna"))
    async with one.transaction() as tx:
        assert await limits.allows(tx, (FIVE, "anna"))
        second = asyncio.create_task(allowed(other, (FIVE, "anna")))
        await asyncio.sleep(0.1)
        assert not second.done()
    assert not await second


async def test_callers_with_the_same_keys_in_another_order_do_not_lock_each_other_out(one: Database) -> None:
    many = Limit("many", 1000, HOUR)
    keys = [(many, str(n)) for n in range(20)]

    async def ask(seed: int) -> bool:
        return await allowed(one, *random.Random(seed).sample(keys, len(keys)))

    assert all(await asyncio.gather(*[ask(seed) for seed in range(20)]))


async def test_what_is_rolled_back_does_not_count(one: Database) -> None:
    for _ in range(10):
        with pytest.raises(RuntimeError):
            async with one.transaction() as tx:
                assert await limits.allows(tx, (FIVE, "anna"))
                raise RuntimeError("the process died in the middle")
    assert await allowed(one, (FIVE, "anna"))


async def test_any_sequence_is_answered_as_the_rule_says(one: Database, clock: Clock) -> None:
    chance = random.Random(7)
    kinds = [Limit(f"kind {most}", most, timedelta(seconds=span)) for most, span in ((1, 9), (3, 7), (5, 60))]
    full_at: dict[Use, float] = {}
    for _ in range(150):
        clock.move(timedelta(milliseconds=chance.choice([0, 0, 10, 400, 3000, 20_000])))
        now = clock.now.timestamp()
        wishes = [
            list({(chance.choice(kinds), chance.choice("ab")) for _ in range(chance.randint(1, 3))})
            for _ in range(chance.randint(1, 4))
        ]
        expected = []
        for wish in wishes:
            after = {use: max(full_at.get(use, now), now) + use[0].pace for use in wish}
            fits = all(at - now <= use[0].span.total_seconds() + use[0].pace / 1000 for use, at in after.items())
            expected.append(fits)
            if fits:
                full_at |= after
        async with one.transaction() as tx:
            assert await limits.take(tx, wishes) == expected


async def test_rows_that_limit_nothing_any_more_are_pruned(one: Database, clock: Clock) -> None:
    await allowed(one, (FIVE, "early"))
    clock.move(timedelta(minutes=6))
    await allowed(one, (FIVE, "late"))
    clock.move(timedelta(minutes=6))
    async with one.transaction() as tx:
        assert await limits.prune(tx) == 1
        assert await limits.prune(tx) == 0
        assert await tx.fetch_value("SELECT count(*) FROM limits") == 1


async def test_pruning_waits_for_nobody(one: Database, other: Database, clock: Clock) -> None:
    await allowed(one, (FIVE, "anna"))
    clock.move(HOUR)
    async with one.transaction() as tx:
        assert await limits.allows(tx, (FIVE, "anna"))
        async with other.transaction() as pruning:
            assert await limits.prune(pruning) == 0


async def test_nobodys_address_stands_in_the_table(one: Database) -> None:
    await allowed(one, (FIVE, "anna@example.com"), (FIVE, "\ud800\0"))
    async with one.reading() as tx:
        for row in await tx.fetch("SELECT l::text FROM limits l"):
            assert "anna" not in row[0]


async def test_a_crash_loses_counts_and_nothing_else(one: Database) -> None:
    async with one.reading() as tx:
        assert await tx.fetch_value("SELECT relpersistence FROM pg_class WHERE relname = 'limits'") == b"u"
