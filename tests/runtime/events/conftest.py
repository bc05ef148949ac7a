"""Events of the tests' own, and reactions that remember what they heard."""

from collections.abc import Sequence
from typing import Any

import pytest

from enlist.runtime.db import Database, Tx
from enlist.runtime.events import Reaction
from tests.runtime.events.helpers import Opened, Rang


class Ears:
    """Reactions that remember what they heard, and fail where told to."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.also: list[int] = []
        self.bad: set[int] = set()
        self.listening = Reaction("tests.listen", self.listen, (Rang,))
        self.listening_too = Reaction("tests.listen_too", self.listen_too, (Rang,))
        self.opening = Reaction("tests.open", self.open, (Opened,))

    async def listen(self, tx: Tx, heard: Sequence[Any]) -> None:
        if self.bad & {event.times for event in heard}:
            await tx.execute("INSERT INTO events (owner_id, kind, body) VALUES (1, 'tests.trace', '{}')")
            raise ValueError("cannot hear this\0")
        self.heard += [event.times for event in heard]

    async def listen_too(self, _tx: Tx, heard: Sequence[Any]) -> None:
        self.also += [event.times for event in heard]

    async def open(self, _tx: Tx, heard: Sequence[Any]) -> None:
        self.also += [-event.owner_id for event in heard]


@pytest.fixture
async def ears(database: Database) -> Ears:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE events, event_retries, facts, fact_retries")
    return Ears()
