"""A database of the previous release with rows in every table: what was in it is there after the migrations."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx

from enlist import migrations
from tests.migrations.conftest import Upgraded, rows_of
from tests.support import baseline
from tests.support.server import Program
from tests.support.world import VAULT

# What differs on purpose, by table: columns whose values the migrations change.
CHANGED: dict[str, set[str]] = {
    "alembic_version": {"version_num"},
    "groups": {"name"},  # the built-in group's, which was one protocol's word
}
# Numbers and identifiers that are made anew at each call.
_MADE = re.compile(r'(?<="bill_id":)\d+|(?<="good_id":)\d+|"link":"[^"]*"|^[0-9a-f]{32}$')


def test_the_older_database_has_rows_in_every_table(upgraded: Upgraded) -> None:
    assert baseline.tables() <= {table for table, (_, rows) in upgraded.before.items() if rows}


async def test_migrating_loses_and_changes_nothing(upgraded: Upgraded) -> None:
    after = await rows_of(upgraded.dsn, upgraded.before)
    for table, (columns, rows) in upgraded.before.items():
        assert table in after, f"{table} is gone, which the previous release's server still uses"
        assert columns == after[table][0], f"columns of {table} are gone"
        same = [n for n, column in enumerate(columns) if column not in CHANGED.get(table, ())]
        assert _only(same, rows) == _only(same, after[table][1]), table


async def test_the_database_is_at_the_latest_step(upgraded: Upgraded) -> None:
    assert await migrations.present(upgraded.dsn) == migrations.latest()
    assert await migrations.bring_up_to_date(upgraded.dsn) is False


async def test_the_new_server_answers_on_the_older_data_as_the_older_server_did(
    upgraded: Upgraded, tmp_path: Path
) -> None:
    program = Program(
        tmp_path / "data",
        database_url=upgraded.dsn,
        secret=VAULT.secret.decode(),
        public_url="http://localhost:8080",
    )
    async with program.serving() as serving, httpx.AsyncClient(base_url=serving.address, timeout=20) as client:
        differing = [call for call in baseline.answers() if not await _answers_as_before(client, call)]
    assert not differing


async def _answers_as_before(client: httpx.AsyncClient, call: dict[str, Any]) -> bool:
    """Tell whether a call is answered as before; what workers still have to do at the start is waited for."""
    for _ in range(1 if call["writes"] else 100):
        answer = await client.request(
            call["method"], call["path"], headers=call["headers"] | {"Host": call["host"]}, content=call["body"]
        )
        if (answer.status_code, _comparable(call, answer.text)) == (call["status"], _comparable(call, call["answer"])):
            return True
        await asyncio.sleep(0.1)
    call["now"] = answer.text
    return False


def _comparable(call: dict[str, Any], answer: str) -> object:
    """Return of an answer what stays the same from release to release: of pages nothing, of calls all but new numbers."""
    if not call["path"].startswith("/api/"):
        return None
    return _MADE.sub("", answer) if call["writes"] else answer


def _only(columns: list[int], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(row[n] for n in columns) for row in rows), key=repr)
