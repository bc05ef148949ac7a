"""The floor spares looking at what is finished with, and never passes an event that may still appear."""

import pytest

from enlist.runtime.db import Database
from enlist.runtime.events import Dispatcher, publish
from enlist.runtime.events.floor import Floor
from tests.runtime.events.conftest import Ears
from tests.runtime.events.helpers import Rang, ring


async def test_it_rises_to_the_last_event_when_all_are_delivered(database: Database, ears: Ears) -> None:
    floor = Floor()
    await ring(database, 1, 2, 3)
    async with database.reading() as tx:
        await floor.rise(tx)
        await floor.rise(tx)
        last = await tx.fetch_value("SELECT max(id) FROM events")
        assert floor.id == last - 3, "what waits stays above it"
    await Dispatcher(database, [ears.listening]).deliver_some()
    async with database.reading() as tx:
        await floor.rise(tx)
        await floor.rise(tx)
    assert floor.id == last


async def test_an_event_whose_transaction_is_still_open_stays_above_it(database: Database, ears: Ears) -> None:
    floor = Floor()
    dispatcher = Dispatcher(database, [ears.listening])
    dispatcher._floor = floor
    async with database.transaction() as slow:
        await publish(slow, [Rang(owner_id=7, times=1)])
        await ring(database, 2, owner_id=8)
        await dispatcher.deliver_some()
        async with database.reading() as tx:
            for _ in range(4):
                await floor.rise(tx)
            await ring(database, 3, owner_id=8)
            await dispatcher.deliver_some()
            for _ in range(4):
                await floor.rise(tx)
    await dispatcher.deliver_some()
    assert ears.heard == [2, 3, 1]


async def test_now_and_then_everything_is_looked_through(
    database: Database, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = Floor()
    floor.id = 1_000_000
    monkeypatch.setattr("enlist.runtime.events.floor.monotonic", lambda: 1e12)
    async with database.reading() as tx:
        await floor.rise(tx)
    assert floor.id == 0
