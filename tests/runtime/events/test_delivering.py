"""Events: written with their cause, handed on in order and once, failures and strange kinds kept apart."""

import asyncio
import random
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from enlist.runtime import events, metrics
from enlist.runtime.db import Database, Tx
from enlist.runtime.events import ATTEMPTS, Dispatcher, Reaction
from tests.runtime.events.conftest import Ears
from tests.runtime.events.helpers import Opened, Rang, count, ring


@asynccontextmanager
async def at(dsn: str, clock: Callable[[], datetime]) -> AsyncIterator[Database]:
    database = Database(dsn, clock=clock)
    await database.open()
    yield database
    await database.close()


async def deliver(*dispatchers: Dispatcher) -> None:
    """Run dispatchers at the same time until the queue is empty."""
    while sum(await asyncio.gather(*[dispatcher.deliver_some() for dispatcher in dispatchers])):
        pass


async def test_events_reach_all_who_listen_in_order_and_leave(database: Database, ears: Ears) -> None:
    await ring(database, 1, 2, 3)
    dispatcher = Dispatcher(database, [ears.listening, ears.listening_too])
    assert await dispatcher.step() == 3
    assert ears.heard == ears.also == [1, 2, 3]
    assert await count(database, "events") == 0
    assert await dispatcher.step() == 0


async def test_an_event_of_a_rolled_back_transaction_never_was(database: Database, ears: Ears) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await events.publish(tx, [Rang(owner_id=7, times=1)])
            raise RuntimeError
    assert await count(database, "events") == 0


async def test_kinds_that_nobody_listens_to_are_not_written(dsn: str, database: Database, ears: Ears) -> None:
    deaf = Database(dsn, hears={"tests.opened"})
    await deaf.open()
    await ring(deaf, 1)
    async with deaf.transaction() as tx:
        await events.publish(tx, [Rang(owner_id=7, times=1), Opened(owner_id=7)])
    await deaf.close()
    async with database.reading() as tx:
        assert [row["kind"] for row in await tx.fetch("SELECT kind FROM events")] == ["tests.opened"]


async def test_a_failing_reaction_harms_neither_its_neighbour_nor_the_other_events(
    dsn: str, database: Database, ears: Ears
) -> None:
    ears.bad = {2}
    await ring(database, 1, 2, 3)
    dispatcher = Dispatcher(database, [ears.listening, ears.listening_too])
    await dispatcher.step()
    assert (ears.heard, ears.also) == ([1, 3], [1, 2, 3])
    assert await count(database, "events") == 0, "what a failed reaction wrote is undone"
    assert await count(database, "event_retries") == 1
    assert await dispatcher.step() == 0, "it is not due yet"
    ears.bad = set()
    async with at(dsn, lambda: datetime.now(UTC) + timedelta(seconds=5)) as later:
        assert await Dispatcher(later, [ears.listening]).step() == 1
    assert ears.heard == [1, 3, 2]
    assert await count(database, "event_retries") == 0


async def test_a_reaction_that_never_works_is_given_up_and_kept_for_the_operator(
    dsn: str, database: Database, ears: Ears
) -> None:
    ears.bad = {2}
    await ring(database, 2)
    now = datetime.now(UTC)
    hours = iter(range(1000))
    async with at(dsn, lambda: now + timedelta(hours=2 * next(hours))) as late:
        dispatcher = Dispatcher(late, [ears.listening])
        await dispatcher.deliver_some()
        while await dispatcher.retry_some():
            pass
    async with database.reading() as tx:
        (failed,) = await events.list_failed(tx)
        await Dispatcher(database, [])._measure(tx)
    assert (failed.attempts, failed.due_at, failed.error) == (ATTEMPTS, None, "ValueError: cannot hear this?")
    assert (failed.reaction, failed.kind, failed.owner_id) == ("tests.listen", "tests.rang", 7)
    assert metrics.registry.get_sample_value("enlist_given_up", {"what": "events"}) == 1
    ears.bad = set()
    async with database.transaction() as tx:
        assert await events.retry_failed(tx, None) == [failed.id]
    dispatcher = Dispatcher(database, [ears.listening])
    assert await dispatcher.step() == 1
    assert ears.heard == [2]


async def test_kinds_unknown_here_wait_for_a_process_that_knows_them(database: Database, ears: Ears) -> None:
    async with database.transaction() as tx:
        await events.publish(tx, [Rang(owner_id=7, times=1), Opened(owner_id=7), Rang(owner_id=7, times=2)])
    older = Dispatcher(database, [ears.listening])
    assert await older.step() == 3
    assert ears.heard == [1, 2]
    assert await older.step() == 0, "what it does not know is not looked at again and again"
    async with database.reading() as tx:
        assert [(row.kind, row.reaction) for row in await events.list_failed(tx, waiting=True)] == [
            ("tests.opened", "")
        ]
    assert await Dispatcher(database, [ears.listening, ears.opening]).step() == 1
    assert ears.also == [-7]
    assert await count(database, "event_retries") == 0


