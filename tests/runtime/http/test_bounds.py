"""What a client may not do: send heads without end, be slow, hold many connections, send garbage."""

import asyncio
import logging
import resource
import time
from ipaddress import ip_network

import httpx
import pytest

from enlist.runtime.http.bounds import Bounds
from tests.runtime.http.conftest import QUICK, Stage, Starter, flood

GET = b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: x\r\n"


def status(got: bytes) -> int:
    return int(got[9:12])


@pytest.mark.parametrize("inside", [b"GET /", b"GET / HTTP/1.1\r\nx: ", b"GET / HTTP/1.1\r\n"])
async def test_one_line_without_end_is_refused_once_it_is_too_long(stage: Stage, inside: bytes) -> None:
    client = await stage.client(inside)
    sent = 0
    while sent < 10_000_000 and not client.reader._eof:  # type: ignore[attr-defined]
        client.writer.write(bytes(65536).replace(b"\0", b"a"))
        sent += 65536
        await asyncio.sleep(0)
    got = await client.rest()
    assert status(got) == (414 if inside == b"GET /" else 431)
    assert got.count(b"HTTP/1.1") == 1
    assert stage.asked == []


async def test_a_head_that_is_whole_and_too_long_is_refused_all_the_same(stage: Stage) -> None:
    client = await stage.client(b"GET / HTTP/1.1\r\nHost: x\r\nx: " + b"a" * 66_000 + b"\r\n\r\n")
    assert status(await client.rest()) == 431
    client = await stage.client(b"GET /" + b"a" * 66_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status(await client.rest()) == 414


async def test_lines_without_end_are_refused_once_they_are_too_many(stage: Stage) -> None:
    client = await stage.client(b"GET / HTTP/1.1\r\nHost: x\r\n")
    begun = time.monotonic()
    for first in range(0, 200_000, 1000):
        client.writer.write(b"".join(b"x%05d: y\r\n" % number for number in range(first, first + 1000)))
    assert status(await client.rest()) == 431
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "beside",
    [
        b"5;" + b"a" * 5000 + b"\r\n12345\r\n",
        b"1;aaaaaaaa\r\n1\r\n" * 8000,
        b"0\r\n" + b"x: y\r\n" * 200,
        b"0\r\n" + (b"x: " + b"y" * 3000 + b"\r\n") * 30,
    ],
)
async def test_what_stands_beside_chunks_is_bounded_like_a_head(stage: Stage, beside: bytes) -> None:
    client = await stage.client(POST + b"Transfer-Encoding: chunked\r\n\r\n", beside)
    assert status(await client.rest()) == 431
    assert stage.bodies == []


async def test_what_browsers_send_passes(stage: Stage) -> None:
    lines = b"".join(b"X-%d: %b\r\n" % (number, b"v" * 200) for number in range(28))
    head = b"GET /a?%b HTTP/1.1\r\nHost: x\r\nCookie: %b\r\n%b\r\n" % (b"q" * 6000, b"c" * 8000, lines)
    assert await stage.ask(head) == [b"200 GET /a "]


async def test_a_client_that_says_nothing_is_let_go_without_a_word(stage: Stage) -> None:
    begun = time.monotonic()
    assert await (await stage.client()).rest() == b""
    assert time.monotonic() - begun < 2


async def test_a_head_has_its_time_however_slowly_it_drips(stage: Stage) -> None:
    client = await stage.client(GET % b"/a")
    await client.hear()
    begun = time.monotonic()
    dripping = asyncio.create_task(client.say(*[b"G"] * 300))
    got = await client.rest()
    dripping.cancel()
    assert status(got) == 408
    assert time.monotonic() - begun < 1.5


async def test_a_body_that_stops_is_given_up(stage: Stage) -> None:
    client = await stage.client(POST + b"Content-Length: 10\r\n\r\n12345")
    begun = time.monotonic()
    got = await client.rest()
    assert status(got) == 408
    assert b"connection: close" in got
    assert 0.3 < time.monotonic() - begun < 1.5
    assert stage.bodies == []


