"""Events: written with their cause, handed on at least once, failures kept apart."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from enlist.runtime import events
from enlist.runtime.db import Database, Tx
from enlist.runtime.events import ATTEMPTS, Dispatcher, Event


class Rang(Event, frozen=True, tag="tests.rang"):
    times: int


class Opened(Event, frozen=True, tag="tests.opened"):
    pass


class Ears:
    """Reactions that remember what they heard, and fail where told to."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.also: list[int] = []
        self.bad: set[int] = set()

    async def listen(self, tx: Tx, heard: Sequence[Any]) -> None:
        if self.bad & {event.times for event in heard}:
            await tx.execute("INSERT INTO facts (owner_id, kind, body) VALUES (1, 'tests.trace', '{}')")
            raise ValueError("cannot hear this")
        self.heard += [event.times for event in heard]

    async def listen_too(self, _tx: Tx, heard: Sequence[Any]) -> None:
        self.also += [event.times for event in heard]


@pytest.fixture
async def ears(database: Database) -> Ears:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE facts, fact_retries")
    return Ears()


async def ring(database: Database, *times: int) -> None:
    async with database.transaction() as tx:
        await events.publish(tx, [Rang(owner_id=7, times=n) for n in times])
        await events.publish(tx, [Opened(owner_id=7)])


async def count(database: Database, table: str) -> int:
    async with database.reading() as tx:
        return int(await tx.fetch_value(f"SELECT count(*) FROM {table}"))


async def test_facts_reach_all_who_listen_in_order_and_leave(database: Database, ears: Ears) -> None:
    await ring(database, 1, 2, 3)
    dispatcher = Dispatcher(database, {Rang: [ears.listen, ears.listen_too]})
    assert await dispatcher.deliver_some() == 4
    assert ears.heard == ears.also == [1, 2, 3]
    assert await count(database, "facts") == 0
    assert await dispatcher.deliver_some() == 0


async def test_an_event_of_a_rolled_back_transaction_never_was(database: Database, ears: Ears) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            await events.publish(tx, [Rang(owner_id=7, times=1)])
            raise RuntimeError
    assert await count(database, "facts") == 0


async def test_a_failing_reaction_harms_neither_its_neighbour_nor_the_other_facts(
    dsn: str, database: Database, ears: Ears
) -> None:
    ears.bad = {2}
    await ring(database, 1, 2, 3)
    dispatcher = Dispatcher(database, {Rang: [ears.listen, ears.listen_too]})
    await dispatcher.deliver_some()
    assert (ears.heard, ears.also) == ([1, 3], [1, 2, 3])
    assert await count(database, "facts") == 0, "what a failed reaction wrote is undone"
    assert await count(database, "fact_retries") == 1
    assert await dispatcher.retry_some() == 0
    ears.bad = set()
    later = Database(dsn, clock=lambda: datetime.now(UTC) + timedelta(seconds=5))
    await later.open()
    assert await Dispatcher(later, {Rang: [ears.listen]}).retry_some() == 1
    await later.close()
    assert ears.heard == [1, 3, 2]
    assert await count(database, "fact_retries") == 0


async def test_a_reaction_that_never_works_is_given_up_and_kept_for_the_operator(
    dsn: str, database: Database, ears: Ears
) -> None:
    ears.bad = {2}
    await ring(database, 2)
    now = datetime.now(UTC)
    hours = iter(range(1000))
    late = Database(dsn, clock=lambda: now + timedelta(hours=2 * next(hours)))
    await late.open()
    dispatcher = Dispatcher(late, {Rang: [ears.listen]})
    await dispatcher.deliver_some()
    while await dispatcher.retry_some():
        pass
    await late.close()
    async with database.reading() as tx:
        row = await tx.fetch_row("SELECT attempts, due_at, error FROM fact_retries")
    assert row is not None
    assert (row["attempts"], row["due_at"], row["error"]) == (ATTEMPTS, None, "ValueError: cannot hear this")


async def test_two_dispatchers_share_the_work_without_doubling_it(dsn: str, database: Database, ears: Ears) -> None:
    import asyncio

    await ring(database, *range(1500))
    other = Database(dsn)
    await other.open()
    both = [Dispatcher(source, {Rang: [ears.listen]}) for source in (database, other)]
    while sum(await asyncio.gather(*[dispatcher.deliver_some() for dispatcher in both])):
        pass
    await other.close()
    assert sorted(ears.heard) == list(range(1500))
