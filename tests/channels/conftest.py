"""A real SMTP server in the test's own event loop, which can be told to misbehave, and a message to send."""

import asyncio
import email
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from enlist.domain.delivery import Message

MakeMessage = Callable[..., Message]


@dataclass
class Received:
    """One letter as the server got it."""

    sender: str
    recipient: str
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content())


@dataclass
class MailServer:
    """A mail server on 127.0.0.1. ``answers`` maps a recipient to what it says at RCPT TO."""

    options: dict[str, Any] = field(default_factory=dict)
    implicit_tls: ssl.SSLContext | None = None
    answers: dict[str, str] = field(default_factory=dict)
    mail_answers: list[str] = field(default_factory=list)
    data_answers: list[str] = field(default_factory=list)
    drop_at: str = ""
    slow: float = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    most_connections: int = 1000
    received: list[Received] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    connected: int = 0
    encrypted: list[bool] = field(default_factory=list)
    open: list["_Protocol"] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> "MailServer":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Protocol(self), "127.0.0.1", self.port, ssl=self.implicit_tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self.hang_up()
            await self._server.wait_closed()
            self._server = None

    async def hang_up(self) -> None:
        """Break all connections, as a dying server does."""
        for protocol in list(self.open):
            protocol.break_off()
        await asyncio.sleep(0.02)
        assert not self.open

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.drop_at == "MAIL":
            server.break_off()
            return "250 nobody hears this"
        if self.mail_answers:
            return self.mail_answers.pop(0)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.begun.set()
        if self.drop_at == "DATA":
            server.break_off()
            return "250 nobody hears this"
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.data_answers:
            return self.data_answers.pop(0)
        self.encrypted.append(session.ssl is not None or self.implicit_tls is not None)
        self.received.append(Received(envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"s3cret: @/", handled=False)


class _Protocol(SMTP):  # type: ignore[misc, unused-ignore]
    def __init__(self, owner: MailServer) -> None:
        self.owner = owner
        options = {"hostname": "mail.test", "enable_SMTPUTF8": True, "auth_exclude_mechanism": ["LOGIN"]}
        super().__init__(owner, loop=asyncio.get_running_loop(), **{**options, **owner.options})

    def connection_made(self, transport: Any) -> None:
        if len(self.owner.open) >= self.owner.most_connections and self not in self.owner.open:
            transport.write(b"421 4.3.2 too many connections from you\r\n")
            transport.close()
            self.connection_lost = lambda error: None  # type: ignore[method-assign]
            return
        if self not in self.owner.open:
            self.owner.open.append(self)
            self.owner.connected += 1
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.owner.open:
            self.owner.open.remove(self)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        if self.session is None:
            return None
        answer: bool | None = super().eof_received()
        return answer

    def break_off(self) -> None:
        transport: Any = self._original_transport or self.transport
        if transport is not None:
            transport.abort()


@dataclass(frozen=True)
class Certificate:
    """A self-made certificate for 127.0.0.1, as the server and as the client see it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return Certificate(server, ssl.create_default_context(cafile=str(file)))


@pytest.fixture
async def start_server() -> AsyncIterator[Callable[..., Awaitable[MailServer]]]:
    """Start mail servers; all are stopped at the end."""
    started: list[MailServer] = []

    async def start(**options: Any) -> MailServer:
        started.append(await MailServer(**options).start())
        return started[-1]

    yield start
    for server in started:
        await server.stop()


@pytest.fixture
async def server(start_server: Callable[..., Awaitable[MailServer]]) -> MailServer:
    """A plain mail server."""
    return await start_server()


@pytest.fixture
def make_message() -> MakeMessage:
    """Make a message, with a few fields changed."""
    usual = Message(
        sender="news@school.example",
        sender_name="Школа",
        recipient="anna@example.com",
        subject="Подтвердите подписку",
        text="Подтвердите:\n\nhttps://school.example/confirm/abc\n",
        html="<p><a href='https://school.example/confirm/abc'>Да</a></p>",
        leave_url="https://school.example/leave/abc",
        message_id="<0190aaaa-0000-7000-8000-000000000001@school.example>",
        written_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )

    def make(**changes: Any) -> Message:
        return replace(usual, **changes)

    return make
