"""A real server process with its own data folder, and a real mail server, for the journeys."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session

from enlist.kit import signing

KEY = "the-key-of-the-journeys"


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


class Program:
    """The installed program on one data folder."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data = data
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ENLIST_")}
        given = {"data": str(data), "port": "0", **settings}
        self.environment = clean | {f"ENLIST_{name.upper()}": value for name, value in given.items()}

    async def run(self, *words: str, expect: int = 0) -> str:
        """Run a command to its end; return what it printed (what it complained about, if it is to fail)."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "enlist.cli",
            *words,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, complained = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == expect, (said, complained)
        return (complained if expect else said).decode()

    async def ask(self, *words: str) -> Any:
        """Run a command with ``--json``; return its answer."""
        return json.loads(await self.run(*words, "--json"))

    @asynccontextmanager
    async def serving(self, command: str = "serve") -> AsyncIterator["Serving"]:
        """Run a server; it is stopped gently at the end, unless it was killed before."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "enlist.cli",
            command,
            "--json",
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=2**20,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        log = asyncio.create_task(process.stderr.read())
        said = b""
        async with asyncio.timeout(60):
            while not said.endswith(b"}\n"):
                line = await process.stdout.readline()
                assert line, await log
                said += line
        rest = asyncio.create_task(process.stdout.read())
        serving = Serving(process, json.loads(said))
        try:
            yield serving
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.wait(), 30)
            await asyncio.gather(rest, log)
            serving.log = log.result().decode()


class Serving:
    """A running server."""

    def __init__(self, process: asyncio.subprocess.Process, said: dict[str, Any]) -> None:
        self.process, self.said = process, said
        self.address: str = said.get("listening", "")
        self.log = ""

    def client(self, login: str = "shop") -> httpx.AsyncClient:
        """A client that comes to the host of ``login``."""
        limits = httpx.Limits(max_connections=100)
        return httpx.AsyncClient(
            base_url=self.address, headers={"Host": f"{login}.localhost"}, timeout=20, limits=limits
        )

    def kill(self) -> None:
        """Kill the process on the spot."""
        self.process.kill()


async def call(
    client: httpx.AsyncClient, function: str, *pairs: tuple[str, str], login: str = "shop"
) -> dict[str, Any]:
    """Make a signed call."""
    answer = await client.post(
        f"/api/{function}",
        content=signing.sign(pairs, login, KEY),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    said: dict[str, Any] = answer.json()
    return said


def link_in(letter: EmailMessage, word: str) -> str:
    """Find the link with ``word`` in the text part of a letter."""
    part = letter.get_body(("plain",))
    assert part is not None
    (found,) = [line for line in part.get_content().splitlines() if re.fullmatch(rf"http\S+/{word}/\S+", line)]
    return str(found)
