"""What every test may ask for: a real server, a database of one's own, a cast of accounts and groups."""

import itertools
from collections.abc import AsyncIterator

import asyncpg
import pytest

from enlist import migrations
from enlist.runtime.db import Database

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
async def server_dsn() -> AsyncIterator[str]:
    yield "postgresql://enlist@/{}?host=/tmp/devpg"


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
