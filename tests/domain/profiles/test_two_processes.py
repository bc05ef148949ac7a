"""Two processes at once on the same rows: counts stay exact, and nobody locks anybody out for good."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from enlist.domain import profiles
from enlist.runtime.batch import Batch
from tests.domain.profiles.helpers import a_profile, a_site, a_subscription, plainly, reported
from tests.support.world import World

SPAN = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
REFIDS = ["", "a", "b", "c"]


@pytest.fixture
async def two(dsn: str) -> AsyncIterator[list[World]]:
    """Two programs with clocks that run through some days, so that subscriptions are of several of them."""
    start = datetime(2026, 2, 27, tzinfo=UTC)
    began = datetime.now(UTC)

    def clock() -> datetime:
        return start + (datetime.now(UTC) - began) * 40_000

    async with World.open(dsn, clock, connections=6) as one, World.open(dsn, clock, connections=6) as other:
        yield [one, other]


async def test_counts_stay_exact_while_two_subscribe_and_mark_and_change_the_zone(two: list[World]) -> None:
    site = await a_site(two[0], "Asia/Kathmandu")
    profile_ids = [await a_profile(two[0], site) for _ in range(6)]
    deadlocks = 0

    async def storm(world: World, seed: int) -> None:
        nonlocal deadlocks
        choice = random.Random(seed).choice
        batch: Batch[profiles.Subscription, None] = Batch(f"storm {seed}", world.database, profiles.subscribe)

        async def once() -> None:
            nonlocal deadlocks
            refid = choice(REFIDS)
            number = choice(range(12))
            if choice(range(4)):
                await batch.put(a_subscription(site, choice(profile_ids), f"{number}@x.test", refid=refid))
                return
            try:
                async with world.transaction() as tx:
                    by = {"profile_id": choice(profile_ids)} if choice(range(2)) else {"key": f"{number}@x.test"}
                    await profiles.update_marks(tx, site, "email", profiles.Marks(refid=refid), **by)
            except asyncpg.DeadlockDetectedError:
                deadlocks += 1

        for _ in range(25):
            await asyncio.gather(*(once() for _ in range(12)))
        await batch.close()

    async def travel(world: World) -> None:
        for zone in ("America/St_Johns", "Pacific/Kiritimati", "UTC", "Australia/Lord_Howe"):
            await asyncio.sleep(0.3)
            await world.do(profiles.change_time_zone, site, zone)

    await asyncio.gather(storm(two[0], 1), storm(two[1], 2), travel(two[1]))
    assert deadlocks == 0
    counts, days = await reported(two[0], site, *SPAN)
    assert (counts, days) == await plainly(two[0], site, *SPAN)
    assert sum(counts.values()) == sum(days.values()) > 0


async def test_reports_during_a_change_of_the_zone_are_of_one_zone_or_none(two: list[World]) -> None:
    site = await a_site(two[0], "UTC")
    profile_id = await a_profile(two[0], site)
    async with two[0].transaction() as tx:
        await profiles.subscribe(tx, [a_subscription(site, profile_id, f"{n}@x.test", refid="r") for n in range(50)])
    total = 50
    done = asyncio.Event()

    async def travel() -> None:
        for number in range(12):
            async with two[1].transaction() as tx:
                await profiles.change_time_zone(tx, site, ("Pacific/Kiritimati", "America/Adak")[number % 2])
        done.set()

    async def read() -> None:
        while not done.is_set():
            async with two[0].transaction() as tx:
                now = tx.now
                counts = await profiles.count_by_refid(tx, site, "email", now - timedelta(days=99), now)
            assert dict(counts) == {"r": total}

    await asyncio.gather(travel(), read(), read())


async def test_two_first_subscribings_at_the_same_moment_are_one_subscription(two: list[World]) -> None:
    site = await a_site(two[0])
    profile_id = await a_profile(two[0], site)

    async def once(world: World, refid: str, number: int) -> None:
        assert await world.do(
            profiles.subscribe, [a_subscription(site, profile_id, f"{number}@x.test", refid=refid)]
        ) == [None]

    for number in range(20):
        await asyncio.gather(once(two[0], "a", number), once(two[1], "b", number))
    counts, days = await reported(two[0], site, *SPAN)
    assert sum(counts.values()) == 20
    assert (counts, days) == await plainly(two[0], site, *SPAN)
