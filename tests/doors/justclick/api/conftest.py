"""The signed door on a real database, with the account that the transcripts and vectors speak of."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import httpx
import pytest

from enlist.domain import accounts, groups, orders
from enlist.doors.justclick import api
from enlist.doors.justclick.api.calls import Services
from enlist.plan.settings import Settings, read_settings
from enlist.runtime.batch import Batch
from enlist.runtime.settings import RequestLimit
from tests.doors.justclick.api.fixtures import clear, prepare
from tests.support.wire import AppTransport
from tests.support.world import VAULT, World

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SETTINGS = replace(read_settings({}), domains=("localhost", "justclick.ru", "justclick.io"))


@pytest.fixture(scope="module")
async def at_noon(dsn: str) -> AsyncIterator[World]:
    """The database on a day when it is always noon."""
    async with World.open(dsn, clock=lambda: NOON) as world:
        yield world


@pytest.fixture(scope="module")
async def shop(at_noon: World) -> accounts.Account:
    """The account `testshop` with the groups of the vectors; `closed`, for some addresses only; `off`, disabled."""
    account = await at_noon.account("testshop")
    for name, asks in (("news", True), ("open", False), ("super", False), ("group1", False), ("group2", False)):
        await at_noon.group(account, name, asks=asks)
    await at_noon.account("closed", networks=(ip_network("10.0.0.0/8"),))
    off = await at_noon.account("off")
    await at_noon.do(accounts.disable, off.login)
    return account


@pytest.fixture(scope="module")
async def enrolments(at_noon: World) -> AsyncIterator[Batch[groups.Enrolment, groups.Enrolled]]:
    batch: Batch[groups.Enrolment, groups.Enrolled] = Batch("test", at_noon.database, groups.enrol)
    yield batch
    await batch.close()


@pytest.fixture(scope="module")
async def ordering(at_noon: World) -> AsyncIterator[Batch[orders.NewOrder, orders.Placed]]:
    batch: Batch[orders.NewOrder, orders.Placed] = Batch("test orders", at_noon.database, orders.place)
    yield batch
    await batch.close()


def payment_link(account_id: int, order_id: int, domain: str) -> str:
    """Tell where an order is paid, in numbers that can be read."""
    path = f"/bill/{account_id}-{order_id}/"
    return f"https://{domain}{path}" if domain else path


@pytest.fixture
def services(
    at_noon: World,
    enrolments: Batch[groups.Enrolment, groups.Enrolled],
    ordering: Batch[orders.NewOrder, orders.Placed],
) -> Services:
    """What the door works with; the address of a payment page tells the numbers of account and order."""
    return Services(at_noon.database, enrolments.put, ordering.put, payment_link)


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """The settings; a test that is given a file called ``limited...`` has a limit of one request an hour."""
    file = request.node.callspec.params.get("file") if hasattr(request.node, "callspec") else None
    if file is not None and file.stem.startswith("limited"):
        return replace(SETTINGS, request_limit=RequestLimit(1, timedelta(hours=1)))
    return SETTINGS


@pytest.fixture
async def client(
    at_noon: World,
    shop: accounts.Account,
    services: Services,
    settings: Settings,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the door; the account is as `fixtures` prepare it, nobody enrolled yet, and all numbers begin at 1."""
    async with at_noon.transaction() as tx:
        await clear(tx)
        await prepare(tx, shop)
    directory = accounts.Directory(at_noon.database, VAULT, settings.domains)
    app = api.build(services, directory, settings)
    transport = AppTransport(app, "192.0.2.7")
    async with httpx.AsyncClient(transport=transport, base_url="http://testshop.localhost") as client:
        yield client
