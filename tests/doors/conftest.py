"""The pages on a real database, with an English owner, a Russian one, and a browser without scripts."""

from collections.abc import AsyncIterator

import httpx
import pytest

from enlist.domain import accounts, groups
from enlist.doors import pages
from enlist.runtime.batch import Batch
from tests.doors.web.helpers import LINKS_KEY, SETTINGS, Door, browser_of, build
from tests.support.world import VAULT, World


@pytest.fixture(scope="module")
async def door(world: World) -> AsyncIterator[Door]:
    """The whole door, its owners and their groups."""
    async with world.transaction() as tx:
        demo = await accounts.create(tx, accounts.NewAccount(login="demo"), VAULT)
        ruslan = await accounts.create(tx, accounts.NewAccount(login="ruslan", locale="ru"), VAULT)
        await accounts.create(tx, accounts.NewAccount(login="closed"), VAULT)
        await accounts.disable(tx, "closed")
        await accounts.add_domain(tx, "demo", "shop.example.com", VAULT)
        news = await groups.create(tx, demo.id, "news", title="News & <Views>")
        made = [news, await groups.create(tx, ruslan.id, "новости", title="Новости")]
    made.append(await world.group(demo, "open", asks=False))
    made.append(await world.group(demo, "1473249885.2899961004"))
    batch = Batch("pages test", world.database, groups.enrol)
    yield Door(
        app=build(world, batch.put),
        world=world,
        links=pages.links(LINKS_KEY, SETTINGS),
        demo=demo,
        ruslan=ruslan,
        numbers={group.name: group.id for group in made},
    )
    await batch.close()


@pytest.fixture
async def demo(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the English owner's host."""
    async with browser_of(door.app) as client:
        yield client


@pytest.fixture
async def ruslan(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the Russian owner's host."""
    async with browser_of(door.app, "ruslan.localhost:8080") as client:
        yield client


@pytest.fixture
async def front(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the installation's own host, where links in letters lead."""
    async with browser_of(door.app, "localhost:8080") as client:
        yield client
