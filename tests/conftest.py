"""What every test may ask for: a real server, and a database of one's own."""

import itertools
from collections.abc import AsyncIterator
from urllib.parse import quote

import asyncpg
import pytest

from enlist import migrations
from enlist.runtime import postgres
from enlist.runtime.db import Database

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
async def server_dsn(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A private server for the whole run; ``{}`` in its address stands for the database."""
    # Nothing here outlives a power cut, so the disk need not be waited for.
    options = {"fsync": "off", "max_connections": "200"}
    server = await postgres.join(tmp_path_factory.mktemp("data"), options=options)
    yield server.dsn("{}").replace(quote("{}"), "{}")
    await server.leave()


@pytest.fixture(scope="session")
async def template(server_dsn: str) -> str:
    """A database with all migrations, to be cloned."""
    name = "template_enlist"
    await _replace(server_dsn, name, "template0")
    await migrations.bring_up_to_date(server_dsn.format(name))
    return name


@pytest.fixture(scope="module")
async def dsn(server_dsn: str, template: str, request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a fresh database of this test module's own."""
    name = f"test_{next(_numbers)}"
    await _replace(server_dsn, name, template)
    yield server_dsn.format(name)
    await _drop(server_dsn, name)


@pytest.fixture(scope="module")
async def database(dsn: str) -> AsyncIterator[Database]:
    """That database, opened."""
    database = Database(dsn)
    await database.open()
    yield database
    await database.close()


async def _replace(server_dsn: str, name: str, template: str) -> None:
    await _drop(server_dsn, name)
    connection = await asyncpg.connect(server_dsn.format("postgres"))
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    await connection.close()


async def _drop(server_dsn: str, name: str) -> None:
    connection = await asyncpg.connect(server_dsn.format("postgres"))
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await connection.close()
