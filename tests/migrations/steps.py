"""A database as it was after some step of the migrations, to be brought further while somebody uses it."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from enlist import migrations

_numbers = itertools.count(1)


@asynccontextmanager
async def a_database_after(server_dsn: str, step: str) -> AsyncIterator[asyncpg.Connection]:
    """Make a database with all steps up to the one that ends in ``step``, such as ``profile_ids``; drop it afterwards."""
    name = f"steps_{next(_numbers)}"
    admin = await asyncpg.connect(server_dsn.format("postgres"))
    await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await admin.execute(f'CREATE DATABASE "{name}"')
    connection = await asyncpg.connect(server_dsn.format(name))
    for path in _steps():
        await connection.execute(path.read_text())
        if path.stem.endswith(step):
            break
    yield connection
    await connection.close()
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


async def run_step(connection: asyncpg.Connection, step: str) -> None:
    """Run the step that ends in ``step``."""
    (path,) = [path for path in _steps() if path.stem.endswith(step)]
    await connection.execute(path.read_text())


def _steps() -> list[Path]:
    return sorted(migrations.VERSIONS.glob("*.sql"))
