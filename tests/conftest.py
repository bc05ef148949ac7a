"""What every test may ask for: a real server, and a database of one's own."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from enlist import migrations
from enlist.runtime import postgres
from enlist.runtime.db import Database
from tests.support import databases, placement
from tests.support.world import World


@pytest.fixture(scope="session")
async def server_dsn(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A private server for the whole run; ``{}`` in its address stands for the database."""
    # Nothing here outlives a power cut, so the disk need not be waited for.
    options = {"fsync": "off", "max_connections": "200"}
    server = await postgres.join(tmp_path_factory.mktemp("data"), options=options)
    yield server.dsn("{}").replace(quote("{}"), "{}")
    await server.leave()


@pytest.fixture(scope="session")
async def template(server_dsn: str) -> AsyncIterator[str]:
    """A database with all migrations, to be cloned; at the end all statements that were sent are looked at in it."""
    name = "template_enlist"
    await databases.replace(server_dsn, name, "template0")
    await migrations.bring_up_to_date(server_dsn.format(name))
    placement.listen()
    yield name
    wrong = await placement.look_at_all_sent(server_dsn.format(name))
    assert not wrong, "statements that cannot be placed with an account:\n" + "\n".join(wrong)


@pytest.fixture(scope="module")
async def dsn(server_dsn: str, template: str) -> AsyncIterator[str]:
    """The address of a fresh database of this test module's own."""
    async with databases.fresh(server_dsn, template) as dsn:
        yield dsn


@pytest.fixture(scope="module")
async def database(dsn: str) -> AsyncIterator[Database]:
    """That database, opened."""
    database = Database(dsn)
    await database.open()
    yield database
    await database.close()


@pytest.fixture(scope="module")
def world(database: Database) -> World:
    """What tests act through, on that database."""
    return World(database)