async def test_an_older_worker_leaves_alone_what_a_newer_reaction_failed_on(
    dsn: str, database: Database, ears: Ears
) -> None:
    ears.bad = {1}
    await ring(database, 1)
    await Dispatcher(database, [ears.listening, ears.listening_too]).step()
    async with at(dsn, lambda: datetime.now(UTC) + timedelta(hours=1)) as later:
        assert await Dispatcher(later, [ears.listening_too]).step() == 0
    async with database.reading() as tx:
        assert await tx.fetch_value("SELECT attempts FROM event_retries") == 1


async def test_two_dispatchers_share_the_work_without_doubling_it(dsn: str, database: Database, ears: Ears) -> None:
    for owner_id in range(30):
        await ring(database, *range(owner_id * 50, owner_id * 50 + 50), owner_id=owner_id)
    other = Database(dsn)
    await other.open()
    await deliver(*[Dispatcher(source, [ears.listening]) for source in (database, other)])
    await other.close()
    assert sorted(ears.heard) == list(range(1500))


@pytest.mark.parametrize("seed", range(4))
async def test_however_many_dispatchers_there_are_each_owner_is_heard_in_order(
    dsn: str, database: Database, ears: Ears, seed: int
) -> None:
    chance = random.Random(seed)
    heard: dict[int, list[int]] = defaultdict(list)

    async def listen(tx: Tx, rang: Sequence[Any]) -> None:
        await asyncio.sleep(chance.random() / 50)
        # Within the transaction: what is rolled back was not heard.
        await tx.many("INSERT INTO heard (owner_id, times) VALUES ($1, $2)", [(e.owner_id, e.times) for e in rang])

    async with database.transaction() as tx:
        await tx.execute("DROP TABLE IF EXISTS heard")
        await tx.execute("CREATE TABLE heard (place bigint GENERATED ALWAYS AS IDENTITY, owner_id bigint, times int)")
    others = [Database(dsn, connections=2) for _ in range(3)]
    for other in others:
        await other.open()
    listening = Reaction("tests.slow", listen, (Rang,))
    dispatchers = [Dispatcher(source, [listening]) for source in (database, *others)]

    async def write(owner_id: int) -> None:
        number = 0
        while number < 120:
            many = chance.randint(1, 9)
            await ring(database, *range(number, number + many), owner_id=owner_id)
            number += many
            await asyncio.sleep(chance.random() / 200)

    async def work(dispatcher: Dispatcher) -> None:
        while not written.done() or await count(database, "events"):
            await dispatcher.deliver_some()

    written = asyncio.gather(*[write(owner_id) for owner_id in range(6)])
    await asyncio.gather(written, *[work(dispatcher) for dispatcher in dispatchers])
    async with database.reading() as tx:
        for row in await tx.fetch("SELECT owner_id, times FROM heard ORDER BY place"):
            heard[row["owner_id"]].append(row["times"])
    for other in others:
        await other.close()
    assert len(heard) == 6
    assert all(times == list(range(len(times))) and len(times) >= 120 for times in heard.values())


DELIVERING = """
import asyncio, sys
from enlist.runtime.db import Database
from enlist.runtime.events import Dispatcher, Reaction
from tests.runtime.events.helpers import Rang

async def listen(tx, rang):
    await tx.many("INSERT INTO heard (owner_id, times) VALUES ($1, $2)", [(e.owner_id, e.times) for e in rang])

async def main():
    database = Database(sys.argv[1])
    await database.open()
    dispatcher = Dispatcher(database, [Reaction("tests.kill", listen, (Rang,))])
    while True:
        print(await dispatcher.deliver_some(), flush=True)

asyncio.run(main())
"""


async def test_a_killed_worker_leaves_each_event_delivered_exactly_once(
    dsn: str, database: Database, ears: Ears
) -> None:
    async with database.transaction() as tx:
        await tx.execute("DROP TABLE IF EXISTS heard")
        await tx.execute("CREATE TABLE heard (place bigint GENERATED ALWAYS AS IDENTITY, owner_id bigint, times int)")
    for owner_id in range(16):
        await ring(database, *range(2000), owner_id=owner_id)
    for _ in range(5):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DELIVERING, dsn, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()
        await asyncio.sleep(random.random() / 20)
        process.kill()
        await process.communicate()
    left = await count(database, "events")
    assert 0 < left < 32_000, "the kills came in the middle"

    async def listen(tx: Tx, rang: Sequence[Any]) -> None:
        await tx.many("INSERT INTO heard (owner_id, times) VALUES ($1, $2)", [(e.owner_id, e.times) for e in rang])

    dispatcher = Dispatcher(database, [Reaction("tests.kill", listen, (Rang,))])
    async with asyncio.timeout(30):
        while await count(database, "events"):  # locks of the killed one may outlive it by a moment
            await dispatcher.deliver_some()
    async with database.reading() as tx:
        rows = await tx.fetch("SELECT owner_id, array_agg(times ORDER BY place) AS times FROM heard GROUP BY owner_id")
    assert [row["times"] for row in rows] == [list(range(2000))] * 16
