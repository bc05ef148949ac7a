"""A real mail server that keeps what it is sent, and reading of emails."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What the mail server got, and whom it refuses."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.came = asyncio.Event()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if address in self.refused:
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a letter."""
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.came.set()
        return "250 OK"

    async def letter_to(self, recipient: str) -> EmailMessage:
        """Wait for a letter to ``recipient``."""
        async with asyncio.timeout(20):
            while True:
                for letter in self.letters:
                    if recipient in str(letter["To"]):
                        return letter
                self.came.clear()
                await self.came.wait()


@asynccontextmanager
async def mail_server() -> AsyncIterator[tuple[Mailbox, str]]:
    """Run a mail server in this event loop; give its mailbox and its address."""
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    try:
        yield mailbox, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()


def link_in(letter: EmailMessage, word: str) -> str:
    """Find the link with ``word`` in the text part of a letter."""
    part = letter.get_body(("plain",))
    assert part is not None
    (found,) = [line for line in part.get_content().splitlines() if re.fullmatch(rf"http\S+/{word}/\S+", line)]
    return str(found)
