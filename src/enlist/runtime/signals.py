"""Wake-up calls between processes over the database's NOTIFY; a lost one causes a delay, never a lost event."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import asyncpg

from enlist.runtime.db import Database, DatabaseAway, Tx
from enlist.runtime.loops import Loop

_log = logging.getLogger(__name__)

Listener = Callable[[str], None]


async def send(tx: Tx, channel: str, message: str = "") -> None:
    """Wake everyone who listens to ``channel``, once this transaction has committed, and without fail.

    For what changes rarely: a transaction that notifies takes a lock of the whole database server while it commits.
    """
    await tx.write("SELECT pg_notify($1, $2)", channel, message)


def wake(tx: Tx, channel: str) -> None:
    """Wake everyone who listens to ``channel`` soon after this transaction has committed.

    For hot transactions and listeners who also look by themselves now and then: the call is made outside the
    transaction, together with others, and is lost if this process dies first.
    """
    tx.call(channel)


class Signals:
    """Listens on one connection for all wake-up calls that this process cares about."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, list[Listener]] = {}

    def on(self, channel: str, listener: Listener) -> None:
        """Call ``listener(message)`` at each call on ``channel``; with an empty message after calls may have been lost.

        To be said before the loop runs.
        """
        self._listeners.setdefault(channel, []).append(listener)

    def loop(self) -> Loop:
        """Make the loop that listens, and connects again whenever the connection breaks."""
        return Loop("signals", self.listen, rest=timedelta(seconds=1), lasting=True)

    async def listen(self) -> int:
        """Listen until the connection breaks. Raises DatabaseAway."""
        connection = await self._database.connect()
        broken = asyncio.Event()
        connection.add_termination_listener(lambda _: broken.set())
        try:
            for channel in self._listeners:
                await connection.add_listener(channel, self._hear)
            self._wake_all()
            await broken.wait()
            _log.warning("the listening connection broke; connecting again")
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as reason:
            raise DatabaseAway(f"{type(reason).__name__}: {reason}") from reason
        finally:
            with suppress(Exception):
                connection.terminate()
        return 1

    def _hear(self, _connection: Any, _pid: int, channel: str, message: str) -> None:
        for listener in self._listeners[channel]:
            listener(message)

    def _wake_all(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener("")
