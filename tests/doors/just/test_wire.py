"""What only a real connection shows: heads, early answers, reports that are cut off, clients that leave."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from enlist.domain import profiles
from enlist.doors.just import answering
from enlist.runtime.db import DatabaseAway
from enlist.runtime.http.listening import bind
from enlist.runtime.http.server import HttpServer
from tests.doors.just.conftest import TOKEN, Door

Rows = list[tuple[date, str, int]]
REPORT = "/api/user/v1/info/stat-by-refid/channel/sms?start=2020-01-01&end=2020-12-31"
CREATE = "/api/user/v1/subscription/create/profile"


class Wire:
    """A connection to the door."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, method: str, path: str, *headers: str, body: bytes = b"") -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"X-AUTH-TOKEN: {TOKEN}", *headers, "", ""]
        self.writer.write("\r\n".join(lines).encode() + body)
        await self.writer.drain()

    async def head(self) -> str:
        async with asyncio.timeout(5):
            return (await self.reader.readuntil(b"\r\n\r\n")).decode()

    async def rest(self) -> bytes:
        async with asyncio.timeout(10):
            return await self.reader.read()


@pytest.fixture
async def wire(door: Door) -> AsyncIterator[Wire]:
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = HttpServer(door.app, bind("127.0.0.1", 0)[0], address.set_result)
    running = asyncio.create_task(server.serve())
    host, _, port = (await address).removeprefix("http://").rpartition(":")
    reader, writer = await asyncio.open_connection(host, port)
    yield Wire(reader, writer)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    server.stop()
    await running


def report(monkeypatch: pytest.MonkeyPatch, portions: Callable[[], AsyncIterator[Rows]]) -> None:
    """Let the day report be told in these portions."""
    monkeypatch.setattr(profiles, "count_by_day", lambda *_: portions())


def a_portion(number: int, rows: int = 3) -> Rows:
    return [(date(2020, 1, 1) + timedelta(days=number), f"refid {row}", 1) for row in range(rows)]


async def test_a_report_that_breaks_off_is_never_well_formed(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    async def portions() -> AsyncIterator[Rows]:
        yield a_portion(0)
        yield a_portion(1)
        raise DatabaseAway("gone")

    report(monkeypatch, portions)
    await wire.ask("GET", REPORT)
    head = await wire.head()
    assert head.startswith("HTTP/1.1 200 OK")
    assert "transfer-encoding: chunked" in head
    rest = await wire.rest()
    assert b"refid 2" in rest
    assert not rest.endswith(b"0\r\n\r\n")
    assert b"}}" not in rest


async def test_a_report_that_fails_at_once_is_an_error(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    async def portions() -> AsyncIterator[Rows]:
        raise DatabaseAway("gone")
        yield []

    report(monkeypatch, portions)
    await wire.ask("GET", REPORT, "Connection: close")
    assert "500 Internal Server Error" in await wire.head()
    assert await wire.rest() == b"Error query"


async def test_a_long_report_is_told_as_it_comes_in_flat_memory(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    told = 0

    async def portions() -> AsyncIterator[Rows]:
        nonlocal told
        for number in range(300):
            told += 1
            yield a_portion(number, rows=5000)

    report(monkeypatch, portions)
    await wire.ask("GET", REPORT, "Connection: close")
    await wire.head()
    await asyncio.sleep(0.5)
    assert told < 100  # nobody reads, so nobody goes on telling
    rest = await wire.rest()
    assert told == 300
    assert rest.endswith(b"0\r\n\r\n")


async def test_a_client_that_leaves_ends_its_report(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = asyncio.Event()

    async def portions() -> AsyncIterator[Rows]:
        try:
            for number in range(100_000):
                yield a_portion(number % 300)
                await asyncio.sleep(0)
        finally:
            ended.set()

    report(monkeypatch, portions)
    await wire.ask("GET", REPORT)
    await wire.head()
    wire.writer.transport.abort()
    async with asyncio.timeout(2):
        await ended.wait()


async def test_a_client_that_does_not_read_is_cut_off(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = asyncio.Event()

    async def portions() -> AsyncIterator[Rows]:
        try:
            for number in range(300):
                yield a_portion(number, rows=5000)
        finally:
            ended.set()

    monkeypatch.setattr(answering, "PATIENCE", 0.3)
    report(monkeypatch, portions)
    await wire.ask("GET", REPORT)
    async with asyncio.timeout(5):
        await ended.wait()
    assert not (await wire.rest()).endswith(b"0\r\n\r\n")


async def test_reports_leave_connections_for_everybody_else(
    door: Door, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, telling = asyncio.Event(), 0

    async def portions() -> AsyncIterator[Rows]:
        nonlocal telling
        telling += 1
        await go_on.wait()
        yield a_portion(0)

    report(monkeypatch, portions)

    async def ask() -> int:
        async with door.client() as client:
            return (await client.get(REPORT)).status_code

    asking = [asyncio.create_task(ask()) for _ in range(6)]
    await asyncio.sleep(0.5)
    assert telling == 4  # half of eight connections
    await wire.ask("POST", CREATE, "Content-Length: 0")
    assert "200 OK" in await wire.head()
    go_on.set()
    assert await asyncio.gather(*asking) == [200] * 6


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_head_of_a_report_leaves_the_connection_usable(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    async def portions() -> AsyncIterator[Rows]:
        yield a_portion(0, rows=1)

    report(monkeypatch, portions)
    await wire.ask(method, REPORT)
    head = await wire.head()
    assert "content-type: application/json" in head
    if method == "GET":
        body = await wire.reader.readuntil(b"0\r\n\r\n")
        assert b'{"2020-01-01":{"refid 0":1' in body
    await wire.ask("POST", CREATE, "Content-Length: 0")
    assert "200 OK" in await wire.head()


async def test_a_body_too_large_is_refused_before_it_is_sent(wire: Wire) -> None:
    await wire.ask("POST", CREATE, "Content-Length: 10485760", "Expect: 100-continue")
    head = await wire.head()
    assert head.startswith("HTTP/1.1 413")
    assert "connection: close" in head


async def test_who_asks_whether_to_go_on_is_told_to(wire: Wire) -> None:
    await wire.ask(
        "POST", CREATE, "Content-Length: 8", "Content-Type: application/x-www-form-urlencoded", "Expect: 100-continue"
    )
    assert await wire.head() == "HTTP/1.1 100 Continue\r\n\r\n"
    wire.writer.write(b"name=Bob")
    assert "200 OK" in await wire.head()


async def test_a_get_with_a_body_leaves_the_connection_usable(wire: Wire) -> None:
    """As Go's sample sends it: a multipart form of no parts."""
    body = b"\r\n--B--\r\n"
    for _ in range(2):
        path = "/api/user/v1/info/segment/?juid=de6f0132ea9e412599ae31262c45633b"
        await wire.ask(
            "GET", path, f"Content-Length: {len(body)}", "Content-Type: multipart/form-data; boundary=B", body=body
        )
        assert "404 Not Found" in await wire.head()
        assert await wire.reader.readexactly(14) == b"User not found"


async def test_a_client_that_leaves_in_the_middle_of_its_body_harms_nobody(door: Door, wire: Wire) -> None:
    await wire.ask("POST", CREATE, "Content-Length: 100", body=b"name=")
    wire.writer.transport.abort()
    await asyncio.sleep(0.1)
    found: Any = await door.world.count("profiles")
    assert found == 0
