"""Connections to one mail server, kept between letters: limited in number, reused, closed when idle."""

import asyncio
import logging
import ssl
from typing import Final

from aiosmtplib import SMTP, SMTPConnectResponseError, SMTPException, SMTPHeloError

from enlist.channels.smtp_server import MailServer
from enlist.domain.delivery import ChannelAway

_log = logging.getLogger(__name__)

IDLE: Final = 20.0  # seconds; shorter than any server's or router's own patience
CONNECT_TIME: Final = 30.0  # for connecting, encrypting and logging in, in all
COMMAND_TIME: Final = 60.0
FAREWELL_TIME: Final = 2.0
LIMITED_TIME: Final = 60.0  # for how long fewer connections are used after the server asked for that


class Connections:
    """Connections that are lent to one letter at a time."""

    def __init__(self, server: MailServer, most: int) -> None:
        """Keep up to ``most`` connections to ``server``; none is opened before it is needed."""
        self._server = server
        self._most = most
        self._limit, self._limited_until = most, 0.0
        self._open = 0
        self._idle: dict[SMTP, asyncio.TimerHandle] = {}
        self._freed = asyncio.Event()
        self._turn = asyncio.Lock()
        self._farewells: set[asyncio.Task[None]] = set()
        self._local_name: str | None = None
        self._encrypts = True
        self._closed = False

    async def take(self, *, fresh: bool = False) -> SMTP:
        """Borrow a connection, waiting for one if need be; a ``fresh`` one if those at hand turned out to be stale.

        Raises ChannelAway.
        """
        if self._closed:
            raise ChannelAway("the channel is closed")
        if fresh:
            self._retire_all()
        while True:
            async with self._turn:  # first come, first served
                client = await self._idle_or_room()
            if client := client or await self._open_one():
                return client

    def give(self, client: SMTP) -> None:
        """Take back a connection; one that is broken is forgotten."""
        if self._closed or not client.is_connected:
            self._forget(client)
            return
        self._idle[client] = asyncio.get_running_loop().call_later(IDLE, self._retire, client)
        self._freed.set()

    async def close(self) -> None:
        """Say goodbye on all idle connections; those lent out are closed when they come back."""
        self._closed = True
        self._retire_all()
        if self._farewells:
            await asyncio.wait(self._farewells)

    def _room(self) -> int:
        return self._limit if asyncio.get_running_loop().time() < self._limited_until else self._most

    async def _idle_or_room(self) -> SMTP | None:
        """Wait for a connection, or for the right to open one (None), which is taken thereby."""
        while True:
            while self._idle:
                client, timer = self._idle.popitem()
                timer.cancel()
                if client.is_connected:
                    return client
                self._forget(client)
            if self._open < self._room():
                self._open += 1
                return None
            self._freed.clear()
            await self._freed.wait()

    async def _open_one(self) -> SMTP | None:
        """Open a connection; None if the server, which has let others in, wants no more of us."""
        try:
            return await self._connect()
        except SMTPConnectResponseError as refusal:
            self._give_up_one()
            if self._open < 1 or refusal.code >= 500:
                raise ChannelAway(_say(refusal)) from refusal
            self._limit, self._limited_until = self._open, asyncio.get_running_loop().time() + LIMITED_TIME
            return None
        except (SMTPException, OSError, TimeoutError, ValueError) as reason:
            self._give_up_one()
            raise ChannelAway(_say(reason)) from reason
        except BaseException:
            self._give_up_one()
            raise

    async def _connect(self) -> SMTP:
        async with asyncio.timeout(CONNECT_TIME):
            try:
                return await self._connect_as(self._encrypts)
            except (ssl.SSLError, SMTPException) as reason:
                if not (self._encrypts and self._server.may_speak_plainly and _is_about_encryption(reason)):
                    raise
                _log.warning("%s offers encryption but cannot do it: %s", self._server.host, _say(reason))
                self._encrypts = False
                return await self._connect_as(False)

    async def _connect_as(self, encrypted: bool) -> SMTP:
        server = self._server
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.encryption == "from the start",
            start_tls={"must": True, "from the start": False, "if offered": None if encrypted else False}[
                server.encryption
            ],
            tls_context=server.tls,
            timeout=COMMAND_TIME,
            local_hostname=self._local_name,
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await _greet(client)
        except BaseException:
            client.close()
            raise
        self._local_name = client.local_hostname  # finding it out may ask a name server
        return client

    def _forget(self, client: SMTP) -> None:
        client.close()
        self._give_up_one()

    def _give_up_one(self) -> None:
        self._open -= 1
        self._freed.set()

    def _retire_all(self) -> None:
        for client in list(self._idle):
            self._retire(client)

    def _retire(self, client: SMTP) -> None:
        if timer := self._idle.pop(client, None):
            timer.cancel()
            self._give_up_one()
            farewell = asyncio.create_task(_say_goodbye(client))
            self._farewells.add(farewell)
            farewell.add_done_callback(self._farewells.discard)


async def _greet(client: SMTP) -> None:
    try:
        await client.ehlo()
    except SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


async def _say_goodbye(client: SMTP) -> None:
    try:
        await client.quit(timeout=FAREWELL_TIME)
    except (SMTPException, OSError, TimeoutError):
        pass
    finally:
        client.close()


def _is_about_encryption(reason: Exception) -> bool:
    return isinstance(reason, ssl.SSLError) or getattr(reason, "code", 0) == 454


def _say(reason: BaseException) -> str:
    return f"no connection to the mail server: {str(reason) or type(reason).__name__}"
