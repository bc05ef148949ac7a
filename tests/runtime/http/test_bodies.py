"""Where a request ends: bodies by length and in chunks, offers to upgrade, trailers, what follows."""

import asyncio
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.runtime.http import Answer, Request, plain
from tests.runtime.http.conftest import Stage, Starter
from tests.support.wire import connect

SMUGGLED: Final = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
# Every header that any door reads.
READ_BY_DOORS: Final = (
    "Host", "Content-Type", "Content-Length", "X-Forwarded-For", "X-AUTH-TOKEN", "Cookie", "User-Agent", "Origin",
    "Referer", "Accept-Language", "Sec-Purpose", "Purpose", "X-Moz", "X-Purpose", "Stripe-Signature", "Connection",
    "Transfer-Encoding", "Expect", "Authorization", "X-Forwarded-Proto", "Sec-Fetch-Site",
)  # fmt: skip


def post(*lines: bytes, path: bytes = b"/a") -> bytes:
    return b"\r\n".join([b"POST %b HTTP/1.1" % path, b"Host: x", *lines, b"", b""])


def chunked(*chunks: bytes, trailers: bytes = b"") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n%b\r\n" % trailers


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket", b"HTTP/2.0", b"nonsense", b"h2c, websocket"])
@pytest.mark.parametrize("pieces", [1, 2, 3])
async def test_an_offer_to_upgrade_is_ignored_and_the_body_kept(stage: Stage, protocol: bytes, pieces: int) -> None:
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %b\r\nHTTP2-Settings: AAMAAABk" % protocol
    for length, body in ((b"Content-Length: 5", b"12345"), (b"Transfer-Encoding: chunked", chunked(b"123", b"45"))):
        whole = post(upgrade, length) + body
        cuts = [len(whole) * part // pieces for part in range(pieces + 1)]
        parts = [whole[a:b] for a, b in pairwise(cuts)]
        assert await stage.ask(*parts) == [b"200 POST /a 12345"]
        assert await stage.ask(whole[:-7], whole[-7:]) == [b"200 POST /a 12345"]


async def test_a_body_after_an_offer_to_upgrade_is_no_request(stage: Stage) -> None:
    head = post(b"Connection: Upgrade", b"Upgrade: h2c", b"Content-Length: %d" % len(SMUGGLED))
    client = await stage.client(head)
    await asyncio.sleep(0.1)
    await client.say(SMUGGLED)
    assert await client.hear() == [b"200 POST /a " + SMUGGLED]
    assert await client.is_silent()
    assert [request.path for request in stage.asked] == ["/a"]


@pytest.mark.parametrize("name", READ_BY_DOORS)
async def test_a_trailer_is_no_header(stage: Stage, name: str) -> None:
    before = post(b"Transfer-Encoding: chunked", b"%b: before" % name.encode()) if name not in _FRAMING else None
    for head in filter(None, (post(b"Transfer-Encoding: chunked"), before)):
        trailers = b"%b: 10.1.1.1\r\nX-Other: y\r\n" % name.encode()
        client = await stage.client(head, chunked(b"12345", trailers=trailers), b"GET /b HTTP/1.1\r\nHost: y\r\n\r\n")
        assert await client.hear(2) == [b"200 POST /a 12345", b"200 GET /b "]
        first, second = stage.asked[-2:]
        assert "10.1.1.1" not in "".join(first.headers.values())
        assert second.headers == {"host": "y"}


_FRAMING: Final = ("Host", "Content-Length", "Connection", "Transfer-Encoding", "Expect")


@pytest.mark.parametrize(
    "sent",
    [
        chunked(b"12345"),
        chunked(b"1", b"2", b"3", b"4", b"5"),
        b'5;name=value;other="q"\r\n12345\r\n0;last\r\n\r\n',
        b"0005 \r\n12345\r\n000\r\n\r\n",
    ],
)
async def test_chunks_are_put_together_however_they_arrive(stage: Stage, sent: bytes) -> None:
    whole = post(b"Transfer-Encoding: Chunked") + sent
    assert await stage.ask(whole) == [b"200 POST /a 12345"]
    client = await stage.client()
    for at in range(len(whole)):
        client.writer.write(whole[at : at + 1])
        await asyncio.sleep(0)
    assert await client.hear() == [b"200 POST /a 12345"]


@pytest.mark.parametrize(
    "sent",
    [
        b"x\r\n12345\r\n0\r\n\r\n",
        b"-5\r\n12345\r\n0\r\n\r\n",
        b"+5\r\n12345\r\n0\r\n\r\n",
        b"0x5\r\n12345\r\n0\r\n\r\n",
        b"\r\n12345\r\n0\r\n\r\n",
        b"5\n12345\n0\n\n",
        b"5\r\n123456\r\n0\r\n\r\n",
        b"5\r\n12345\n0\r\n\r\n",
        b"5;a\rb\r\n12345\r\n0\r\n\r\n",
        b"ffffffffffffff\r\n1\r\n",
    ],
)
async def test_broken_chunks_are_refused_and_the_connection_ends(stage: Stage, sent: bytes) -> None:
    client = await stage.client(post(b"Transfer-Encoding: chunked"), sent + SMUGGLED)
    got = await client.rest()
    assert got.startswith(b"HTTP/1.1 400 ")
    assert got.count(b"HTTP/1.1") == 1
    assert stage.bodies == []


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([b"Content-Length: 5", b"Transfer-Encoding: chunked"], b"400"),
        ([b"Content-Length: 5", b"Content-Length: 5"], b"400"),
        ([b"Content-Length: 5", b"Content-Length: 6"], b"400"),
        ([b"Content-Length: 5, 5"], b"400"),
        ([b"Content-Length: +5"], b"400"),
        ([b"Content-Length: -5"], b"400"),
        ([b"Content-Length: 0x5"], b"400"),
        ([b"Content-Length:"], b"400"),
        ([b"Content-Length: \xb2"], b"400"),
        ([b"Transfer-Encoding: gzip, chunked"], b"501"),
        ([b"Transfer-Encoding: identity"], b"501"),
        ([b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"], b"400"),
        ([b"Transfer-Encoding : chunked"], b"400"),
        ([b"Transfer-Encoding:\x0bchunked"], b"501"),
    ],
)
async def test_a_body_of_doubtful_length_is_refused(stage: Stage, lines: list[bytes], status: bytes) -> None:
    client = await stage.client(post(*lines) + b"12345" + SMUGGLED)
    got = await client.rest()
    assert got.startswith(b"HTTP/1.1 " + status)
    assert got.count(b"HTTP/1.1") == 1
    assert stage.asked == []


async def test_what_follows_a_body_is_the_next_request(stage: Stage) -> None:
    client = await stage.client(post(b"Content-Length: 3") + b"abc" + post(b"Content-Length: 2", path=b"/b") + b"de")
    assert await client.hear(2) == [b"200 POST /a abc", b"200 POST /b de"]
    whole = post(b"Transfer-Encoding: chunked") + chunked(b"abc") + post(path=b"/c")
    for cut in (1, 60, 75, len(whole) - 3):
        await client.say(whole[:cut], whole[cut:])
        assert await client.hear(2) == [b"200 POST /a abc", b"200 POST /c "]


async def test_a_body_that_the_door_does_not_read_is_not_the_next_request(stage: Stage) -> None:
    client = await stage.client(post(b"Content-Length: %d" % len(SMUGGLED), path=b"/deaf"))
    assert await client.hear() == [b"200 unread"]
    await client.say(SMUGGLED, post(path=b"/b"))
    assert await client.hear() == [b"200 POST /b "]
    assert [request.path for request in stage.asked] == ["/deaf", "/b"]


async def test_a_client_that_waits_for_the_word_to_go_on_gets_it(stage: Stage) -> None:
    client = await stage.client(post(b"Content-Length: 5", b"Expect: 100-continue"))
    assert await client.hear() == [b"100"]
    await client.say(b"12345")
    assert await client.hear() == [b"200 POST /a 12345"]


async def test_a_body_that_is_not_wanted_is_not_asked_for(stage: Stage) -> None:
    client = await stage.client(post(b"Content-Length: 5", b"Expect: 100-continue", path=b"/deaf"))
    got = await client.rest()
    assert got.startswith(b"HTTP/1.1 200 OK")
    assert b"connection: close" in got
    assert b"100 Continue" not in got


@pytest.mark.parametrize("framing", [b"Content-Length: 1500000", b"Transfer-Encoding: chunked"])
async def test_a_body_too_large_is_answered_though_the_client_goes_on_sending(stage: Stage, framing: bytes) -> None:
    client = await stage.client(post(framing))
    sending = asyncio.create_task(client.say(b"16e360\r\n" if b"chunked" in framing else b"", bytes(1_500_000)))
    got = await client.rest()
    await sending
    assert got.startswith(b"HTTP/1.1 413 ")
    assert got.endswith(b"too large")


async def test_a_large_body_that_is_wanted_comes_whole(stage: Stage) -> None:
    body = bytes(range(256)) * 4000
    client = await stage.client(post(b"Content-Length: %d" % len(body)) + body)
    (answer,) = await client.hear()
    assert answer == b"200 POST /a " + body


async def test_a_client_that_leaves_in_the_middle_of_its_body_does_no_harm(start: Starter) -> None:
    stage = await start()
    client = await stage.client(post(b"Content-Length: 500") + b"half")
    client.writer.transport.abort()
    await asyncio.sleep(0.05)
    assert stage.bodies == []
    assert await stage.ask(post()) == [b"200 POST /a "]


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.booleans()), min_size=1, max_size=5),
    st.lists(st.integers(0, 400), max_size=12),
)
async def test_however_requests_are_cut_up_the_same_bodies_arrive(
    bodies: list[tuple[bytes, bool]], cuts: list[int]
) -> None:
    got: list[bytes] = []

    async def echo(request: Request) -> Answer:
        got.append(await request.read(1000))
        return plain(200, b"ok")

    whole = b"".join(
        post(b"Transfer-Encoding: chunked") + (chunked(body) if body else chunked())
        if in_chunks
        else post(b"Content-Length: %d" % len(body)) + body
        for body, in_chunks in bodies
    )
    connection, link = connect(echo)
    at = [0, *sorted(cut % (len(whole) + 1) for cut in cuts), len(whole)]
    for begin, end in pairwise(at):
        if begin < end:
            connection.data_received(whole[begin:end])
            await asyncio.sleep(0)
    while connection.at_work is not None:
        await connection.at_work
    assert got == [body for body, _ in bodies]
    assert link.sent.count(b"HTTP/1.1 200 OK") == len(bodies)
