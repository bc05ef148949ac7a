"""What all commands share: settings, an event loop, answers for people or machines, errors in one sentence."""

import os
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import click
import msgspec
import uvloop

from enlist.domain import accounts
from enlist.kit.errors import Refusal
from enlist.migrations import MigrationFailed
from enlist.runtime import logs
from enlist.runtime.actors import OWNER
from enlist.runtime.db import DatabaseAway, Tx
from enlist.runtime.http.listening import CannotListen
from enlist.runtime.postgres import PostgresUnavailable
from enlist.runtime.postgres.backup import BackupFailed
from enlist.runtime.settings import Settings, WrongSetting, read_settings
from enlist.runtime.vault import WrongSecret

Value = TypeVar("Value")

json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for machines.")

_EXPECTED = (
    BackupFailed,
    CannotListen,
    DatabaseAway,
    MigrationFailed,
    PostgresUnavailable,
    Refusal,
    WrongSecret,
    WrongSetting,
    OSError,
    ValueError,
)


def run(
    act: Callable[[Settings], Coroutine[Any, Any, Value]],
    *,
    as_json: bool = False,
    log_level: str | None = "warning",
    **overrides: object,
) -> Value:
    """Run ``act`` with the settings from the environment, some of them overridden where given.

    What is expected to go wrong ends the program with code 1 and one sentence (with ``as_json`` an object) on standard
    error; ``log_level`` None takes the one from the settings.
    """
    try:
        settings = read_settings(os.environ)
        given: dict[str, Any] = {name: value for name, value in overrides.items() if value is not None}
        settings = replace(settings, **given)
        logs.set_up(log_level or settings.log_level)
        return uvloop.run(act(settings))
    except _EXPECTED as reason:
        _complain(reason, as_json)
        sys.exit(1)


def run_for(login: str, act: Callable[[Tx, accounts.Account], Awaitable[Value]], *, as_json: bool = False) -> Value:
    """Run ``act`` in one transaction, with the account of ``login``; otherwise as ``run`` does."""

    async def act_for(settings: Settings) -> Value:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.by(OWNER).transaction() as tx:
            return await act(tx, await accounts.get(tx, login, installation.vault))

    return run(act_for, as_json=as_json)


def say(answer: Mapping[str, object] | Sequence[object], text: str, *, as_json: bool) -> None:
    """Print ``answer`` as JSON, or ``text``."""
    click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode() if as_json else text)


def table(rows: Sequence[Sequence[str]], titles: Sequence[str]) -> str:
    """Lay ``rows`` out under ``titles`` in columns as wide as needed."""
    widths = [max(len(row[place]) for row in [titles, *rows]) for place in range(len(titles))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [titles, *rows]]
    return "\n".join(line.rstrip() for line in lines)


def _complain(reason: Exception, as_json: bool) -> None:
    if as_json:
        code = reason.code if isinstance(reason, Refusal) else type(reason).__name__
        fields = reason.fields if isinstance(reason, Refusal) else {}
        click.echo(msgspec.json.encode({"error": code, "message": str(reason), **fields}), err=True)
    else:
        click.echo(f"enlist: {reason}", err=True)
