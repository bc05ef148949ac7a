"""The Just door on a real database, with two sites of one account."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from enlist.domain import accounts, profiles, segments
from enlist.doors import just
from enlist.plan.settings import Settings, read_settings
from enlist.runtime.batch import Batch
from enlist.runtime.geo import Geo, default_country_file
from enlist.runtime.http import App
from tests.support.wire import AppTransport
from tests.support.world import Clock, World

SETTINGS = read_settings({})
# The tokens of the documents' samples, 32 letters and 31.
TOKEN = "cLH6gah9CVp1j9kNoGrvl0i1rzLXSWDS"
OTHER_TOKEN = "0zNPYIFit4eqkGm7Mvd5WVfAU9ngXOy"
EMPTIED = (
    "events",
    "profiles",
    "subscriptions",
    "refid_months",
    "actions",
    "action_diagnostics",
    "segment_members",
    "segments",
    "sites",
)
BASE = "http://api.justservices.cc"
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@dataclass
class Door:
    """A door, what it stands on, and the sites whose calls it takes."""

    world: World
    services: just.Services
    app: App
    site: accounts.Site
    other: accounts.Site

    def client(self, token: str | None = TOKEN) -> httpx.AsyncClient:
        headers = {} if token is None else {"X-AUTH-TOKEN": token}
        return httpx.AsyncClient(transport=AppTransport(self.app), base_url=BASE, headers=headers)


@pytest.fixture(scope="module")
def module_clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def clock(module_clock: Clock) -> Clock:
    """The database's clock, at noon of some day."""
    module_clock.now = NOON
    return module_clock


@pytest.fixture
def settings() -> Settings:
    return SETTINGS


@pytest.fixture(scope="module")
async def ground(dsn: str, module_clock: Clock) -> AsyncIterator[tuple[World, just.Services, accounts.Account]]:
    """A database and the batches on it, which cost too much to be opened for each test, and an account."""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(World.open(dsn, module_clock))
        yield world, services_on(stack, world), await world.account()


@pytest.fixture
async def door(ground: tuple[World, just.Services, accounts.Account], clock: Clock, settings: Settings) -> Door:
    """A door with a site in Moscow and another one, and nothing in them."""
    world, services, account = ground
    async with world.transaction() as tx:
        for table in EMPTIED:
            await tx.execute(f"DELETE FROM {table}")
        site, _ = await accounts.create_site(tx, account.id, "main", token=TOKEN, time_zone="Europe/Moscow")
        other, _ = await accounts.create_site(tx, account.id, "other", token=OTHER_TOKEN)
    return Door(world, services, just.build(services, accounts.SiteDirectory(world.database), settings), site, other)


def services_on(stack: AsyncExitStack, world: World) -> just.Services:
    """Put the batches before a database as the program does."""
    created: Batch[profiles.NewProfile, str] = Batch("test profiles", world.database, profiles.create)
    subscribed: Batch[profiles.Subscription, None] = Batch("test subscriptions", world.database, profiles.subscribe)
    recorded: Batch[segments.Action, None] = Batch("test actions", world.database, segments.record)
    for batch in (created, subscribed, recorded):
        stack.push_async_callback(batch.close)
    geo = Geo(None, default_country_file())
    stack.callback(geo.close)
    return just.Services(world.database, created.put, subscribed.put, recorded.put, geo.find)


@pytest.fixture
async def client(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the first site."""
    async with door.client() as client:
        yield client
