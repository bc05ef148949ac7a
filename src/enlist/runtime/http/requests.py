"""One request as a door sees it: head, sender, and a body that may still be on its way."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from enlist.runtime.http.answers import Answer, Header
from enlist.runtime.http.heads import Head


class BodyTooLarge(Exception):
    """The request's body is larger than the limit; most of it was not read."""


class ClientGone(Exception):
    """The client hung up, or took too long, before its request was read."""


class Sink(Protocol):
    """Takes an answer piece by piece."""

    async def write(self, piece: bytes) -> None:
        """Send a piece; return once the client has taken most of what was sent. Raises ClientGone."""

    def end(self) -> None:
        """Say that the answer is whole. One that never is ends by cutting the connection."""


class Wire(Protocol):
    """What a request needs of its connection."""

    @property
    def gone(self) -> bool:
        """Whether the client has hung up."""

    @property
    def address(self) -> tuple[str, int]:
        """The address and port that were asked."""

    def begin(self, status: int, headers: tuple[Header, ...]) -> Sink:
        """Begin an answer whose length is not known."""

    async def wait_until_gone(self) -> None:
        """Wait until the client hangs up."""


class Request:
    """One request; ``peer`` is the address that its connection comes from, empty where that is not known.

    Of the head: ``method``; ``path``, decoded and without two slashes in a row; ``raw_path`` and ``query`` as sent;
    ``headers`` by lower-case name, several lines of one name joined by ``, `` (cookies by ``; ``).
    """

    __slots__ = ("body", "headers", "method", "path", "peer", "query", "raw_path", "wire")

    def __init__(self, head: Head, peer: str, wire: Wire, body: "bytes | Arriving") -> None:
        self.method = head.method
        self.path = head.path
        self.raw_path = head.raw_path
        self.query = head.query
        self.headers = head.headers
        self.peer = peer
        self.wire = wire
        self.body = body

    def header(self, name: str) -> str:
        """Return the header called ``name`` (lower case); empty if it was not sent."""
        return self.headers.get(name, "")

    async def read(self, limit: int) -> bytes:
        """Read the whole body, at most ``limit`` bytes. Raises BodyTooLarge, as soon as that is known; ClientGone."""
        body = self.body
        if not isinstance(body, bytes):
            return await body.whole(limit)
        if len(body) > limit:
            raise BodyTooLarge
        return body

    @property
    def gone(self) -> bool:
        """Whether the client has hung up."""
        return self.wire.gone

    def begin(self, status: int, *headers: Header) -> Sink:
        """Begin an answer that is sent piece by piece; the door then returns nothing."""
        return self.wire.begin(status, headers)


# Answers a request; with None where it has sent the answer itself, or where nobody waits for one.
App = Callable[[Request], Awaitable[Answer | None]]


class Arriving:
    """A body on its way from the connection, which feeds it, to the door, which reads it."""

    __slots__ = ("_awaited", "_gone", "_length", "_parts", "_size", "_waiter", "complete")

    def __init__(self, length: int | None, awaited: Callable[[], None]) -> None:
        """Expect ``length`` bytes, if that is known; ``awaited()`` is called when somebody begins to wait for more."""
        self._length = length
        self._awaited = awaited
        self._parts: list[bytes] = []
        self._size = 0
        self._gone = False
        self._waiter: asyncio.Future[None] | None = None
        self.complete = False

    def feed(self, part: bytes) -> None:
        """Take a part of it."""
        if part:
            self._parts.append(part)
            self._size += len(part)
            self._wake()

    def end(self) -> None:
        """Say that it is whole."""
        self.complete = True
        self._wake()

    def lose(self) -> None:
        """Say that the rest will not come."""
        self._gone = True
        self._wake()

    def is_ahead(self, held: int) -> bool:
        """Tell whether more than ``held`` bytes are here and nobody waits for more."""
        return self._size > held and self._waiter is None

    async def whole(self, limit: int) -> bytes:
        """Wait for all of it. Raises BodyTooLarge and ClientGone."""
        while self._size <= limit and (self._length is None or self._length <= limit):
            if self.complete:
                return self._take()
            await self._more()
        raise BodyTooLarge

    async def part(self) -> bytes:
        """Wait for a part of it; the last one leaves it ``complete``. Raises ClientGone."""
        if not self._parts and not self.complete:
            await self._more()
        return self._take()

    def _take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return taken

    async def _more(self) -> None:
        if not self._gone:
            self._waiter = asyncio.get_running_loop().create_future()
            self._awaited()
            try:
                await self._waiter
            finally:
                self._waiter = None
        if self._gone and not self.complete:
            raise ClientGone

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
