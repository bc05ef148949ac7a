"""What the tests of commands share: running one in this process, on the test's own database."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests.support.world import VAULT

Enlist = Callable[..., Awaitable[Any]]

# Commands that only look: they are asked for their text, too, which must say something.
LOOKING = frozenset({"list", "show", "count", "stats", "links", "members", "diagnostics"})


@pytest.fixture
def enlist(dsn: str, tmp_path: Path) -> Enlist:
    """Run a command on the test's database; return its JSON answer, its text, or what it complained about."""
    environment = {
        "ENLIST_DATABASE_URL": dsn,
        "ENLIST_DATA": str(tmp_path),
        "ENLIST_SECRET": VAULT.secret.decode(),
        "ENLIST_PUBLIC_URL": "http://localhost:8080",
    }

    def invoke(command: click.Command, *words: str, reads: str = "", as_text: bool = False) -> Any:
        format_ = () if as_text else ("--json",)
        done = CliRunner().invoke(command, [*words, *format_], env=environment, input=reads)
        if done.exit_code:
            return json.loads(done.stderr) if done.exit_code == 1 and not as_text else done.stderr
        if as_text:
            return done.stdout
        if LOOKING & {command.name, *words}:
            text = CliRunner().invoke(command, words, env=environment)
            assert (text.exit_code, bool(text.stdout.strip())) == (0, True)
        return json.loads(done.stdout)

    async def run(command: click.Command, *words: str, **options: Any) -> Any:
        return await asyncio.to_thread(invoke, command, *words, **options)

    return run
