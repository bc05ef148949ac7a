"""The click door on a real database: an owner with products, and a recorder in place of the partners' books."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal

import httpx
import pytest

from enlist.domain import accounts, attribution, products
from enlist.doors.justclick import clicks
from enlist.plan.settings import read_settings
from enlist.runtime.batch import Busy
from enlist.runtime.http import Answer, App, Request, plain
from tests.support.wire import AppTransport
from tests.support.world import VAULT, World

SETTINGS = read_settings({"ENLIST_DOMAINS": "localhost,shops.example", "ENLIST_TRUSTED_PROXIES": "127.0.0.1/32"})
NOBODY = attribution.Clicked(None)
COUNTED = attribution.Clicked(17)


@dataclass
class Door:
    """The door, its owners, what it recorded, and what it is told then."""

    app: App
    shop: accounts.Account
    other: accounts.Account
    course: products.Product
    clicks: list[attribution.NewClick] = field(default_factory=list)
    outcome: attribution.Clicked | Exception = COUNTED

    async def record(self, click: attribution.NewClick) -> attribution.Clicked:
        """Keep a click, or fail."""
        self.clicks.append(click)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


async def missing(_: Request) -> Answer:
    """Stand in for the door that answers where there is nothing."""
    return plain(404, b"nothing here", b"text/plain")


@pytest.fixture(scope="module")
async def built(world: World) -> Door:
    shop, other = await world.account("shop"), await world.account("other")
    closed = await world.account("closed")
    async with world.transaction() as tx:
        await accounts.disable(tx, "closed")
        await accounts.add_domain(tx, "shop", "shop.example.com", VAULT)
        course = await products.create(
            tx,
            shop.id,
            products.NewProduct(
                name="course",
                kind="digital",
                title="The course",
                price=Decimal("100.00"),
                sales_url="https://landing.example/course?lang=en#buy",
            ),
        )
        for account, name in ((shop, "книга"), (other, "theirs"), (closed, "course")):
            await products.create(
                tx, account.id, products.NewProduct(name=name, kind="digital", title=name, price=Decimal("5.00"))
            )

    async def record(click: attribution.NewClick) -> attribution.Clicked:
        return await made.record(click)

    directory = accounts.Directory(world.database, VAULT, SETTINGS.domains)
    app = clicks.build(clicks.Services(world.database, record), directory, SETTINGS, missing=missing)
    made = Door(app, shop, other, course)
    return made


@pytest.fixture
def door(built: Door) -> Door:
    """The door before anything happened."""
    built.clicks.clear()
    built.outcome = COUNTED
    return built


@pytest.fixture
async def visitor(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the owner's host."""
    transport = AppTransport(door.app, "192.0.2.7")
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.localhost:8080", headers={"User-Agent": "Firefox"}
    ) as client:
        yield client


busy = Busy("full")
