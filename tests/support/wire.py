"""A way to an app without a network, yet through all that reads requests and writes answers in the real server."""

import asyncio
from collections.abc import Iterable
from typing import Any

import httpx

from enlist.runtime.http import App
from enlist.runtime.http.bounds import Bounds
from enlist.runtime.http.connection import Connection
from enlist.runtime.http.server import HttpServer


class Link(asyncio.Transport):
    """The network's end of a connection, in memory: what the server ``sent``, whether it hung up, or cut it."""

    def __init__(self, peer: str) -> None:
        super().__init__({"peername": (peer, 123), "sockname": ("127.0.0.1", 80)})
        self.sent = bytearray()
        self.ended = False
        self.cut = False
        self.paused = False

    def write(self, data: Any) -> None:
        self.sent += data

    def write_eof(self) -> None:
        self.ended = True

    def close(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.ended = self.cut = True

    def is_closing(self) -> bool:
        return self.ended

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def get_write_buffer_size(self) -> int:
        return 0


def connect(app: App, peer: str = "127.0.0.1", bounds: Bounds | None = None) -> tuple[Connection, Link]:
    """Connect to ``app`` from ``peer``."""
    server = HttpServer(app, [], bounds=bounds)
    server.loop = asyncio.get_running_loop()
    server.date = b"date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    connection, link = Connection(server), Link(peer)
    connection.connection_made(link)
    return connection, link


class AppTransport(httpx.AsyncBaseTransport):
    """A transport of httpx that leads straight to an app; each request comes on a connection of its own."""

    def __init__(self, app: App, peer: str = "127.0.0.1") -> None:
        self._app = app
        self._peer = peer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        connection, link = connect(self._app, self._peer)
        body = await request.aread()
        connection.data_received(_head(request, len(body)) + body)
        if connection.at_work is not None:
            await asyncio.wait([connection.at_work])
        connection.connection_lost(None)
        if link.cut:
            raise httpx.RemoteProtocolError("the server hung up", request=request)
        return _read(bytes(link.sent), request)


def _head(request: httpx.Request, length: int) -> bytes:
    headers = [(name, value) for name, value in request.headers.raw if name.lower() not in _OURS]
    if length or request.method in ("POST", "PUT", "PATCH"):
        headers.append((b"Content-Length", b"%d" % length))
    lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path), *map(b": ".join, headers), b"", b""]
    return b"\r\n".join(lines)


_OURS = (b"content-length", b"transfer-encoding")


def _read(sent: bytes, request: httpx.Request) -> httpx.Response:
    head, _, body = sent.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = [(name, value) for name, _, value in (line.partition(b": ") for line in lines)]
    if (b"transfer-encoding", b"chunked") in headers:
        body = b"".join(_chunks(body))
        headers.remove((b"transfer-encoding", b"chunked"))
    return httpx.Response(int(first.split()[1]), headers=headers, content=body, request=request)


def _chunks(body: bytes) -> Iterable[bytes]:
    while body:
        size, _, body = body.partition(b"\r\n")
        yield body[: int(size, 16)]
        body = body[int(size, 16) + 2 :]
