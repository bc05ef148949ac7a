"""Loops: rest, wake, patience while the database is away, and an end whatever the step is doing."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from time import monotonic

import pytest

from enlist.runtime import loops, metrics
from enlist.runtime.db import Database, DatabaseAway, Tx
from enlist.runtime.loops import Loop, Step, in_transaction, running

HOUR = timedelta(hours=1)


async def ended(task: asyncio.Task[None], within: float = 2) -> None:
    """Cancel a loop's task; it has to be over soon."""
    task.cancel()
    async with asyncio.timeout(within):
        with suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


def answering(*answers: int | timedelta | Exception, then: int = 0) -> tuple[Step, list[float]]:
    """Make a step that gives these answers, and the list of the times at which it was asked."""
    asked: list[float] = []
    left = list(answers)

    async def step() -> int | timedelta:
        asked.append(monotonic())
        answer = left.pop(0) if left else then
        if isinstance(answer, Exception):
            raise answer
        return answer

    return step, asked


@pytest.fixture
async def start() -> AsyncIterator[Callable[[Loop], asyncio.Task[None]]]:
    """Begin to run a loop; it is ended with the test."""
    tasks: list[asyncio.Task[None]] = []

    def begin(loop: Loop) -> asyncio.Task[None]:
        tasks.append(asyncio.create_task(loop.run()))
        return tasks[-1]

    yield begin
    for task in tasks:
        await ended(task)


Start = Callable[[Loop], asyncio.Task[None]]


async def test_a_step_that_did_something_is_followed_by_the_next_at_once(start: Start) -> None:
    step, asked = answering(1, 5, 1)
    start(Loop("test", step, rest=HOUR))
    await until(lambda: len(asked) == 4)
    await asyncio.sleep(0.05)
    assert len(asked) == 4
    assert asked[-1] - asked[0] < 0.5


async def test_a_wake_up_ends_the_rest_and_one_during_a_step_is_not_lost(start: Start) -> None:
    gate, asked = asyncio.Event(), []

    async def step() -> int:
        asked.append(1)
        if len(asked) == 2:
            await gate.wait()
        return 0

    loop = Loop("test", step, rest=HOUR)
    start(loop)
    await until(lambda: len(asked) == 1)
    await asyncio.sleep(0.02)
    loop.wake()
    await until(lambda: len(asked) == 2)
    loop.wake()
    gate.set()
    await until(lambda: len(asked) == 3)
    await asyncio.sleep(0.05)
    assert len(asked) == 3


async def test_a_step_says_how_long_there_is_nothing_to_do(start: Start) -> None:
    step, asked = answering(timedelta(milliseconds=50), timedelta(0), then=0)
    start(Loop("test", step, rest=HOUR))
    await until(lambda: len(asked) == 3)
    assert asked[1] - asked[0] >= 0.05


