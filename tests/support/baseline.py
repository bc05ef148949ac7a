"""The previous release as tests keep it: its database with data, and every statement that its server sent.

``tests/baseline/README.md`` tells how the files were made.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import ip_interface
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

RELEASE = "0.1.0"
FOLDER = Path(__file__).parents[1] / "baseline"
DATABASE = FOLDER / f"{RELEASE}-database.sql"
STATEMENTS = FOLDER / f"{RELEASE}-statements.json"
ANSWERS = FOLDER / f"{RELEASE}-answers.json"

_READERS: dict[str, Any] = {
    "bytes": bytes.fromhex,
    "float": float,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timedelta": lambda seconds: timedelta(seconds=seconds),
    "Decimal": Decimal,
    "UUID": UUID,
    "ip": ip_interface,
}

_IS_TABLE = "SELECT relkind IN ('r', 'p') FROM pg_class WHERE oid = to_regclass($1)"


@dataclass(frozen=True)
class Statement:
    """A statement of the old server, from ``where`` in its code.

    ``values`` are what it once sent along (None: it is composed anew each time and is only prepared), ``rows`` how many
    rows it touched with them in the old database, after the table ``emptied``, if any, was emptied.
    """

    sql: str
    where: str
    values: tuple[Any, ...] | None
    rows: int
    emptied: str = ""


def statements() -> list[Statement]:
    """Read the statements of the old server."""
    kept = json.loads(STATEMENTS.read_text())
    return [
        Statement(**one | {"values": None if one["values"] is None else tuple(map(read, one["values"]))})
        for one in kept
    ]


def answers() -> list[dict[str, Any]]:
    """Read calls (``host``, ``method``, ``path``, ``headers``, ``body``) in their order, and how the old server answered."""
    kept: list[dict[str, Any]] = json.loads(ANSWERS.read_text())
    return kept


def read(value: Any) -> Any:
    """Turn a value as it is kept in JSON into what asyncpg takes."""
    if isinstance(value, list):
        return [read(one) for one in value]
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return _READERS[kind](text)
    return value


def tables() -> set[str]:
    """Name the tables of the old release that its server writes, without those that only Procrastinate and Alembic do."""
    found = set(re.findall(r"^CREATE TABLE public\.(\w+) ", DATABASE.read_text(), re.MULTILINE))
    parts = re.findall(r"ATTACH PARTITION public\.(\w+)", DATABASE.read_text())
    return {table for table in found - set(parts) if not table.startswith(("procrastinate_", "alembic_"))}


async def restore(dsn: str) -> None:
    """Fill an empty database with that of the old release."""
    script = "".join(line for line in DATABASE.read_text().splitlines(True) if not line.startswith("\\"))
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(script)
    finally:
        await connection.close()


async def run(connection: asyncpg.Connection, statement: Statement) -> int:
    """Run a statement with its values and undo it; return how many rows it touched. Raises asyncpg.PostgresError.

    One without values is only prepared.
    """
    if statement.values is None:
        await connection.prepare(statement.sql)
        return 0
    transaction = connection.transaction()
    await transaction.start()
    try:
        if statement.emptied and await connection.fetchval(_IS_TABLE, statement.emptied):
            await connection.execute(f"TRUNCATE {statement.emptied} CASCADE")
        # A statement whose WITH inserts says itself only how many rows its SELECT has.
        inside = re.match(r"\s*WITH\b.*\bINSERT INTO (\w+)", statement.sql, re.DOTALL)
        before = await connection.fetchval(f"SELECT count(*) FROM {inside[1]}") if inside else 0
        prepared = await connection.prepare(statement.sql)
        rows = await prepared.fetch(*statement.values)
        said = prepared.get_statusmsg().rpartition(" ")[2]
        more = await connection.fetchval(f"SELECT count(*) FROM {inside[1]}") - before if inside else 0
        return max(more, int(said) if said.isdigit() else len(rows))
    finally:
        await transaction.rollback()
