"""The HTTP server (uvicorn), told where to listen, how to stop, and to send an answer in one piece."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM
from socket import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from enlist.runtime.http.asgi import WHOLE, App

GRACE = 10


class HttpServer(uvicorn.Server):
    """Uvicorn, which tells its address once it answers, and returns when it was told to stop."""

    def __init__(self, app: App, host: str, port: int, listening: Callable[[str], None]) -> None:
        """Serve ``app`` at ``host`` and ``port`` (0: a free one); call ``listening(address)`` once it is answered."""
        self._listening = listening
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=_Protocol,
                lifespan="off",
                ws="none",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                log_config=None,
                timeout_graceful_shutdown=GRACE,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM, without raising them once more afterwards: there is more to put away then."""
        loop = asyncio.get_running_loop()
        for signal in (SIGINT, SIGTERM):
            loop.add_signal_handler(signal, self.handle_exit, signal, None)
        yield
        for signal in (SIGINT, SIGTERM):
            loop.remove_signal_handler(signal)

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listen, then say where."""
        await super().startup(sockets=sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._listening(f"http://{f'[{host}]' if ':' in host else host}:{port}")


class _Protocol(HttpToolsProtocol):
    """One connection of a client."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(_HeadWithBody(transport, self.loop))  # type: ignore[arg-type]

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.cycle is not None:  # it begins in a later turn of the loop
            self.cycle.__class__ = _Cycle


class _Cycle(RequestResponseCycle):
    """One request and its answer, which may be sent whole: half of what sending it in two messages costs."""

    async def send(self, message: Any) -> None:
        if message["type"] != WHOLE:
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if self.response_started:
            raise RuntimeError("an answer was begun before")
        body: bytes = b"" if self.scope["method"] == "HEAD" else message["body"]
        head = self._head(message["status"], (*self.default_headers, *message["headers"]))
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.transport.write_whole(head + body)  # type: ignore[attr-defined]
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    send.takes_whole = True  # type: ignore[attr-defined]

    def _head(self, status: int, headers: tuple[tuple[bytes, bytes], ...]) -> bytes:
        closing = b"" if self.keep_alive else b"connection: close\r\n"
        lines = b"\r\n".join([b"%b: %b" % header for header in headers])
        # Whatever stands in the values, the lines are those of the headers.
        if lines.count(b"\r") != len(headers) - 1 or lines.count(b"\n") != len(headers) - 1 or b"\0" in lines:
            raise RuntimeError("a header that would be several")
        return b"%b%b\r\n%b\r\n" % (STATUS_LINE[status], lines, closing)


class _HeadWithBody:
    """A transport that holds the head of an answer back until its body comes: one system call instead of two.

    A system call is a tenth of what a small answer costs.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""
        # What is asked at every request, without the detour below.
        self.is_closing = transport.is_closing
        self.get_extra_info = transport.get_extra_info

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(b"HTTP/1.1 "):
            self._head = data
            # The body comes in this very turn of the loop, or else the head goes alone.
            self._loop.call_soon(self._flush)
            return
        self._transport.write(data)

    def write_whole(self, data: bytes) -> None:
        """Send a whole answer, head and body."""
        self._flush()
        self._transport.write(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            data, self._head = self._head, b""
            self._transport.write(data)
