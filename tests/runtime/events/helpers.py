"""Events of the tests' own, and a look into their tables."""

from enlist.runtime import events
from enlist.runtime.db import Database
from enlist.runtime.events import Event


class Rang(Event, frozen=True, tag="tests.rang"):
    times: int


class Opened(Event, frozen=True, tag="tests.opened"):
    pass


async def ring(database: Database, *times: int, owner_id: int = 7) -> None:
    """Publish that somebody rang, once for each number."""
    async with database.transaction() as tx:
        await events.publish(tx, [Rang(owner_id=owner_id, times=n) for n in times])


async def count(database: Database, table: str) -> int:
    """Count the rows of a table."""
    async with database.reading() as tx:
        return int(await tx.fetch_value(f"SELECT count(*) FROM {table}"))
