"""The commands that back up the database to a file and restore it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from enlist.cli.acting import json_option, run, say

if TYPE_CHECKING:
    from enlist.plan.settings import Settings


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Write the database to FILE and the secret to FILE.secret.

    FILE is in pg_dump's custom format. Works while a server runs. Anyone who has both files has all
    data: keep them safe.
    """
    from enlist.plan import backups

    async def act(settings: "Settings") -> Path:
        return await backups.back_up(settings, file.absolute())

    secret = run(act, as_json=as_json)
    say(
        {"file": str(file), "secret": str(secret)},
        f"written: {file} and, readable by you only, {secret}",
        as_json=as_json,
    )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Replace the present data; without it only an empty database is accepted."
)
@json_option
def restore(file: Path, replace: bool, as_json: bool) -> None:
    """Restore what `backup` wrote to FILE and FILE.secret.

    Stop the server first. A restore that fails leaves everything as it was.
    """
    from enlist.plan import backups

    async def act(settings: "Settings") -> None:
        await backups.restore(settings, file.absolute(), replace=replace)

    run(act, as_json=as_json)
    say({"file": str(file), "restored": True}, f"restored from {file}", as_json=as_json)
