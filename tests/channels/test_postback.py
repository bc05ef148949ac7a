"""Telling a partner's analytics service of a conversion, with a real one listening, failing, dawdling, or in private."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_network
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enlist.channels.postback import NotTold, PostbackChannel, _words, address
from enlist.domain.commissions import Conversion, Postback
from enlist.doors.pages import cabinet_postback
from enlist.runtime.outbound import Forbidden, NoAnswer, Outbound

WORDS = (
    "aff_medium",
    "aff_source",
    "aff_campaign",
    "aff_content",
    "aff_term",
    "date",
    "time",
    "bill",
    "profit",
    "product",
)
MARKS = {"utm_medium": "affiliate", "utm_source": "bob", "aff_source": "blog & <co>", "aff_term": "курс"}
SALE = Conversion(
    order_id=258367,
    at=datetime(2026, 3, 31, 22, 30, 5, tzinfo=UTC),
    time_zone="Europe/Moscow",
    amount=Decimal("150"),
    product_ids=(7, 12),
    marks=MARKS,
)


def test_the_page_offers_the_words_that_a_postback_can_carry() -> None:
    assert tuple(cabinet_postback.WORDS) == WORDS == tuple(_words(SALE))


class Receiver:
    """Somebody's analytics service."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.status = 200
        self.dawdles = False

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
        if self.dawdles:
            await reader.read()
        else:
            head = f"HTTP/1.1 {self.status} X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
            writer.write(head.encode())
        writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.talk, "127.0.0.1", 0)
    async with server:
        yield receiver, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def calling(*allowed: str) -> AsyncIterator[PostbackChannel]:
    networks = [ip_network(network) for network in allowed]
    outbound = Outbound(allowed=networks, patience=timedelta(milliseconds=500))
    yield PostbackChannel(outbound)
    await outbound.close()


def test_all_words_in_their_formats() -> None:
    asked = dict(
        parse_qsl(urlsplit(address(Postback("https://t.example/told", WORDS), SALE)).query, keep_blank_values=True)
    )
    assert asked == {
        "aff_medium": "",
        "aff_source": "blog & <co>",
        "aff_campaign": "",
        "aff_content": "",
        "aff_term": "курс",
        "date": "2026-04-01",
        "time": "01:30:05",
        "bill": "258367",
        "profit": "150.00",
        "product": "7,12",
    }


@pytest.mark.parametrize(
    ("url", "words", "expected"),
    [
        ("https://t.example", (), "https://t.example"),
        ("https://t.example/a?key=x&b=%20#c", ("bill",), "https://t.example/a?key=x&b=%20&bill=258367"),
        ("https://t.example/{$bill}/p?sum={$profit}&s={$aff_source}", (), "https://t.example/258367/p?sum=150.00&s=blog%20%26%20%3Cco%3E"),
        ("https://t.example/?x={$aff_medium}&y={$unknown}", ("profit",), "https://t.example/?x=&y=%7B$unknown%7D&profit=150.00"),
        ("https://пример.рф/путь", ("bill",), "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C?bill=258367"),
    ],
)  # fmt: skip
def test_the_address_keeps_its_own_query_and_place_holders_are_filled_in(
    url: str, words: tuple[str, ...], expected: str
) -> None:
    assert address(Postback(url, words), SALE) == expected


@pytest.mark.parametrize(
    "url", ["", "/told", "ftp://t.example/", "javascript:alert(1)", "http://", "http://u:p@t.example/"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        address(Postback(url, ()), SALE)


@settings(deadline=None)  # the first example loads libraries
@given(st.text(max_size=60))
def test_no_mark_gets_out_of_its_place(mark: str) -> None:
    sale = Conversion(1, SALE.at, "UTC", Decimal(1), (), {"aff_source": mark.replace("\0", "")})
    parts = urlsplit(
        address(Postback("https://t.example/a/{$aff_source}/b?x={$aff_source}", ("aff_source", "bill")), sale)
    )
    assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "t.example", "")
    assert parts.path.startswith("/a/")
    assert parts.path.endswith("/b")
    assert [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)] == ["x", "aff_source", "bill"]


@pytest.mark.parametrize("status", [200, 201, 204, 299])
async def test_who_answers_has_been_told(status: int) -> None:
    async with receiving() as (receiver, base), calling("127.0.0.0/8") as channel:
        receiver.status = status
        await channel.tell(Postback(f"{base}/told?key=1", ("bill", "profit")), SALE)
    assert receiver.heard == ["GET /told?key=1&bill=258367&profit=150.00 HTTP/1.1"]


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
async def test_who_fails_is_told_again_later(status: int) -> None:
    async with receiving() as (receiver, base), calling("127.0.0.0/8") as channel:
        receiver.status = status
        with pytest.raises(NotTold, match=str(status)):
            await channel.tell(Postback(base, ()), SALE)
    assert len(receiver.heard) == 1


async def test_who_dawdles_is_told_again_later() -> None:
    async with receiving() as (receiver, base), calling("127.0.0.0/8") as channel:
        receiver.dawdles = True
        with pytest.raises(NoAnswer):
            await channel.tell(Postback(base, ()), SALE)


async def test_our_own_network_is_never_called_and_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    async with receiving() as (receiver, base), calling() as channel:
        for url in (base, base.replace("127.0.0.1", "localhost"), "http://169.254.169.254/latest/meta-data"):
            await channel.tell(Postback(url, ()), SALE)
    assert receiver.heard == []
    assert len(caplog.records) == 3
