"""The HTTP server: takes connections within its bounds, looks at their deadlines, and ends what it began."""

import asyncio
import logging
import resource
from collections import Counter
from collections.abc import Callable, Sequence
from email.utils import formatdate
from socket import socket
from time import time
from typing import Final

from enlist.kit.addresses import Network, allowed, network_of
from enlist.runtime.http.bounds import Bounds
from enlist.runtime.http.connection import Connection
from enlist.runtime.http.listening import cannot_listen, url_of
from enlist.runtime.http.requests import App

_log = logging.getLogger(__name__)

_BACKLOG: Final = 2048
# Files that the program needs besides its clients: the database's connections, the mail server's, logs, programs.
_OTHER_FILES: Final = 256
_WORD_EVERY: Final = 60.0  # seconds


class HttpServer:
    """Serves one app on sockets that are bound, until it is told to stop and has answered what was under way."""

    def __init__(
        self,
        app: App,
        sockets: Sequence[socket],
        listening: Callable[[str], None] = lambda _: None,
        *,
        bounds: Bounds | None = None,
        trusted: Sequence[Network] = (),
    ) -> None:
        """Serve ``app``; ``listening(address)`` is called once it is answered.

        Networks that are ``trusted`` are those of proxies: they may hold any number of connections.
        """
        self.app = app
        self.bounds = bounds or Bounds()
        self.loop: asyncio.AbstractEventLoop
        self.date = b""
        self.stopping = False
        self._sockets = sockets
        self._listening = listening
        self._trusted = tuple(trusted)
        self._told = asyncio.Event()
        self._connections: set[Connection] = set()
        self._by_address: Counter[str] = Counter()
        self._most = self.bounds.connections
        self._turned_away = 0
        self._word_at = 0.0

    async def serve(self) -> None:
        """Answer until told to ``stop``. Raises CannotListen."""
        self.loop = asyncio.get_running_loop()
        self._most = min(self.bounds.connections, max(64, _raise_file_limit() - _OTHER_FILES))
        self._tick()
        servers: list[asyncio.Server] = []
        try:
            for taken in self._sockets:
                servers.append(await self._listen(taken))
            self._listening(url_of(self._sockets[0]))
            await self._told.wait()
        finally:
            self.stopping = True
            for server in servers:
                server.close()
            await self._end_connections()
            self._ticking.cancel()

    async def _listen(self, taken: socket) -> asyncio.Server:
        try:
            return await self.loop.create_server(lambda: Connection(self), sock=taken, backlog=_BACKLOG)
        except OSError as reason:  # somebody else took the port just before us
            raise cannot_listen(reason, *taken.getsockname()[:2]) from None

    def stop(self) -> None:
        """Stop listening, answer what is under way, and return from ``serve``."""
        self._told.set()

    def hurry(self) -> None:
        """Wait no longer for answers that are under way."""
        for connection in tuple(self._connections):
            connection.abort()

    def admit(self, connection: Connection) -> bool:
        """Count a connection in, unless there are too many, altogether or from its address."""
        key = network_of(connection.peer)
        if len(self._connections) >= self._most:
            self._turn_away("%s connections are open: more are turned away", len(self._connections))
            return False
        if self._by_address[key] >= self.bounds.per_address and not allowed(connection.peer, self._trusted):
            self._turn_away(
                "%s has %s connections open: more are turned away (if it is a proxy, ENLIST_TRUSTED_PROXIES names it)",
                key,
                self._by_address[key],
            )
            return False
        self._connections.add(connection)
        self._by_address[key] += 1
        return True

    def dismiss(self, connection: Connection) -> None:
        """Count a connection out that was counted in."""
        if connection not in self._connections:
            return
        self._connections.remove(connection)
        key = network_of(connection.peer)
        self._by_address[key] -= 1
        if not self._by_address[key]:
            del self._by_address[key]

    def _turn_away(self, sentence: str, *values: object) -> None:
        """Say so once a minute, not once per connection."""
        self._turned_away += 1
        now = self.loop.time()
        if now >= self._word_at:
            self._word_at = now + _WORD_EVERY
            _log.warning(sentence + "; %s since the last word", *values, self._turned_away)
            self._turned_away = 0

    def _tick(self) -> None:
        self.date = b"date: %b\r\n" % formatdate(time(), usegmt=True).encode()
        now = self.loop.time()
        for connection in tuple(self._connections):
            connection.tick(now)
        self._ticking = self.loop.call_later(self.bounds.tick, self._tick)

    async def _end_connections(self) -> None:
        for connection in tuple(self._connections):
            connection.stop()
        until = self.loop.time() + self.bounds.grace
        while self._connections and self.loop.time() < until:
            await asyncio.sleep(min(0.01, self.bounds.grace))
        for connection in tuple(self._connections):
            connection.abort()
        await asyncio.sleep(0)


def _raise_file_limit() -> int:
    """Allow this process as many open files as it may have; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 1_000_000 if hard == resource.RLIM_INFINITY else hard
    if soft < most:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (OSError, ValueError):
            return soft
    return most
