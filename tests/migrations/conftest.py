"""The previous release's database, as it was and brought up to date."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from enlist import migrations
from tests.support import baseline, databases

_TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
GROUP BY c.relname ORDER BY c.relname
"""

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


@dataclass(frozen=True)
class Upgraded:
    """A database of the previous release after the migrations, and all rows that it had ``before``, by table."""

    dsn: str
    before: Rows


@pytest.fixture(scope="module")
async def upgraded(server_dsn: str) -> AsyncIterator[Upgraded]:
    """The previous release's database, brought up to date as a new server does."""
    async with databases.fresh(server_dsn, "template0") as dsn:
        await baseline.restore(dsn)
        before = await rows_of(dsn)
        await migrations.bring_up_to_date(dsn)
        yield Upgraded(dsn, before)


async def rows_of(dsn: str, wanted: Rows | None = None) -> Rows:
    """Read all rows of all tables, or of those tables and columns that are ``wanted`` and there."""
    connection = await asyncpg.connect(dsn)
    try:
        found: Rows = {}
        for table, there in await connection.fetch(_TABLES):
            if wanted is not None and table not in wanted:
                continue
            columns = there if wanted is None else [column for column in wanted[table][0] if column in there]
            names = ", ".join(f'"{column}"::text' for column in columns)
            found[table] = (
                columns,
                sorted(map(tuple, await connection.fetch(f'SELECT {names} FROM "{table}"')), key=repr),
            )
        return found
    finally:
        await connection.close()
