"""Letters in the queue, a clock that can be turned, a database that can go away, and senders to run."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from enlist.channels.recorder import RecorderChannel
from enlist.domain.delivery import Composer, Content, Letter, QueuedLetter, Sending, queue
from enlist.domain.delivery.model import Channel, Pace
from enlist.runtime.db import Database, DatabaseAway, Tx

FAST = Pace(
    poll=timedelta(milliseconds=20),
    send=timedelta(seconds=1),
    away=timedelta(milliseconds=50),
    away_longest=timedelta(milliseconds=100),
    retry=timedelta(milliseconds=20),
    grace=timedelta(0),
    stop=timedelta(milliseconds=500),
)


class Mailing:
    """One database of letters; ``now`` is what its processes believe the time to be, ``fast`` an impatient pace."""

    fast = FAST

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.away = False
        self.composed: list[int] = []
        database.clock = lambda: self.now
        self._run: list[asyncio.Task[None]] = []

    async def queue(self, *recipients: str, kind: str = "test.plain", account_id: int = 1) -> None:
        """Queue one letter for each recipient."""
        async with self.database.transaction() as tx:
            await queue(tx, [Letter(account_id, kind, recipient, {"to": recipient}) for recipient in recipients])

    async def compose(self, tx: Tx, letters: Sequence[QueuedLetter]) -> list[Content | None]:
        """Write plain letters."""
        self.composed += [letter.id for letter in letters]
        return [Content(f"For {letter.data['to']}", "text", "<p>html</p>") for letter in letters]

    def sending(self, channel: Channel, pace: Pace = FAST, at_once: int = 2, **composers: Composer) -> Sending:
        """Make a sender, to be run by the test."""
        known = {"test.plain": self.compose, **{f"test.{name}": composer for name, composer in composers.items()}}
        return Sending(
            Flaky(self, self.database), channel, known, sender="School <news@школа.рф>", at_once=at_once, pace=pace
        )

    def start(self, channel: Channel, pace: Pace = FAST, at_once: int = 2, **composers: Composer) -> Sending:
        """Make a sender and let it run till the end of the test."""
        sending = self.sending(channel, pace, at_once, **composers)
        self._run.append(asyncio.create_task(sending.loop().run()))
        return sending

    async def stop(self) -> None:
        """Stop all senders gracefully."""
        for task in self._run:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self._run.clear()

    async def rows(self) -> list[asyncpg.Record]:
        """Read all letters."""
        async with self.database.reading() as tx:
            return await tx.fetch("SELECT * FROM letters ORDER BY id")

    async def states(self) -> list[str]:
        """Read the states of all letters, in the order of queueing."""
        return [row["state"] for row in await self.rows()]

    async def until(self, *states: str) -> list[asyncpg.Record]:
        """Wait until the letters have these states; return them."""
        return await self.eventually(lambda rows: [row["state"] for row in rows] == list(states))

    async def eventually(self, condition: Callable[[list[asyncpg.Record]], bool]) -> list[asyncpg.Record]:
        """Wait until the letters fulfil ``condition``; return them."""
        for _ in range(500):
            if condition(rows := await self.rows()):
                return rows
            await asyncio.sleep(0.01)
        raise AssertionError([(row["state"], row["attempts"], row["error"]) for row in rows])


class Flaky(Database):
    """The database of a mailing, as long as that does not say that it is away."""

    def __init__(self, mailing: Mailing, database: Database) -> None:
        self._world = mailing
        self._whole = database
        self.clock = lambda: mailing.now

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        if self._world.away:
            raise DatabaseAway("told to be away")
        async with self._whole.transaction() as tx:
            yield tx

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        if self._world.away:
            raise DatabaseAway("told to be away")
        async with self._whole.reading() as tx:
            yield tx


class Slow(RecorderChannel):
    """A recorder that takes a message only when ``gate`` is open, and tells when one is at the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.at_gate = asyncio.Event()
        self.tried = 0

    async def send(self, message: Any) -> None:
        self.tried += 1
        self.at_gate.set()
        await self.gate.wait()
        await super().send(message)


@pytest.fixture
async def mailing(database: Database) -> AsyncIterator[Mailing]:
    async with database.transaction() as tx:
        await tx.execute("TRUNCATE letters, events")
    made = Mailing(database)
    yield made
    await made.stop()


@pytest.fixture
def recorder() -> RecorderChannel:
    return RecorderChannel()


@pytest.fixture
def slow() -> Slow:
    return Slow()
