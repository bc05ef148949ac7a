"""What all commands share: settings, an event loop, output for people or machines, errors in one sentence."""

import functools
import inspect
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click
import msgspec
import uvloop

from enlist.domain import accounts
from enlist.kit.errors import Refusal
from enlist.kit.paging import MOST, Page
from enlist.migrations import MigrationFailed
from enlist.runtime import logs
from enlist.runtime.actors import OWNER
from enlist.runtime.db import DatabaseAway, Tx
from enlist.runtime.http.listening import CannotListen
from enlist.runtime.postgres import PostgresUnavailable
from enlist.runtime.postgres.backup import BackupFailed, RestoreFailed
from enlist.runtime.processes import ProcessesFailed
from enlist.runtime.settings import WrongSetting
from enlist.runtime.vault import Vault, WrongSecret

if TYPE_CHECKING:
    from enlist.plan.settings import Settings

Value = TypeVar("Value")
Act = Callable[..., Coroutine[Any, Any, "Answer"]]
Decorate = Callable[[Act], click.Command]

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")

_EXPECTED = (
    BackupFailed,
    CannotListen,
    DatabaseAway,
    MigrationFailed,
    PostgresUnavailable,
    ProcessesFailed,
    Refusal,
    RestoreFailed,
    WrongSecret,
    WrongSetting,
    OSError,
    ValueError,
)


def run(
    act: Callable[["Settings"], Coroutine[Any, Any, Value]],
    *,
    as_json: bool = False,
    log_level: str | None = "warning",
    **overrides: object,
) -> Value:
    """Run ``act`` with the settings from the environment, some of them overridden where given.

    An expected error ends the program with exit code 1 and one sentence (with ``as_json`` an object) on standard error;
    ``log_level`` None takes the level from the settings.
    """
    # Loaded here: showing help is not to wait for what declares settings.
    from enlist.plan.settings import read_settings

    try:
        settings = read_settings(os.environ)
        given: dict[str, Any] = {name: value for name, value in overrides.items() if value is not None}
        settings = replace(settings, **given)
        logs.set_up(log_level or settings.log_level)
        return uvloop.run(act(settings))
    except _EXPECTED as reason:
        _complain(reason, as_json)
        sys.exit(1)


class Answer(NamedTuple):
    """What a command says: ``data`` for machines (``--json``), ``text`` for people."""

    data: Mapping[str, object] | Sequence[object]
    text: str


def paged(command: Act) -> Act:
    """Give a command that lists the options ``--after`` and ``--limit``."""
    command = click.option("--limit", type=click.IntRange(1, MOST), default=100, show_default=True)(command)
    return click.option(
        "--after", default="", metavar="CURSOR", help="Start after this cursor, printed as `more` when a list goes on."
    )(command)


def listed(page: Page[Any], data: Sequence[object], text: str) -> Answer:
    """Answer with one page of a list, as ``data`` and ``text``, and print how to see the next page if there is one."""
    if page.after:
        # On standard error, so that the output stays a list for machines.
        click.echo(f"more: --after {page.after}", err=True)
    return Answer(data, text)


def with_database(group: click.Group | None = None, name: str | None = None, *, reading: bool = False) -> Decorate:
    """Make ``async def act(tx, ...) -> Answer`` a command (of ``group``) that runs in one transaction as the owner.

    ``reading`` gives a connection for single statements instead. Further parameters are the command's own; ``vault``
    and ``settings`` are passed to commands that have parameters of these names. Errors are reported as by ``run``.
    """
    return _command(group, name, reading, None, _nothing)


def for_account(group: click.Group | None = None, name: str | None = None, *, reading: bool = False) -> Decorate:
    """Make ``async def act(tx, owner, ...) -> Answer`` a command with the argument LOGIN, the ``owner``'s login."""
    return _command(group, name, reading, click.argument("_whose", metavar="LOGIN"), _account)


def for_site(group: click.Group | None = None, name: str | None = None, *, reading: bool = False) -> Decorate:
    """Make ``async def act(tx, site, ...) -> Answer`` a command with the argument LOGIN/NAME, the ``site``'s name."""
    return _command(group, name, reading, click.argument("_whose", metavar="LOGIN/NAME"), _site)


async def _nothing(tx: Tx, vault: Vault, whose: None) -> tuple[()]:
    return ()


async def _account(tx: Tx, vault: Vault, whose: str) -> tuple[accounts.Account]:
    return (await accounts.get(tx, whose, vault),)


async def _site(tx: Tx, vault: Vault, whose: str) -> tuple[accounts.Site]:
    login, slash, name = whose.partition("/")
    if not slash:
        raise ValueError(f"{whose} is not a site; write LOGIN/NAME")
    owner = await accounts.get(tx, login, vault)
    return (await accounts.get_site(tx, owner.id, name),)


def _command(
    group: click.Group | None,
    name: str | None,
    reading: bool,
    argument: Callable[[Any], Any] | None,
    find: Callable[[Tx, Vault, Any], Awaitable[tuple[Any, ...]]],
) -> Decorate:
    def decorate(act: Act) -> click.Command:
        wanted = inspect.signature(act).parameters

        def command(as_json: bool, _whose: Any = None, **said: Any) -> None:
            async def in_transaction(settings: "Settings") -> Answer:
                # Imported here so that help and usage errors need not wait for the whole program.
                from enlist.plan.program import open_installation

                async with open_installation(settings) as installation:
                    database = installation.database.by(OWNER)
                    given = {"vault": installation.vault, "settings": settings}
                    async with database.reading() if reading else database.transaction() as tx:
                        subject = await find(tx, installation.vault, _whose)
                        more = {name: value for name, value in given.items() if name in wanted}
                        return await act(tx, *subject, **said, **more)

            say(*run(in_transaction, as_json=as_json), as_json=as_json)

        # Click keeps the parameters of a function in reverse order: the last one is shown first.
        own = getattr(act, "__click_params__", [])
        functools.update_wrapper(command, act)
        command.__click_params__ = []  # type: ignore[attr-defined]
        json_option(command)
        command.__click_params__ += own  # type: ignore[attr-defined]
        if argument is not None:
            argument(command)
        made = click.command(name)(command)
        if group is not None:
            group.add_command(made)
        return made

    return decorate


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
