"""Wake-up calls after a commit: few, outside the transaction, and never an obstacle."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from enlist.runtime import signals
from enlist.runtime.db import Database, DatabaseAway, Lane
from enlist.runtime.loops import running
from enlist.runtime.wake_ups import WakeUps


async def test_many_calls_in_a_moment_are_one_at_once_and_one_after_it() -> None:
    made: list[Sequence[str]] = []

    async def notify(channels: Sequence[str]) -> None:
        made.append(channels)

    calls = WakeUps(notify, gap=timedelta(milliseconds=50))
    calls.add({"letters"})
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for _ in range(1000):
        calls.add({"letters"})
        calls.add({"events"})
    assert made == [["letters"]]
    await asyncio.sleep(0.08)
    assert made == [["letters"], ["events", "letters"]]
    await asyncio.sleep(0.1)
    calls.add({"letters"})
    await asyncio.sleep(0.01)
    assert len(made) == 3
    await calls.close()


async def test_what_waits_at_the_end_is_called_still_and_a_failure_harms_nobody() -> None:
    made: list[Sequence[str]] = []
    away = True

    async def notify(channels: Sequence[str]) -> None:
        if away:
            raise DatabaseAway("gone")
        made.append(channels)

    calls = WakeUps(notify, gap=timedelta(seconds=60))
    calls.add({"letters"})
    await asyncio.sleep(0.01)
    away = False
    calls.add({"events"})
    await calls.close()
    assert made == [["events"]]


async def test_a_call_is_heard_after_the_commit_of_a_transaction_or_of_a_batch_and_never_after_a_rollback(
    database: Database,
) -> None:
    heard: list[str] = []
    ears = signals.Signals(database)
    ears.on("gong", heard.append)
    lane = Lane(database)
    async with running(ears.loop()):
        await _until(heard, 1)  # nobody knows what was missed before
        try:
            async with database.transaction() as tx:
                signals.wake(tx, "gong")
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
        await asyncio.sleep(0.1)
        assert len(heard) == 1
        async with database.transaction() as tx:
            signals.wake(tx, "gong")
        await _until(heard, 2)
        async with lane.transaction() as tx:
            signals.wake(tx, "gong")
        await _until(heard, 3)
        await asyncio.sleep(0.15)
        for _ in range(50):
            async with lane.transaction() as tx:
                signals.wake(tx, "gong")
        await asyncio.sleep(0.25)
        assert len(heard) <= 3 + 5, "fifty commits are a few calls"
    await lane.close()


async def _until(heard: list[str], count: int) -> None:
    async with asyncio.timeout(5):
        while len(heard) < count:
            await asyncio.sleep(0.01)
