"""Jobs: those of a killed worker run again, those that fail are kept, listed and run again at a word."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from enlist.runtime import jobs, metrics
from enlist.runtime.db import Database, DatabaseAway, Tx
from enlist.runtime.jobs import JobNotFound, Jobs, Recovery
from enlist.runtime.loops import running

BEAT, SILENT = timedelta(seconds=0.2), timedelta(seconds=1)

HANGING = """
import asyncio, sys
from datetime import timedelta
from enlist.runtime.jobs import Jobs

async def hang(number):
    print("begun", number, flush=True)
    await asyncio.sleep(3600)

beat, silent = timedelta(seconds=0.2), timedelta(seconds=1)
asyncio.run(Jobs(sys.argv[1], {"slow": hang}, {}, heartbeat=beat, silent_for=silent).work())
"""


@pytest.fixture(autouse=True)
async def none_left(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


async def put(database: Database, name: str, **values: int) -> None:
    async with database.transaction() as tx:
        await jobs.put(tx, name, None, **values)


async def listed(database: Database, state: str | None = None) -> list[jobs.StoredJob]:
    async with database.reading() as tx:
        return await jobs.list_jobs(tx, state)


async def until(true: Callable[[], Awaitable[bool]] | Callable[[], bool], within: float = 30) -> None:
    async with asyncio.timeout(within):
        while True:
            said = true()
            if await said if isinstance(said, Awaitable) else said:
                return
            await asyncio.sleep(0.02)


def worker(database: Database, **known: jobs.Job) -> Jobs:
    return Jobs(database.dsn, known, {}, heartbeat=BEAT, silent_for=SILENT)


async def test_a_job_whose_worker_was_killed_runs_again(database: Database) -> None:
    done: list[int] = []

    async def note(number: int) -> None:
        done.append(number)

    await put(database, "slow", number=7)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HANGING, database.dsn, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"begun 7\n"
    recovery = Recovery(database, heartbeat=BEAT, silent_for=SILENT)
    async with running(worker(database, slow=note).loop(), recovery.loop()):
        await asyncio.sleep(2)
        assert done == [], "the other worker is alive, however long its job takes"
        process.kill()
        await process.communicate()
        await until(lambda: done == [7])
        await asyncio.sleep(0.5)
    assert done == [7]
    assert await listed(database) == []


async def abandon(database: Database, name: str, attempts: int) -> None:
    """Leave a job as a worker that died leaves it."""
    await put(database, name, number=attempts)
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = $1 WHERE status = 'todo'", attempts
        )


async def looked(recovery: Recovery) -> int:
    await recovery.step()
    await asyncio.sleep(2 * BEAT.total_seconds())
    return await recovery.step()


async def test_a_job_that_takes_worker_after_worker_with_it_is_given_up(database: Database) -> None:
    await abandon(database, "deadly", 9)
    await abandon(database, "unlucky", 1)
    assert await looked(Recovery(database, heartbeat=BEAT, silent_for=SILENT)) == 2
    assert [(job.name, job.state, job.attempts) for job in await listed(database)] == [
        ("deadly", "failed", 10),
        ("unlucky", "waiting", 2),
    ]
    assert metrics.registry.get_sample_value("enlist_given_up", {"what": "jobs"}) == 1


async def test_two_that_look_at_once_let_a_job_run_again_once(database: Database, dsn: str) -> None:
    for _ in range(20):
        await abandon(database, "slow", 0)
    other = Database(dsn)
    await other.open()
    found = await asyncio.gather(
        *[looked(Recovery(source, heartbeat=BEAT, silent_for=SILENT)) for source in (database, other)]
    )
    await other.close()
    assert sum(found) == 20
    assert {job.attempts for job in await listed(database, "waiting")} == {1}


async def test_nobody_is_taken_for_dead_right_after_the_database_was_away(database: Database) -> None:
    class Weather(Database):
        def __init__(self) -> None:
            self.away = False

        def transaction(self):  # type: ignore[no-untyped-def]
            if self.away:
                raise DatabaseAway("told to be away")
            return database.transaction()

    weather = Weather()
    recovery = Recovery(weather, heartbeat=BEAT, silent_for=SILENT)
    await recovery.step()
    await asyncio.sleep(2 * BEAT.total_seconds())
    await abandon(database, "slow", 0)
    weather.away = True
    with pytest.raises(DatabaseAway):
        await recovery.step()
    weather.away = False
    assert await recovery.step() == 0
    await asyncio.sleep(2 * BEAT.total_seconds())
    assert await recovery.step() == 1


async def test_a_job_that_failed_too_often_is_listed_and_runs_again_when_told(database: Database) -> None:
    await abandon(database, "broken", 3)
    async with database.transaction() as tx:
        await tx.execute("UPDATE procrastinate_jobs SET status = 'failed'")
    (job,) = await listed(database, "failed")
    assert (job.name, job.attempts, job.values) == ("broken", 3, {"number": 3})

    async def retry(*ids: int, everything: bool = False) -> list[int]:
        async with database.transaction() as tx:
            return await jobs.retry(tx, None if everything else ids)

    with pytest.raises(JobNotFound):
        await retry(job.id, job.id + 1)
    assert (await listed(database, "failed")) == [job]
    assert await retry(job.id) == [job.id]
    with pytest.raises(JobNotFound):
        await retry(job.id)
    assert await retry(everything=True) == []
    done: list[int] = []

    async def note(number: int) -> None:
        done.append(number)

    async with running(worker(database, broken=note).loop()):
        await until(lambda: done == [3])


async def test_what_ended_long_ago_is_pruned_and_what_waits_is_not(database: Database) -> None:
    await put(database, "waits")
    await abandon(database, "failed", 1)

    async def prune(tx: Tx, days: int) -> int:
        return await jobs.prune(tx, timedelta(days=days))

    async with database.transaction() as tx:
        await tx.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name = 'failed'")
        await tx.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE task_name = 'waits'")
        await tx.execute("UPDATE procrastinate_events SET at = at - interval '40 days'")
        assert await prune(tx, 90) == 0
        assert await prune(tx, 30) == 1
    assert [job.name for job in await listed(database)] == ["waits"]
