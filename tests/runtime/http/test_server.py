"""The HTTP server: whole answers come as HTTP says, on connections that stay open, to HEAD, to several requests at once."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from enlist.runtime.http import Answer, Request, plain
from enlist.runtime.http.listening import bind
from enlist.runtime.http.server import HttpServer

GET = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(request: Request) -> Answer:
    if request.path == "/moved":
        return Answer(302, b"", (b"location", b"/there"))
    if request.path == "/nothing":
        return Answer(204, b"")
    if request.path == "/hostile":
        return Answer(302, b"", (b"location", b"/\r\nset-cookie: evil=1"))
    return plain(200, request.path.encode())


@pytest.fixture
async def port() -> AsyncIterator[int]:
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = HttpServer(app, bind("127.0.0.1", 0)[0], address.set_result)
    running = asyncio.create_task(server.serve())
    yield int((await address).rpartition(":")[2])
    server.stop()
    await running


async def said(port: int, *requests: bytes, until: bytes = b"") -> bytes:
    """Send all requests at once; return what comes until the server closes, ``until`` comes, or nothing more does."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"".join(requests))
    got = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(2 if until else 0.5):
            while not (until and got.endswith(until)) and (part := await reader.read(65536)):
                got += part
    writer.close()
    return got


async def test_an_answer_has_its_length_and_the_date(port: int) -> None:
    head, _, body = (await said(port, GET % b"/a", until=b"/a")).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert {b"content-type: text/plain; charset=utf-8", b"content-length: 2"} <= set(lines)
    assert any(line.startswith(b"date: ") for line in lines)
    assert body == b"/a"


async def test_one_connection_carries_many_requests_in_their_order_even_at_once(port: int) -> None:
    got = await said(port, *(GET % (b"/%d" % number) for number in range(20)), until=b"/19")
    assert [part.partition(b"\r\n\r\n")[2] for part in got.split(b"HTTP/1.1 200 OK")[1:]] == [
        b"/%d" % number for number in range(20)
    ]


async def test_a_head_request_is_told_the_length_and_gets_no_body(port: int) -> None:
    got = await said(port, b"HEAD /body HTTP/1.1\r\nHost: x\r\n\r\n", GET % b"/next", until=b"/next")
    assert b"content-length: 5\r\n" in got
    assert b"/body" not in got


async def test_an_answer_without_a_body_leaves_the_connection_open(port: int) -> None:
    got = await said(port, GET % b"/moved", GET % b"/nothing", GET % b"/next", until=b"/next")
    assert re.search(b"location: /there\r\ncontent-length: 0\r\ndate: [^\r]+\r\n\r\nHTTP/1.1 204 No Content\r\n", got)
    assert got.count(b"content-length") == 2


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.0\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]
)
async def test_who_wants_the_connection_closed_gets_it_closed(port: int, request_: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_)
    got = await asyncio.wait_for(reader.read(), 5)  # to the end
    assert b"connection: close\r\n" in got
    assert got.endswith(b"\r\n\r\n/")
    writer.close()


async def test_no_value_makes_a_header_of_its_own(port: int, caplog: pytest.LogCaptureFixture) -> None:
    got = await said(port, GET % b"/hostile", until=b"Internal Server Error\n")
    assert got.startswith(b"HTTP/1.1 500 ")
    assert b"set-cookie" not in got
