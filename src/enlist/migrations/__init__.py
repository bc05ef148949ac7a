"""Dated steps that bring a database to the present shape, forward only; run in a process of their own.

Alembic and what it pulls in cost more memory than the rest of the server, so nothing here imports it: a child process
runs the steps and is gone.
"""

import asyncio
import sys
from pathlib import Path

import asyncpg

VERSIONS = Path(__file__).with_name("versions")


class MigrationFailed(Exception):
    """The database could not be brought to the present shape; the message holds what the migration said."""


def latest() -> str:
    """Name the newest step, such as ``20261121_0001``."""
    return "_".join(max(path.stem for path in VERSIONS.glob("*.sql")).split("_")[:2])


async def present(dsn: str) -> str | None:
    """Name the step that the database at ``dsn`` is at; nothing for an empty one."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        step: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return step
    finally:
        await connection.close()


async def bring_up_to_date(dsn: str) -> bool:
    """Run the steps that the database at ``dsn`` lacks; return whether there were any.

    Processes that start at once wait for each other. Raises MigrationFailed, also for a database that is newer than
    this program.
    """
    at = await present(dsn)
    if at == latest():
        return False
    if at is not None and at > latest():
        raise MigrationFailed(f"the database is at step {at}, newer than this program, which ends at {latest()}")
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "enlist.migrations",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    # The address may hold a password, so it goes neither into the arguments nor into the environment.
    said, _ = await child.communicate(dsn.encode())
    if child.returncode:
        raise MigrationFailed(said.decode(errors="replace").strip()[-2000:])
    return True
