"""The pages on a real database, with an English owner, a Russian one, and a browser without scripts."""

from collections.abc import AsyncIterator

import httpx
import pytest

from enlist.domain import accounts, groups
from enlist.doors import pages
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from tests.cast import VAULT, a_group
from tests.doors.web.stage import LINKS_KEY, SETTINGS, House, browser_of, build


@pytest.fixture(scope="module")
async def house(database: Database) -> AsyncIterator[House]:
    """The whole door, its owners and their groups."""
    async with database.transaction() as tx:
        demo = await groups.found_account(tx, accounts.NewAccount(login="demo"), VAULT)
        ruslan = await groups.found_account(tx, accounts.NewAccount(login="ruslan", locale="ru"), VAULT)
        await groups.found_account(tx, accounts.NewAccount(login="closed"), VAULT)
        await accounts.disable(tx, "closed")
        await accounts.add_domain(tx, "demo", "shop.example.com", VAULT)
        news = await groups.create(tx, demo.id, "news", title="News & <Views>")
        made = [news, await groups.create(tx, ruslan.id, "новости", title="Новости")]
    made.append(await a_group(database, demo, "open", asks=False))
    made.append(await a_group(database, demo, "1473249885.2899961004"))
    batch = Batch("pages test", database, groups.enrol)
    yield House(
        app=build(database, batch.put),
        database=database,
        links=pages.links(LINKS_KEY, SETTINGS),
        demo=demo,
        ruslan=ruslan,
        numbers={group.name: group.id for group in made},
    )
    await batch.close()


@pytest.fixture
async def demo(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the English owner's host."""
    async with browser_of(house.app) as client:
        yield client


@pytest.fixture
async def ruslan(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the Russian owner's host."""
    async with browser_of(house.app, "ruslan.localhost:8080") as client:
        yield client


@pytest.fixture
async def front(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the installation's own host, where links in letters lead."""
    async with browser_of(house.app, "localhost:8080") as client:
        yield client