async def test_a_body_that_drips_is_given_up_after_the_time_of_its_size(stage: Stage) -> None:
    client = await stage.client(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    begun = time.monotonic()
    dripping = asyncio.create_task(client.say(*[b"1\r\nx\r\n"] * 500))
    got = await client.rest(5)
    dripping.cancel()
    assert status(got) == 408
    assert 1 < time.monotonic() - begun < 3


async def test_a_body_that_keeps_coming_has_its_time(start: Starter) -> None:
    stage = await start(Bounds(silence=0.3, head_seconds=0.3, idle=0.3, tick=0.02))
    client = await stage.client(POST + b"Content-Length: 10\r\n\r\n")
    for _ in range(10):
        await asyncio.sleep(0.1)
        await client.say(b"x")
    assert await client.hear() == [b"200 POST /a xxxxxxxxxx"]


async def test_an_answer_that_is_not_read_is_given_up(start: Starter) -> None:
    stage = await start()
    client = await stage.client(GET % b"/long")
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await asyncio.sleep(1.5)
    client.writer.transport.resume_reading()  # type: ignore[attr-defined]
    assert len(await client.rest()) < 32 * 1024 * 1024


async def test_an_answer_that_is_read_comes_whole(stage: Stage) -> None:
    (answer,) = await (await stage.client(GET % b"/long")).hear()
    assert len(answer) == 32 * 1024 * 1024 + 4


async def test_an_answer_that_takes_long_to_make_is_waited_for(stage: Stage) -> None:
    client = await stage.client(GET % b"/slow")
    await asyncio.sleep(1)
    stage.go_on.set()
    assert await client.hear() == [b"200 GET /slow "]


async def test_a_connection_at_rest_is_let_go_after_a_while(stage: Stage) -> None:
    client = await stage.client(GET % b"/a")
    assert await client.hear() == [b"200 GET /a "]
    begun = time.monotonic()
    assert await client.rest() == b""
    assert 0.2 < time.monotonic() - begun < 1.5


async def test_one_address_may_hold_so_many_connections_and_others_are_answered(
    start: Starter, caplog: pytest.LogCaptureFixture
) -> None:
    patient = Bounds(per_address=20, head_seconds=30, tick=0.02)
    stage = await start(patient, host="127.0.0.1")
    caplog.set_level(logging.WARNING)
    async with flood(stage, 30):
        refused = await stage.client()
        assert status(await refused.rest()) == 503
        # Another address of this machine.
        reader, writer = await asyncio.open_connection("127.0.0.1", stage.port, local_addr=("127.0.0.2", 0))
        writer.write(GET % b"/a")
        assert (await reader.readuntil(b"/a ")).startswith(b"HTTP/1.1 200")
        writer.close()
    said = [record for record in caplog.records if "turned away" in record.getMessage()]
    assert len(said) == 1
    assert "127.0.0.1 has 20 connections" in said[0].getMessage()
    await asyncio.sleep(0.1)
    assert await stage.ask(GET % b"/a") == [b"200 GET /a "]


async def test_a_proxy_that_is_trusted_may_hold_any_number(start: Starter) -> None:
    stage = await start(Bounds(per_address=20, tick=0.02), trusted=(ip_network("127.0.0.0/8"),))
    async with flood(stage, 60):
        assert await stage.ask(GET % b"/a") == [b"200 GET /a "]


async def test_there_is_a_most_of_connections_altogether(start: Starter, caplog: pytest.LogCaptureFixture) -> None:
    stage = await start(Bounds(connections=10, tick=0.02), trusted=(ip_network("127.0.0.0/8"),))
    async with flood(stage, 12):
        assert status(await (await stage.client()).rest()) == 503
    await asyncio.sleep(0.1)
    assert await stage.ask(GET % b"/a") == [b"200 GET /a "]
    assert sum("are turned away" in record.getMessage() for record in caplog.records) == 1


async def test_the_program_may_open_as_many_files_as_it_may_have(stage: Stage) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == hard or (hard == resource.RLIM_INFINITY and soft >= 1_000_000)


@pytest.mark.parametrize(
    "garbage", [b"\0", b"\x16\x03\x01\x02\x00", b"\0\r\n\r\n", b"nonsense\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
async def test_garbage_after_requests_that_are_at_work_is_answered_in_its_turn_without_a_traceback(
    stage: Stage, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client = await stage.client((GET % b"/slow") + (GET % b"/b") + garbage)
    await asyncio.sleep(0.1)
    stage.go_on.set()
    got = await client.rest()
    assert [answer[1:4] for answer in got.split(b"HTTP/1.1")[1:3]] == [b"200", b"200"]
    assert got.count(b"HTTP/1.1 4") + got.count(b"HTTP/1.1 5") == 1
    assert not [record for record in caplog.records if record.levelno >= logging.INFO]


async def test_a_client_that_hangs_up_in_a_pipeline_leaves_no_traceback(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    client = await stage.client((GET % b"/slow") + (GET % b"/b") * 5)
    await asyncio.sleep(0.1)
    client.writer.transport.abort()
    await asyncio.sleep(0.05)
    stage.go_on.set()
    await asyncio.sleep(0.1)
    assert [request.path for request in stage.asked] == ["/slow"]
    assert not [record for record in caplog.records if record.levelno >= logging.INFO]


async def test_a_pipeline_without_end_is_held_back_and_answered_bit_by_bit(start: Starter) -> None:
    stage = await start(Bounds(held=2000, tick=0.02))
    client = await stage.client(GET % b"/slow")
    client.writer.write((GET % b"/b") * 2000)
    await asyncio.sleep(0.1)
    stage.go_on.set()
    answers = await client.hear(2001, within=10)
    assert answers[1:] == [b"200 GET /b "] * 2000


async def test_a_client_that_has_said_all_it_wants_to_is_answered(stage: Stage) -> None:
    client = await stage.client(GET % b"/slow")
    client.writer.write_eof()
    await asyncio.sleep(0.1)
    stage.go_on.set()
    assert (await client.rest()).endswith(b"GET /slow ")


async def test_pieces_come_in_chunks_and_leave_the_connection_open(stage: Stage) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{stage.port}") as browser:
        for _ in range(2):
            answer = await browser.get("/pieces")
            assert answer.headers["transfer-encoding"] == "chunked"
            assert answer.text == "piece 0;piece 1;piece 2;"
        answer = await browser.head("/pieces")
        assert answer.headers["transfer-encoding"] == "chunked"
        with pytest.raises(httpx.RemoteProtocolError):
            await browser.get("/cut")


async def test_to_old_clients_pieces_come_bare_and_the_end_is_the_end(stage: Stage) -> None:
    got = await (await stage.client(b"GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")).rest()
    assert b"transfer-encoding" not in got
    assert got.endswith(b"\r\n\r\npiece 0;piece 1;piece 2;")


async def test_a_fault_of_ours_is_said_and_ends_the_connection(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    got = await (await stage.client((GET % b"/fault") + (GET % b"/b"))).rest()
    assert status(got) == 500
    assert got.count(b"HTTP/1.1") == 1
    assert "a fault of ours" in caplog.text


async def test_told_to_stop_what_is_under_way_is_answered_and_idle_ones_go(start: Starter) -> None:
    stage = await start(Bounds(idle=30, grace=5, tick=0.02))
    idle = await stage.client(GET % b"/a")
    await idle.hear()
    busy = await stage.client(GET % b"/slow")
    await asyncio.sleep(0.05)
    stage.server.stop()
    assert await idle.rest(1) == b""
    with pytest.raises(OSError):
        await stage.client()
    stage.go_on.set()
    got = await busy.rest(1)
    assert got.endswith(b"GET /slow ")
    assert b"connection: close" in got


async def test_told_to_stop_nobody_is_waited_for_longer_than_the_grace(start: Starter) -> None:
    stage = await start(QUICK)
    busy = await stage.client(GET % b"/slow")
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    stage.server.stop()
    assert await busy.rest() == b""
    assert 0.5 < time.monotonic() - begun < 3


async def test_told_to_hurry_nobody_is_waited_for(start: Starter) -> None:
    stage = await start(Bounds(grace=30, tick=0.02))
    busy = await stage.client(GET % b"/slow")
    await asyncio.sleep(0.05)
    stage.server.stop()
    await asyncio.sleep(0.05)
    stage.server.hurry()
    assert await busy.rest(2) == b""
