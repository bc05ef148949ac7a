"""What a server of the version before writes is taken over."""

from enlist.runtime.db import Database
from enlist.runtime.events import Dispatcher, list_failed, take_over
from tests.runtime.events.conftest import Ears
from tests.runtime.events.helpers import count


async def test_old_events_and_failures_are_handed_to_the_reactions_of_today(database: Database, ears: Ears) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO facts (owner_id, kind, body) SELECT 7, k.kind, k.body::jsonb FROM (VALUES"
            """ ('tests.rang', '{"type": "tests.rang", "owner_id": 7, "times": 1}'),"""
            """ ('tests.unheard', '{}'),"""
            """ ('tests.rang', '{"type": "tests.rang", "owner_id": 7, "times": 2}')) AS k (kind, body)"""
        )
        await tx.execute(
            "INSERT INTO fact_retries (owner_id, reaction, kind, body, attempts, due_at, error) VALUES"
            " (7, 'enlist.domain.doors.bells.listen', 'tests.rang', $1, 3, $2, 'ValueError: x'),"
            " (7, 'enlist.domain.doors.bells.forgotten', 'tests.rang', $1, 12, NULL, 'ValueError: y')",
            '{"type": "tests.rang", "owner_id": 7, "times": 3}',
            tx.now,
        )
    act = take_over([ears.listening, ears.listening_too])
    async with database.transaction() as tx:
        assert await act(tx) == 5
        assert await act(tx) == 0
    dispatcher = Dispatcher(database, [ears.listening])
    while await dispatcher.step():
        pass
    assert sorted(ears.heard) == [1, 2, 3]
    assert ears.heard.index(1) < ears.heard.index(2)
    async with database.reading() as tx:
        (left,) = await list_failed(tx)
    assert left.reaction == "enlist.domain.doors.bells.forgotten"
    assert await count(database, "facts") == await count(database, "fact_retries") == 0
