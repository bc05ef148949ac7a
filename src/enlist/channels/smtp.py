"""SMTP as a channel: each message is handed to one mail server, over connections that are kept for the next."""

import ssl

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)
from msgspec import Struct

from enlist.channels import building
from enlist.channels.smtp_answers import Stage, read_answer
from enlist.channels.smtp_connections import Connections
from enlist.channels.smtp_server import read_server
from enlist.domain.delivery import ChannelAway, DeliveryFailed, Message


class SmtpChannel:
    """Hands messages to a mail server."""

    def __init__(self, url: str, connections: int = 4, *, tls: ssl.SSLContext | None = None) -> None:
        """Use the server at ``url`` (see ``smtp_server.MailServer``), over up to ``connections`` at once.

        ``tls`` replaces the system's idea of which certificates are valid. Raises ValueError for an unusable ``url``.
        """
        self._connections = Connections(read_server(url, tls), connections)

    async def send(self, message: Message) -> None:
        """Hand over ``message``; to return means that the server has taken it.

        Raises DeliveryFailed; ChannelAway if the server cannot be reached or does not let us in.
        """
        parcel = _pack(message)
        try:
            await self._send_over(await self._connections.take(), parcel)
        except _Stale:
            try:
                await self._send_over(await self._connections.take(fresh=True), parcel)
            except _Stale as reason:
                raise ChannelAway(str(reason)) from reason

    async def close(self) -> None:
        """Say goodbye to the server."""
        await self._connections.close()

    async def _send_over(self, client: SMTP, parcel: "_Parcel") -> None:
        try:
            await _hand_over(client, parcel)
        except DeliveryFailed:
            raise
        except BaseException:
            client.close()  # its answer to the next command would be unreliable
            raise
        finally:
            self._connections.give(client)


class _Stale(Exception):
    """The connection broke before this letter was begun: try another connection."""


class _Parcel(Struct, frozen=True):
    sender: str
    recipient: str
    body: bytes

    @property
    def encoding(self) -> str:
        return "ascii" if self.sender.isascii() and self.recipient.isascii() else "utf-8"


def _pack(message: Message) -> _Parcel:
    try:
        recipient = building.address(message.recipient)
    except ValueError as reason:
        raise DeliveryFailed(permanent=True, reason=str(reason), recipient_refused=True) from reason
    return _Parcel(building.address(message.sender), recipient, building.build(message))


async def _hand_over(client: SMTP, parcel: _Parcel) -> None:
    """Say the three commands. Leaves the connection ready for the next letter, or closed."""
    stage: Stage = "MAIL FROM"
    options = _options(client, parcel)
    try:
        await client.mail(parcel.sender, options=options, encoding=parcel.encoding)
        stage = "RCPT TO"
        await client.rcpt(parcel.recipient, encoding=parcel.encoding)
        stage = "DATA"
        await client.data(parcel.body)
    except SMTPResponseException as answer:
        if stage == "MAIL FROM" and answer.code == 421:
            raise _Stale(f"{stage}: 421 {answer.message}") from answer
        await _begin_anew(client)
        raise read_answer(stage, answer.code, answer.message) from answer
    except (SMTPServerDisconnected, SMTPTimeoutError) as reason:
        client.close()
        if stage == "MAIL FROM":
            raise _Stale(f"{stage}: {reason}") from reason
        raise DeliveryFailed(permanent=False, reason=f"{stage}: {reason}") from reason


def _options(client: SMTP, parcel: _Parcel) -> list[str]:
    options = [f"SIZE={len(parcel.body)}"] if client.supports_extension("size") else []
    if parcel.encoding == "ascii":
        return options
    if not client.supports_extension("smtputf8"):
        raise DeliveryFailed(permanent=True, reason="the mail server cannot write to addresses beyond ASCII (SMTPUTF8)")
    return [*options, "SMTPUTF8", "BODY=8BITMIME"]


async def _begin_anew(client: SMTP) -> None:
    try:
        await client.rset()
    except (TimeoutError, SMTPException, OSError):
        client.close()
