"""Requests to addresses that other people chose: what is asked, what never is, and what comes back."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from enlist.runtime.outbound import Answer, Forbidden, NoAnswer, Outbound, is_public

LOOPBACK = [ip_network("127.0.0.0/8")]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Listen on a free port of this machine; give the port."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def saying(answer: bytes, heard: list[bytes] | None = None) -> Talk:
    """Answer every request with the same bytes, and hang up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if heard is not None:
            heard.append(head)
        writer.write(answer)
        await writer.drain()
        writer.close()

    return talk


def meaning(*addresses: str) -> Callable[[str, int], Awaitable[Sequence[IPv4Address | IPv6Address]]]:
    """Resolve every name to the same addresses."""

    async def resolve(_: str, __: int) -> Sequence[IPv4Address | IPv6Address]:
        return [ip_address(address) for address in addresses]

    return resolve


@asynccontextmanager
async def outbound(**options: object) -> AsyncIterator[Outbound]:
    client = Outbound(**options)  # type: ignore[arg-type]
    yield client
    await client.close()


async def test_the_name_is_asked_for_at_the_address_that_was_checked() -> None:
    heard: list[bytes] = []
    async with (
        listening(saying(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", heard)) as port,
        outbound(allowed=LOOPBACK, resolve=meaning("127.0.0.1")) as client,
    ):
        answer = await client.get(f"http://tracker.example:{port}/a/b?x=1&y=%20")
    assert answer == Answer(200, b"hi")
    assert answer.taken
    lines = heard[0].decode().split("\r\n")
    assert lines[0] == "GET /a/b?x=1&y=%20 HTTP/1.1"
    assert f"Host: tracker.example:{port}" in lines
    assert len([line for line in lines if line.lower().startswith("host:")]) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::", "2001:db8::1", "100::1",
    ],
)  # fmt: skip
async def test_what_is_not_public_is_never_called(address: str) -> None:
    assert not is_public(ip_address(address))
    literal = f"[{address}]" if ":" in address else address
    async with outbound(resolve=meaning(address)) as client:
        for url in (f"http://{literal}/", f"https://{literal}:8443/", "http://tracker.example/"):
            with pytest.raises(Forbidden):
                await client.get(url)
    async with outbound(resolve=meaning("93.184.215.14", address)) as client:
        with pytest.raises(Forbidden):
            await client.get("http://half.example/")


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_what_is_public_may_be_called(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_clothes_of_ipv6_change_nothing(address: IPv4Address) -> None:
    assert is_public(ip_address(f"::ffff:{address}")) == is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "[::1]", "localhost."]
)
async def test_no_spelling_of_this_machine_gets_through(host: str) -> None:
    heard: list[bytes] = []
    async with listening(saying(b"", heard)) as port, outbound() as client:
        with pytest.raises((Forbidden, NoAnswer)):
            await client.get(f"http://{host}:{port}/")
    assert heard == []


@pytest.mark.parametrize(
    "url",
    [
        "", "/path", "ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "http://", "http:///x", "http://u:p@a.example/",
        "http://a.example:99999/", "http://a.example:22/", "http://a.example:25/", "http://a.example/\r\nX: y", "http://a.example/ x",
        "http://a.example\\@b.example/", "http://a.example/" + "x" * 9000, "http://[::1", "http://пример.рф/",
    ],
)  # fmt: skip
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    async with outbound(resolve=meaning("93.184.215.14")) as client:
        with pytest.raises(Forbidden):
            await client.get(url)


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    heard: list[bytes] = []
    async with outbound(allowed=LOOPBACK) as client, listening(saying(b"HTTP/1.1 200 OK\r\n\r\n", heard)) as inside:
        redirect = f"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inside}/\r\ncontent-length: 0\r\n\r\n"
        async with listening(saying(redirect.encode())) as port:
            answer = await client.get(f"http://127.0.0.1:{port}/")
    assert answer.status == 302
    assert not answer.taken
    assert heard == []


async def test_an_answer_without_end_is_cut_off() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                writer.write(b"x" * 4096)
                await writer.drain()
        except OSError:
            writer.close()

    async with listening(talk) as port, outbound(allowed=LOOPBACK, most=10_000) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/")
    assert answer == Answer(200, b"x" * 10_000)


@pytest.mark.parametrize("drips", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx"])
async def test_who_is_slow_is_given_up(drips: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(drips)
        await reader.read()
        writer.close()

    async with listening(talk) as port, outbound(allowed=LOOPBACK, patience=timedelta(milliseconds=300)) as client:
        with pytest.raises(NoAnswer, match="longer than"):
            await client.get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"])
async def test_who_hangs_up_or_talks_nonsense_has_not_answered(answer: bytes) -> None:
    async with listening(saying(answer)) as port, outbound(allowed=LOOPBACK) as client:
        with pytest.raises(NoAnswer):
            await client.get(f"http://127.0.0.1:{port}/")


async def test_where_nobody_listens_there_is_no_answer() -> None:
    async with listening(saying(b"")) as port:
        pass
    async with outbound(allowed=LOOPBACK) as client:
        with pytest.raises(NoAnswer, match="no connection"):
            await client.get(f"http://127.0.0.1:{port}/")


async def test_the_next_address_of_a_name_is_tried() -> None:
    async with (
        listening(saying(b"HTTP/1.1 204 No Content\r\n\r\n")) as port,
        outbound(allowed=LOOPBACK, resolve=meaning("127.0.0.2", "127.0.0.1")) as client,
    ):
        assert (await client.get(f"http://two.example:{port}/")).status == 204


async def test_an_unknown_name_has_no_answer() -> None:
    async with outbound(patience=timedelta(seconds=20)) as client:
        with pytest.raises(NoAnswer):
            await client.get("http://nowhere.invalid/")


@pytest.fixture
def certified(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for tracker.example, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tracker.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("tracker.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


async def test_a_certificate_must_be_valid_for_the_name(
    certified: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = certified
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr("httpx._transports.default.create_ssl_context", lambda **_: trusting)
    async with (
        listening(saying(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"), context) as port,
        outbound(allowed=LOOPBACK, resolve=meaning("127.0.0.1")) as client,
    ):
        assert (await client.get(f"https://tracker.example:{port}/")).status == 200
        with pytest.raises(NoAnswer):
            await client.get(f"https://other.example:{port}/")


async def test_a_body_is_sent_with_its_headers() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        body = await reader.readexactly(3)
        assert "content-length: 3" in head
        assert "content-type: text/x" in head
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n" + body[::-1])
        writer.close()

    async with listening(talk) as port, outbound(allowed=LOOPBACK) as client:
        answer = await client.send("POST", f"http://127.0.0.1:{port}/", b"abc", {"Content-Type": "text/x"})
    assert answer.body == b"cba"
