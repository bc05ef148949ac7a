"""The program as it runs: an opened installation, the server with one worker, further workers."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from enlist import migrations
from enlist.domain import accounts
from enlist.plan.doors import open_doors
from enlist.plan.installation import Installation
from enlist.plan.reactions import HEARD
from enlist.plan.worker import worker
from enlist.runtime import postgres
from enlist.runtime.db import Database
from enlist.runtime.http.listening import bind
from enlist.runtime.http.server import HttpServer
from enlist.runtime.postgres.binaries import Binaries, find_tools
from enlist.runtime.settings import Settings
from enlist.runtime.signals import Signals
from enlist.runtime.stopping import on_stop_signals
from enlist.runtime.vault import Vault, find_secret

_log = logging.getLogger(__name__)

Preparation = Callable[[Installation], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Server:
    """A database server: the address of our database on it, and the programs that can dump and restore it."""

    dsn: str
    binaries: Binaries


@asynccontextmanager
async def server_at(settings: Settings) -> AsyncIterator[Server]:
    """Give the database server: the private one, started if need be, or the one that the settings name.

    Raises PostgresUnavailable.
    """
    if settings.database_url is not None:
        yield Server(settings.database_url, await find_tools())
        return
    server = await postgres.join(settings.data, server_user=settings.postgres_user)
    try:
        yield Server(server.dsn(), server.binaries)
    finally:
        await server.leave()


@asynccontextmanager
async def open_installation(settings: Settings) -> AsyncIterator[Installation]:
    """Open the database, brought up to date, and make sure that the secret at hand is its own.

    Raises PostgresUnavailable, MigrationFailed, DatabaseAway, WrongSecret.
    """
    async with server_at(settings) as server:
        if await migrations.bring_up_to_date(server.dsn):
            _log.info("the database is at step %s now", migrations.latest())
        database = Database(server.dsn, connections=settings.connections, hears=HEARD)
        await database.open()
        try:
            vault = Vault(find_secret(settings.secret, settings.data))
            async with database.transaction() as tx:
                await accounts.check_secret(tx, vault)
            yield Installation(settings, database, vault)
        finally:
            await database.close()


async def serve(settings: Settings, listening: Callable[[str], None], prepare: Preparation | None = None) -> None:
    """Serve all doors with one worker until told to stop.

    ``listening`` is told the address once calls are answered; ``prepare`` runs before that, on the open database.
    """
    (sockets,) = bind(settings.host, settings.port)
    async with open_installation(settings) as installation:
        if prepare is not None:
            await prepare(installation)
        signals = Signals(installation.database)
        async with open_doors(installation, signals) as app, worker(installation, signals):
            _settle()
            server = HttpServer(app, sockets, listening, trusted=settings.trusted_proxies)
            with on_stop_signals(server.stop):
                await server.serve()


async def work(settings: Settings, working: Callable[[], None]) -> None:
    """Run a further worker until told to stop; ``working`` is told when it has begun."""
    stop = asyncio.Event()
    with on_stop_signals(stop.set):
        async with open_installation(settings) as installation, worker(installation, Signals(installation.database)):
            working()
            await stop.wait()


def _settle() -> None:
    """Leave what lives as long as the program out of garbage collection, and collect the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
