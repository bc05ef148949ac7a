"""SMTP against real servers: what goes over the wire, and what each kind of refusal means."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from enlist.channels import smtp_connections
from enlist.channels.smtp import SmtpChannel
from enlist.domain.delivery import ChannelAway, DeliveryFailed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.channels.conftest import Certificate, MailServer, MakeMessage

    StartServer = Callable[..., Awaitable[MailServer]]


@pytest.fixture
async def open_channel() -> AsyncIterator[Callable[..., SmtpChannel]]:
    opened: list[SmtpChannel] = []

    def open_one(server: MailServer, *, scheme: str = "smtp", login: str = "", **options: Any) -> SmtpChannel:
        opened.append(SmtpChannel(f"{scheme}://{login}127.0.0.1:{server.port}", **options))
        return opened[-1]

    yield open_one
    for channel in opened:
        await channel.close()
    await asyncio.sleep(0.02)


OpenChannel = Callable[..., SmtpChannel]


async def failure(channel: SmtpChannel, message: Any) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as caught:
        await channel.send(message)
    return caught.value


async def test_a_letter_arrives_as_it_was_written(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    await open_channel(server).send(make_message())
    (received,) = server.received
    assert (received.sender, received.recipient) == ("news@school.example", "anna@example.com")
    assert received.mail["Subject"] == "Подтвердите подписку"
    assert "\nhttps://school.example/confirm/abc\n" in received.text.replace("\r\n", "\n")


async def test_one_connection_serves_many_letters(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    channel = open_channel(server)
    for _ in range(5):
        await channel.send(make_message())
    assert (server.connected, len(server.received)) == (1, 5)


async def test_no_more_connections_than_allowed_are_opened(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    channel = open_channel(server, connections=3)
    await asyncio.gather(*[channel.send(make_message()) for _ in range(20)])
    assert len(server.received) == 20
    assert server.connected == 3


async def test_a_server_that_wants_fewer_connections_gets_fewer(
    start_server: StartServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    server = await start_server(most_connections=2)
    channel = open_channel(server, connections=5)
    await channel.send(make_message())
    await asyncio.gather(*[channel.send(make_message()) for _ in range(20)])
    assert len(server.received) == 21
    assert server.connected == 2


async def test_a_connection_that_went_stale_is_replaced_at_once(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    channel = open_channel(server)
    await channel.send(make_message())
    await server.hang_up()
    await channel.send(make_message())
    assert (server.connected, len(server.received)) == (2, 2)


async def test_a_server_that_says_goodbye_at_the_next_letter_is_called_again(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    channel = open_channel(server)
    await channel.send(make_message())
    server.mail_answers.append("421 4.4.2 idle for too long")
    await channel.send(make_message())
    assert (server.connected, len(server.received)) == (2, 2)


async def test_idle_connections_are_given_up(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_connections, "IDLE", 0.05)
    await open_channel(server).send(make_message())
    assert len(server.open) == 1
    await asyncio.sleep(0.3)
    assert server.open == []


@pytest.mark.parametrize(
    ("answer", "permanent", "recipient_refused"),
    [
        ("550 5.1.1 no such user", True, True),
        ("550 no such user", True, True),
        ("551 he has moved", True, True),
        ("553 that is no mailbox", True, True),
        ("550 5.1.10 null MX", True, True),
        ("550 5.2.1 mailbox disabled", True, True),
        ("550 5.4.1 Recipient address rejected: Access denied", True, True),
        ("550 5.5.0 mailbox unavailable", True, True),
        ("550 5.1.8 sender's address is bad", True, False),
        ("550 5.7.1 relaying denied", True, False),
        ("552 5.2.2 mailbox full", True, False),
        ("554 5.7.1 blocked by a list", True, False),
        ("554 transaction failed", True, False),
        ("450 4.2.1 try later", False, False),
        ("452 4.2.2 mailbox full", False, False),
    ],
)
async def test_refusals_at_rcpt_mean_what_their_codes_say(
    server: MailServer,
    open_channel: OpenChannel,
    make_message: MakeMessage,
    answer: str,
    permanent: bool,
    recipient_refused: bool,
) -> None:
    server.answers["nobody@example.com"] = answer
    channel = open_channel(server)
    failed = await failure(channel, make_message(recipient="nobody@example.com"))
    assert (failed.permanent, failed.recipient_refused) == (permanent, recipient_refused)
    assert answer in failed.reason
    await channel.send(make_message())
    assert server.connected == 1, "the connection goes on after a refusal"


@pytest.mark.parametrize("stage", ["mail", "data"])
async def test_a_refusal_of_sender_or_content_is_not_the_recipients(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage, stage: str
) -> None:
    getattr(server, f"{stage}_answers").extend(["550 5.1.1 no", "451 later"])
    channel = open_channel(server)
    first, second = await failure(channel, make_message()), await failure(channel, make_message())
    assert (first.permanent, first.recipient_refused) == (True, False)
    assert (second.permanent, isinstance(second, ChannelAway)) == (False, False)
    await channel.send(make_message())
    assert len(server.received) == 1


async def test_a_connection_that_breaks_in_the_middle_of_a_letter_is_a_temporary_failure(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    channel = open_channel(server)
    server.drop_at = "DATA"
    failed = await failure(channel, make_message())
    assert (failed.permanent, isinstance(failed, ChannelAway)) == (False, False)
    server.drop_at = ""
    await channel.send(make_message())
    assert len(server.received) == 1


async def test_a_server_that_hangs_up_before_the_letter_began_is_away(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    server.drop_at = "MAIL"
    assert isinstance(await failure(open_channel(server), make_message()), ChannelAway)
    assert server.connected == 2


async def test_a_server_that_is_not_there_is_away_until_it_comes_back(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    channel = open_channel(server)
    await channel.send(make_message())
    await server.stop()
    assert isinstance(await failure(channel, make_message()), ChannelAway)
    await server.start()
    await channel.send(make_message())
    assert len(server.received) == 2


async def test_a_letter_that_is_cancelled_leaves_no_broken_connection_behind(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    channel = open_channel(server, connections=1)
    server.slow = 30
    task = asyncio.create_task(channel.send(make_message()))
    await server.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    server.slow = 0
    await channel.send(make_message())
    assert len(server.received) == 1


async def test_starttls_with_a_login_from_the_url(
    start_server: StartServer, open_channel: OpenChannel, make_message: MakeMessage, certificate: Certificate
) -> None:
    server = await start_server()
    server.options = {"tls_context": certificate.server, "authenticator": server.authenticate, "auth_required": True}
    channel = open_channel(
        server, scheme="smtp+starttls", login="me%40school:s3cret%3A%20%40%2F@", tls=certificate.client
    )
    await channel.send(make_message())
    assert server.logins == [("me@school", "s3cret: @/")]
    assert server.encrypted == [True]


async def test_a_wrong_password_means_that_the_server_is_no_server_for_us(
    start_server: StartServer, open_channel: OpenChannel, make_message: MakeMessage, certificate: Certificate
) -> None:
    server = await start_server()
    server.options = {"tls_context": certificate.server, "authenticator": server.authenticate, "auth_required": True}
    for login in ("me:wrong@", ""):
        channel = open_channel(server, scheme="smtp+starttls", login=login, tls=certificate.client)
        failed = await failure(channel, make_message())
        assert isinstance(failed, ChannelAway)
        assert "wrong" not in failed.reason


async def test_encryption_from_the_start(
    start_server: StartServer, open_channel: OpenChannel, make_message: MakeMessage, certificate: Certificate
) -> None:
    server = await start_server(implicit_tls=certificate.server)
    await open_channel(server, scheme="smtps", tls=certificate.client).send(make_message())
    assert server.encrypted == [True]


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
async def test_a_certificate_that_nobody_vouches_for_is_not_accepted_where_encryption_is_demanded(
    start_server: StartServer,
    open_channel: OpenChannel,
    make_message: MakeMessage,
    certificate: Certificate,
    scheme: str,
) -> None:
    if scheme == "smtps":
        server = await start_server(implicit_tls=certificate.server)
    else:
        server = await start_server(options={"tls_context": certificate.server})
    assert isinstance(await failure(open_channel(server, scheme=scheme), make_message()), ChannelAway)
    assert server.received == []


async def test_a_server_without_encryption_is_refused_where_it_is_demanded(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    assert isinstance(await failure(open_channel(server, scheme="smtp+starttls"), make_message()), ChannelAway)


async def test_plain_smtp_encrypts_where_it_is_offered_with_any_certificate(
    start_server: StartServer, open_channel: OpenChannel, make_message: MakeMessage, certificate: Certificate
) -> None:
    server = await start_server(options={"tls_context": certificate.server})
    await open_channel(server).send(make_message())
    assert server.encrypted == [True]


async def test_plain_smtp_without_a_login_goes_on_in_the_clear_if_encryption_fails(
    start_server: StartServer, open_channel: OpenChannel, make_message: MakeMessage, certificate: Certificate
) -> None:
    server = await start_server(options={"tls_context": certificate.server})
    # A client that trusts nobody stands for a server whose encryption is broken.
    await open_channel(server, tls=ssl.create_default_context()).send(make_message())
    assert server.encrypted == [False]


async def test_addresses_beyond_ascii(server: MailServer, open_channel: OpenChannel, make_message: MakeMessage) -> None:
    channel = open_channel(server)
    await channel.send(make_message(recipient="anna@пример.рф"))
    await channel.send(make_message(recipient="анна@пример.рф"))
    assert [received.recipient for received in server.received] == [
        "anna@xn--e1afmkfd.xn--p1ai",
        "анна@xn--e1afmkfd.xn--p1ai",
    ]
    assert "To: анна@xn--e1afmkfd.xn--p1ai\r\n".encode() in server.received[1].raw


async def test_a_server_without_smtputf8_refuses_only_the_letter(
    start_server: StartServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    server = await start_server(options={"enable_SMTPUTF8": False})
    channel = open_channel(server)
    failed = await failure(channel, make_message(recipient="анна@example.com"))
    assert (failed.permanent, failed.recipient_refused) == (True, False)
    await channel.send(make_message())


async def test_a_closed_channel_is_away(
    server: MailServer, open_channel: OpenChannel, make_message: MakeMessage
) -> None:
    channel = open_channel(server)
    await channel.close()
    assert isinstance(await failure(channel, make_message()), ChannelAway)


@pytest.mark.parametrize("url", ["http://mail.test", "smtp://", "mail.test:25"])
def test_an_unusable_address_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be an smtp"):
        SmtpChannel(url)