async def test_while_the_database_is_away_pauses_grow_and_the_log_says_so_once_and_that_it_is_back(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    away = [DatabaseAway("gone") for _ in range(4)]
    step, asked = answering(*away)
    loop = Loop("test away", step, rest=HOUR, away=timedelta(milliseconds=10))
    before = failures("test away")
    with caplog.at_level(logging.WARNING):
        start(loop)
        loop.wake()  # which is no reason to ask sooner
        await until(lambda: len(asked) == 5)
        await asyncio.sleep(0.02)
    pauses = [after - at for at, after in pairwise(asked)]
    assert all(pause >= 0.01 * 2**n for n, pause in enumerate(pauses))
    assert [record.getMessage() for record in caplog.records] == [
        "the database is away, background work waits: gone",
        "the database is back after 0 s",
    ]
    assert failures("test away") - before == 4
    assert metrics.registry.get_sample_value("enlist_loop_last_success_timestamp_seconds", {"loop": "test away"})


async def test_a_long_outage_is_logged_once_a_minute_for_all_loops_together(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1000.0
    monkeypatch.setattr(loops, "monotonic", lambda: now)
    outage = loops.Outage()
    with caplog.at_level(logging.WARNING):
        for _ in range(300):  # a second each, and three loops
            for _ in range(3):
                outage.goes_on(DatabaseAway("gone"))
            now += 1
        outage.is_over(now)
        outage.is_over(now)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 6
    assert said[-1] == "the database is back after 300 s"


async def test_an_answer_that_was_asked_for_before_the_outage_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = 1000.0
    monkeypatch.setattr(loops, "monotonic", lambda: now)
    outage = loops.Outage()
    with caplog.at_level(logging.WARNING):
        outage.goes_on(DatabaseAway("gone"))
        outage.is_over(999.0)
        outage.goes_on(DatabaseAway("gone"))
        now += 1
        outage.is_over(1000.5)
    assert [record.getMessage() for record in caplog.records] == [
        "the database is away, background work waits: gone",
        "the database is back after 1 s",
    ]


async def test_an_error_is_logged_once_and_the_step_tried_again(
    start: Start, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "_LONGEST_FAILING", 0.01)
    step, asked = answering(*[ValueError("a fault") for _ in range(3)])
    start(Loop("test errors", step, rest=HOUR))
    await until(lambda: len(asked) == 4)
    assert [record.getMessage() for record in caplog.records] == ["test errors failed; trying again"]


@pytest.mark.parametrize("swallowed_as", [TimeoutError, DatabaseAway, None])
async def test_a_cancellation_that_a_step_swallows_ends_the_loop_all_the_same(
    start: Start, swallowed_as: type[Exception] | None
) -> None:
    begun = asyncio.Event()

    async def step() -> int:
        begun.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if swallowed_as is not None:
                raise swallowed_as("as some drivers do") from None
        return 1

    task = start(Loop("test", step, rest=HOUR))
    await begun.wait()
    await ended(task)
    assert task.cancelled()


async def test_a_loop_ends_while_it_waits_for_the_database(start: Start) -> None:
    step, asked = answering(*[DatabaseAway("gone") for _ in range(50)])
    task = start(Loop("test", step, rest=HOUR, away=HOUR))
    await until(lambda: len(asked) == 1)
    await ended(task)


async def test_a_step_under_way_may_finish_and_the_end_comes_after_it(start: Start) -> None:
    said: list[str] = []
    begun = asyncio.Event()

    def saying(what: str, pause: float) -> Callable[[], Awaitable[int]]:
        async def act() -> int:
            begun.set()
            await asyncio.sleep(pause)
            said.append(what)
            return 0

        return act

    async def end() -> None:
        said.append("end")

    task = start(Loop("test", saying("step", 0.05), rest=HOUR, finish=timedelta(seconds=2), at_end=end))
    await begun.wait()
    await ended(task)
    assert said == ["step", "end"]
    begun.clear()
    task = start(Loop("test", saying("too slow", 60), rest=HOUR, finish=timedelta(seconds=0.05), at_end=end))
    await begun.wait()
    await ended(task)
    assert said == ["step", "end", "end"]


async def test_running_ends_all_loops_even_if_one_ends_badly(caplog: pytest.LogCaptureFixture) -> None:
    ends: list[str] = []

    async def fall() -> None:
        raise ValueError("cannot end")

    async def end() -> None:
        ends.append("ended")

    step, asked = answering()
    async with running(Loop("bad", step, rest=HOUR, at_end=fall), Loop("good", step, rest=HOUR, at_end=end)):
        await until(lambda: len(asked) == 2)
    assert ends == ["ended"]
    assert "bad did not end well" in [record.getMessage() for record in caplog.records]


async def test_a_step_in_a_transaction_commits(database: Database, start: Start) -> None:
    async def write(tx: Tx) -> int:
        return await tx.execute("CREATE TABLE IF NOT EXISTS made_by_a_step (n integer)")

    await in_transaction(database, write)()
    async with database.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM made_by_a_step") == 0


def failures(name: str) -> float:
    value = metrics.registry.get_sample_value("enlist_loop_failures_total", {"loop": name, "reason": "away"})
    return value or 0.0
