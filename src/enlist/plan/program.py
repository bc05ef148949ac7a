"""The program as it runs: an opened installation, the server with one worker, further workers."""

import asyncio
import gc
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from socket import socket

from enlist import migrations
from enlist.domain import accounts
from enlist.migrations.blocks import begin_block
from enlist.plan.doors import open_doors
from enlist.plan.installation import Installation
from enlist.plan.reactions import HEARD
from enlist.plan.settings import Settings
from enlist.plan.worker import worker
from enlist.runtime import loops, metrics, postgres
from enlist.runtime.db import Database
from enlist.runtime.http.listening import bind, url_of
from enlist.runtime.http.server import HttpServer
from enlist.runtime.postgres.binaries import Binaries, find_tools
from enlist.runtime.processes import Link, Processes, this_program
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
        await begin_block(server.dsn, settings.cell)
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
    """Serve all doors with one worker until told to stop, in as many processes as the settings say.

    ``listening`` is told the address once calls are answered; ``prepare`` runs before that, on the open database.
    Raises CannotListen before anything is opened, what ``open_installation`` raises, and ProcessesFailed.
    """
    count = settings.processes or os.cpu_count() or 1
    sets = bind(settings.host, settings.port, copies=count)
    async with server_at(settings):
        async with open_installation(settings) as installation:
            if prepare is not None:
                await prepare(installation)
            if count == 1:
                await _serve_doors(installation, sets[0], listening, figures=_own_figures)
                return
        processes = Processes(this_program("serve-part"), sets)
        with on_stop_signals(processes.stop, processes.hurry):
            await processes.run(lambda: listening(url_of(sets[0][0])))


async def serve_part(settings: Settings, place: int, link_file: int, socket_files: Sequence[int]) -> None:
    """Be one of several processes that serve: the one at ``place`` 0 runs the worker for all of them."""
    link = Link(metrics.render)
    await link.open(link_file)
    try:
        async with open_installation(settings) as installation:
            await _serve_doors(
                installation,
                [socket(fileno=file) for file in socket_files],
                lambda _: link.ready(),
                figures=link.figures,
                works=place == 0,
                link=link,
            )
    finally:
        await link.close()


async def _serve_doors(
    installation: Installation,
    sockets: Sequence[socket],
    listening: Callable[[str], None],
    *,
    figures: Callable[[], Awaitable[bytes]],
    works: bool = True,
    link: Link | None = None,
) -> None:
    signals = Signals(installation.database)
    background = worker(installation, signals) if works else loops.running(signals.loop())
    async with open_doors(installation, signals, figures) as app, background:
        _settle()
        server = HttpServer(app, sockets, listening, trusted=installation.settings.trusted_proxies)
        if link is not None:
            link.on_stop(server.stop)
        with on_stop_signals(server.stop, server.hurry):
            await server.serve()


async def _own_figures() -> bytes:
    return metrics.render()


async def work(settings: Settings, working: Callable[[], None]) -> None:
    """Run a further worker until told to stop; ``working()`` is called when it has started."""
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
