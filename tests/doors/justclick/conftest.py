"""The signed door on a real database, with the account that the transcripts and vectors speak of."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import httpx
import pytest

from enlist.domain import accounts, groups
from enlist.doors import justclick
from enlist.doors.justclick.calls import Services
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from enlist.runtime.settings import RequestLimit, Settings, read_settings
from tests.cast import VAULT, a_group, an_account

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SETTINGS = replace(read_settings({}), domains=("localhost", "justclick.ru", "justclick.io"))


@pytest.fixture(scope="module")
async def at_noon(dsn: str) -> AsyncIterator[Database]:
    """The database on a day when it is always noon."""
    database = Database(dsn, clock=lambda: NOON)
    await database.open()
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def shop(at_noon: Database) -> accounts.Account:
    """The account `testshop` with the groups of the vectors; `closed`, for some addresses only; `off`, disabled."""
    account = await an_account(at_noon, "testshop")
    for name, asks in (("news", True), ("open", False), ("super", False), ("group1", False), ("group2", False)):
        await a_group(at_noon, account, name, asks=asks)
    await an_account(at_noon, "closed", networks=(ip_network("10.0.0.0/8"),))
    off = await an_account(at_noon, "off")
    async with at_noon.transaction() as tx:
        await accounts.disable(tx, off.login)
    return account


@pytest.fixture(scope="module")
async def enrolments(at_noon: Database) -> AsyncIterator[Batch[groups.Enrolment, groups.Enrolled]]:
    batch: Batch[groups.Enrolment, groups.Enrolled] = Batch("test", at_noon, groups.enrol)
    yield batch
    await batch.close()


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> Settings:
    """The settings; a test that is given a file called ``limited...`` has a limit of one request an hour."""
    file = request.node.callspec.params.get("file") if hasattr(request.node, "callspec") else None
    if file is not None and file.stem.startswith("limited"):
        return replace(SETTINGS, request_limit=RequestLimit(1, timedelta(hours=1)))
    return SETTINGS


@pytest.fixture
async def client(
    at_noon: Database,
    shop: accounts.Account,
    enrolments: Batch[groups.Enrolment, groups.Enrolled],
    settings: Settings,
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the door, nobody enrolled yet."""
    async with at_noon.transaction() as tx:
        await tx.execute("TRUNCATE contacts, memberships, letters, facts")
    directory = accounts.Directory(at_noon, VAULT, settings.domains)
    app = justclick.build(Services(at_noon, enrolments.put), directory, settings)
    transport = httpx.ASGITransport(app=app, client=("192.0.2.7", 123))
    async with httpx.AsyncClient(transport=transport, base_url="http://testshop.localhost") as client:
        yield client
