"""Builds the program: settings, database, doors, channels, workers, and who is plugged into whom."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from signal import SIGINT, SIGTERM

from enlist import migrations
from enlist.channels.console import ConsoleChannel
from enlist.channels.postback import PostbackChannel
from enlist.channels.smtp import SmtpChannel
from enlist.channels.stripe_checkout import StripeCheckout
from enlist.domain import accounts, delivery, groups, orders, partners, profiles, segments
from enlist.doors import clicks, health, just, justclick, public
from enlist.doors.justclick.calls import Services
from enlist.reactions import REACTIONS
from enlist.runtime import postgres, tasks
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from enlist.runtime.facts import Dispatcher
from enlist.runtime.geo import Geo, default_country_file
from enlist.runtime.http import App, Receive, Scope, Send
from enlist.runtime.http.server import HttpServer
from enlist.runtime.jobs import Jobs
from enlist.runtime.outbound import Outbound
from enlist.runtime.postgres import backup
from enlist.runtime.postgres.backup import secret_beside
from enlist.runtime.postgres.binaries import Binaries, find_tools
from enlist.runtime.settings import Settings
from enlist.runtime.signals import Signals
from enlist.runtime.vault import Vault, WrongSecret, find_secret, keep_secret, secret_file

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ground:
    """What every command stands on: the settings, the migrated database, the secret."""

    settings: Settings
    database: Database
    vault: Vault


Preparation = Callable[[Ground], Awaitable[None]]


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
async def ground(settings: Settings) -> AsyncIterator[Ground]:
    """Open the database, brought up to date, and make sure that the secret at hand is its own.

    Raises PostgresUnavailable, MigrationFailed, DatabaseAway, WrongSecret.
    """
    async with server_at(settings) as server:
        if await migrations.bring_up_to_date(server.dsn):
            _log.info("the database is at step %s now", migrations.latest())
        database = Database(server.dsn, connections=settings.connections)
        await database.open()
        try:
            vault = Vault(find_secret(settings.secret, settings.data))
            async with database.transaction() as tx:
                await accounts.check_secret(tx, vault)
            yield Ground(settings, database, vault)
        finally:
            await database.close()


@asynccontextmanager
async def doors(ground: Ground, signals: Signals) -> AsyncIterator[App]:
    """Open all doors: one ASGI app, with the batches behind it."""
    settings, database = ground.settings, ground.database
    directory = accounts.Directory(database, ground.vault, settings.domains)
    sites = accounts.SiteDirectory(database)
    for changed in (accounts.CHANGED, accounts.SITES_CHANGED):
        signals.on(changed, directory.forget)
        signals.on(changed, sites.forget)
    known_groups = groups.KnownGroups()
    signals.on(groups.CHANGED, known_groups.forget)
    enrolments: Batch[groups.Enrolment, groups.Enrolled] = Batch(
        "enrolments", database, partial(groups.enrol, known=known_groups)
    )
    created: Batch[profiles.NewProfile, str] = Batch("profiles", database, profiles.create)
    subscribed: Batch[profiles.Subscription, None] = Batch("subscriptions", database, profiles.subscribe)
    recorded: Batch[segments.Action, None] = Batch("actions", database, segments.record)
    placed: Batch[orders.NewOrder, orders.Placed] = Batch("orders", database, orders.place)
    known_partners = partners.KnownPartners()
    signals.on(partners.CHANGED, known_partners.forget)
    clicked: Batch[partners.NewClick, partners.Clicked] = Batch(
        "clicks", database, partial(partners.record_clicks, known=known_partners)
    )
    geo = Geo(settings.geoip_file, default_country_file())
    stripe = StripeCheckout(settings.stripe_url)
    links_key = _links_key(ground)
    pages = public.build(
        database=database,
        directory=directory,
        enrol=enrolments.put,
        place_order=placed.put,
        payment_channels={stripe.name: stripe},
        vault=ground.vault,
        links_key=links_key,
        settings=settings,
    )
    followed = clicks.build(clicks.Services(database, clicked.put), directory, settings, missing=pages)
    signed = justclick.build(
        Services(database, enrolments.put, placed.put, public.payment_link(links_key, settings)), directory, settings
    )
    tokened = just.build(just.Services(database, created.put, subscribed.put, recorded.put, geo.find), sites, settings)
    watched = health.build(database)
    try:
        yield _mount(signed, tokened, followed, pages, watched)
    finally:
        for batch in (enrolments, created, subscribed, recorded, placed, clicked):
            await batch.close()
        await stripe.close()
        geo.close()


def _mount(signed: App, tokened: App, followed: App, pages: App, watched: App) -> App:
    """Say which door a path belongs to (readings.md#1)."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/api/"):
            await (tokened if path.startswith("/api/user/v1/") else signed)(scope, receive, send)
        elif path in health.PATHS:
            await watched(scope, receive, send)
        elif path.startswith(clicks.PATHS):
            await followed(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return app


@asynccontextmanager
async def worker(ground: Ground, signals: Signals) -> AsyncIterator[None]:
    """Run a worker: it sends letters, hands out facts and runs jobs."""
    settings, links_key = ground.settings, _links_key(ground)
    channel = SmtpChannel(settings.smtp_url, settings.smtp_connections) if settings.smtp_url else ConsoleChannel()
    sending = delivery.Sending(
        ground.database,
        channel,
        {
            groups.CONFIRMATION_LETTER: groups.confirmation_composer(public.links(links_key, settings)),
            orders.ORDER_LETTER: orders.purchase_composer(public.payment_links(links_key, settings)),
            **dict.fromkeys(partners.LETTERS, partners.letter_composer(public.partner_links(links_key, settings))),
        },
        sender=settings.mail_from,
        at_once=settings.smtp_connections,
    )
    signals.on(delivery.QUEUED, lambda _: sending.wake())
    outbound = Outbound(allowed=settings.outbound_networks)
    dispatcher = Dispatcher(ground.database, REACTIONS)
    jobs = Jobs(
        ground.database.dsn,
        {
            "delivery.prune": _pruning(ground),
            "segments.keep_partitions": _parting(ground),
            "partners.prune_visitors": _forgetting(ground),
            partners.POST_BACK: partners.post_back(ground.database, PostbackChannel(outbound).tell),
        },
        by_the_clock={
            "delivery.prune": "17 3 * * *",
            "segments.keep_partitions": "7 * * * *",
            "partners.prune_visitors": "*/10 * * * *",
        },
    )
    async with ground.database.transaction() as tx:
        await segments.keep_partitions(tx)
    work = {
        "letters": sending.run,
        "facts": dispatcher.run,
        "overdue orders": orders.Expiring(ground.database).run,
        "jobs": jobs.run,
        "segments": segments.Assigning(ground.database).run,
        "segments as a whole": segments.Computing(ground.database).run,
    }
    async with tasks.running(work):
        yield
    await channel.close()
    await outbound.close()


async def serve(settings: Settings, listening: Callable[[str], None], prepare: Preparation | None = None) -> None:
    """Serve all doors with one worker until told to stop.

    ``listening`` is told the address once calls are answered; ``prepare`` runs before that, on the open database.
    """
    async with ground(settings) as base:
        if prepare is not None:
            await prepare(base)
        signals = Signals(base.database)
        async with (
            doors(base, signals) as app,
            worker(base, signals),
            tasks.running({"signals": signals.run}),
        ):
            _settle()
            await HttpServer(app, settings.host, settings.port, listening).serve()


async def work(settings: Settings, working: Callable[[], None]) -> None:
    """Run a further worker until told to stop; ``working`` is told when it has begun."""
    stop = asyncio.Event()
    for signal in (SIGINT, SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal, stop.set)
    async with ground(settings) as base:
        signals = Signals(base.database)
        async with worker(base, signals), tasks.running({"signals": signals.run}):
            working()
            await stop.wait()


async def back_up(settings: Settings, file: Path) -> Path:
    """Write the whole database to ``file`` and the secret beside it; return where the secret is.

    Raises BackupFailed and what ``server_at`` raises.
    """
    async with server_at(settings) as server:
        secret = find_secret(settings.secret, settings.data)
        await backup.back_up(server.dsn, file, binaries=server.binaries, secret=secret)
    return secret_beside(file)


async def restore(settings: Settings, file: Path, *, replace: bool) -> None:
    """Bring back what ``back_up`` wrote, with its secret, and migrate it. Raises RestoreFailed, WrongSecret."""
    keys = secret_beside(file)
    if settings.secret is not None and keys.exists() and keys.read_bytes().strip() != settings.secret.encode():
        raise WrongSecret(f"ENLIST_SECRET is not the secret of this backup, which is in {keys}")
    async with server_at(settings) as server:
        secret = await backup.restore(server.dsn, file, binaries=server.binaries, replace=replace)
        if secret is not None and settings.secret is None:
            settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            keep_secret(secret.strip(), secret_file(settings.data))
        async with ground(settings):
            pass


def _settle() -> None:
    """Leave what lives as long as the program out of garbage collection, and collect the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _links_key(ground: Ground) -> bytes:
    return ground.vault.signing_key("links")


def _pruning(ground: Ground) -> Callable[[int], Awaitable[None]]:
    async def prune(timestamp: int) -> None:
        deleted = 1
        while deleted:
            async with ground.database.transaction() as tx:
                deleted = await delivery.prune(tx, timedelta(days=ground.settings.keep_letters))

    return prune


def _forgetting(ground: Ground) -> Callable[[int], Awaitable[None]]:
    async def forget(timestamp: int) -> None:
        forgotten = 1
        while forgotten:
            async with ground.database.transaction() as tx:
                forgotten = await partners.prune_visitors(tx)

    return forget


def _parting(ground: Ground) -> Callable[[int], Awaitable[None]]:
    async def part(timestamp: int) -> None:
        async with ground.database.transaction() as tx:
            await segments.keep_partitions(tx)
            if ground.settings.keep_actions is not None:
                await segments.drop_old(tx, timedelta(days=ground.settings.keep_actions))

    return part
