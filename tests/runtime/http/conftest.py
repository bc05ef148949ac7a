"""A server on a real socket, with short deadlines, and a client that says every byte itself."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from enlist.kit.addresses import Network
from enlist.runtime.http import Answer, App, BodyTooLarge, Request, plain
from enlist.runtime.http.bounds import Bounds
from enlist.runtime.http.listening import bind
from enlist.runtime.http.server import HttpServer

QUICK = Bounds(
    head_seconds=0.5,
    silence=0.4,
    megabyte_seconds=1.2,
    idle=0.3,
    patience=0.5,
    grace=1,
    tick=0.02,
    thrown_away=2_000_000,
)
LIMIT = 1024 * 1024


class Client:
    """A connection on which a test says and hears bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, *parts: bytes) -> None:
        """Send parts, each in a packet of its own."""
        for part in parts:
            self.writer.write(part)
            with suppress(OSError):
                await self.writer.drain()
            if len(parts) > 1:
                await asyncio.sleep(0.01)

    async def hear(self, count: int = 1, within: float = 3) -> list[bytes]:
        """Wait for ``count`` whole answers; return their bodies, each with its status before it."""
        answers: list[bytes] = []
        async with asyncio.timeout(within):
            while len(answers) < count:
                head = await self.reader.readuntil(b"\r\n\r\n")
                if head.startswith(b"HTTP/1.1 100 "):
                    answers.append(b"100")
                    continue
                length = next(
                    (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
                )
                answers.append(head[9:12] + b" " + await self.reader.readexactly(length))
        return answers

    async def rest(self, within: float = 3) -> bytes:
        """Hear everything until the server hangs up."""
        got = b""
        async with asyncio.timeout(within):
            with suppress(ConnectionError):
                while part := await self.reader.read(65536):
                    got += part
        return got

    async def is_silent(self, span: float = 0.15) -> bool:
        """Tell whether nothing comes for a while, and the connection stays open."""
        try:
            async with asyncio.timeout(span):
                await self.reader.read(1)
        except TimeoutError:
            return True
        return False


@dataclass
class Stage:
    """A server, and what its app was asked."""

    server: HttpServer
    port: int
    asked: list[Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def client(self, *parts: bytes, host: str = "127.0.0.1") -> Client:
        """Connect and send ``parts``."""
        made = Client(*await asyncio.open_connection(host, self.port, limit=2**22))
        self.clients.append(made)
        await made.say(*parts)
        return made

    async def ask(self, *parts: bytes) -> list[bytes]:
        """Send ``parts`` on a connection of their own and hear one answer."""
        return await (await self.client(*parts)).hear()


def app_of(stage: "Callable[[], Stage]") -> App:
    """Make an app: says method, path and body back; ``/slow`` waits, ``/deaf`` reads no body, ``/long`` says a lot."""

    async def app(request: Request) -> Answer | None:
        stage().asked.append(request)
        if request.path == "/deaf":
            return plain(200, b"unread")
        if request.path == "/fault":
            raise RuntimeError("a fault of ours")
        try:
            body = await request.read(LIMIT)
        except BodyTooLarge:
            return plain(413, b"too large", close=True)
        stage().bodies.append(body)
        if request.path == "/slow":
            await stage().go_on.wait()
        if request.path == "/long":
            return plain(200, bytes(32 * 1024 * 1024))
        if request.path == "/pieces":
            sink = request.begin(200, (b"content-type", b"text/plain"))
            for number in range(3):
                await sink.write(b"piece %d;" % number)
            sink.end()
            return None
        if request.path == "/cut":
            await request.begin(200).write(b"a beginning")
            return None
        return plain(200, b"%b %b %b" % (request.method.encode(), request.path.encode(), body))

    return app


Starter = Callable[..., Awaitable[Stage]]


@pytest.fixture
async def start() -> AsyncIterator[Starter]:
    """Start servers with bounds of the test's own."""
    running: list[tuple[Stage, asyncio.Task[None]]] = []

    async def start(bounds: Bounds = QUICK, trusted: tuple[Network, ...] = (), host: str = "127.0.0.1") -> Stage:
        (sockets,) = bind(host, 0)
        stage: list[Stage] = []
        address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        server = HttpServer(app_of(lambda: stage[0]), sockets, address.set_result, bounds=bounds, trusted=trusted)
        task = asyncio.create_task(server.serve())
        stage.append(Stage(server, int((await address).rpartition(":")[2])))
        running.append((stage[0], task))
        return stage[0]

    yield start
    for stage, task in running:
        stage.go_on.set()
        for client in stage.clients:
            client.writer.close()
        stage.server.stop()
        await asyncio.wait_for(task, 5)


@pytest.fixture
async def stage(start: Starter) -> Stage:
    """A server with short deadlines."""
    return await start()


@asynccontextmanager
async def flood(stage: Stage, count: int) -> AsyncIterator[list[socket.socket]]:
    """Hold ``count`` connections open, each with half a head."""
    held = []
    for _ in range(count):
        one = socket.create_connection(("127.0.0.1", stage.port))
        one.sendall(b"GET / HTTP/1.1\r\n")
        held.append(one)
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    try:
        yield held
    finally:
        for one in held:
            one.close()
