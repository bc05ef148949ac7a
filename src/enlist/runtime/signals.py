"""Wake-up calls between processes over the database's NOTIFY; losing one costs a pause, never an event."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from enlist.runtime.db import Database, DatabaseAway, Tx

_log = logging.getLogger(__name__)

Listener = Callable[[str], None]


async def send(tx: Tx, channel: str, message: str = "") -> None:
    """Wake everyone who listens to ``channel``, once this transaction has committed."""
    await tx.write("SELECT pg_notify($1, $2)", channel, message)


class Signals:
    """Listens on one connection for all wake-up calls that this process cares about."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, list[Listener]] = {}

    def on(self, channel: str, listener: Listener) -> None:
        """Call ``listener(message)`` at each call on ``channel``; with an empty message after calls may have been lost.

        To be said before ``run``.
        """
        self._listeners.setdefault(channel, []).append(listener)

    async def run(self) -> None:
        """Listen for ever; connect again whenever the connection breaks."""
        while True:
            try:
                connection = await self._database.connect()
            except DatabaseAway:
                await asyncio.sleep(1)
                continue
            broken = asyncio.Event()
            connection.add_termination_listener(lambda _, broken=broken: broken.set())
            try:
                for channel in self._listeners:
                    await connection.add_listener(channel, self._hear)
                self._wake_all()
                await broken.wait()
                _log.warning("the listening connection broke; connecting again")
            except OSError:
                await asyncio.sleep(1)
            finally:
                with suppress(Exception):
                    connection.terminate()

    def _hear(self, _connection: Any, _pid: int, channel: str, message: str) -> None:
        for listener in self._listeners[channel]:
            listener(message)

    def _wake_all(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener("")
