"""Databases of the tests' own on the server of the run."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

_numbers = itertools.count(1)


@asynccontextmanager
async def fresh(server_dsn: str, template: str) -> AsyncIterator[str]:
    """Clone a database, drop the clone at the end; ``{}`` in the server's address stands for the database."""
    name = f"test_{next(_numbers)}"
    await replace(server_dsn, name, template)
    yield server_dsn.format(name)
    await drop(server_dsn, name)


async def replace(server_dsn: str, name: str, template: str) -> None:
    """Make a database anew as a clone of ``template``."""
    await drop(server_dsn, name)
    connection = await asyncpg.connect(server_dsn.format("postgres"))
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    await connection.close()


async def drop(server_dsn: str, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    connection = await asyncpg.connect(server_dsn.format("postgres"))
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    await connection.close()
