"""The commands that run or prepare the server: serve, work, migrate, show-settings."""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from enlist.cli.acting import json_option, run, say
from enlist.runtime.settings import WrongSetting

if TYPE_CHECKING:
    from enlist.plan.settings import Settings


@click.command()
@click.option("--host", help="Address to listen on; default: ENLIST_HOST.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; default: ENLIST_PORT; 0: any free port."
)
@click.option(
    "--processes",
    type=click.IntRange(0, 256),
    help="Processes that share the port; default: ENLIST_PROCESSES, or 1; 0: one per core.",
)
@json_option
def serve(host: str | None, port: int | None, processes: int | None, as_json: bool) -> None:
    """Run the server and one worker until stopped (Ctrl-C).

    With several processes, the first one runs the worker; a process that ends is restarted.

    Without ENLIST_DATABASE_URL a private PostgreSQL is started in the data folder. Migrations run first.
    """
    from enlist.plan import program

    def listening(address: str) -> None:
        say({"listening": address}, f"enlist is listening at {address}", as_json=as_json)

    run(
        lambda settings: program.serve(settings, listening),
        as_json=as_json,
        log_level=None,
        host=host,
        port=port,
        processes=processes,
    )


@click.command(hidden=True)
@click.option("--place", type=int, required=True)
@click.option("--link", type=int, required=True)
@click.option("--sockets", required=True)
def serve_part(place: int, link: int, sockets: str) -> None:
    """Run one of the processes that `serve` starts."""
    from enlist.plan import program

    files = [int(file) for file in sockets.split(",")]
    run(lambda settings: program.serve_part(settings, place, link, files), log_level=None)


@click.command()
@json_option
def work(as_json: bool) -> None:
    """Run another worker until stopped: emails, events, jobs."""
    from enlist.plan import program

    run(
        lambda settings: program.work(
            settings, lambda: say({"working": True}, "the worker is running", as_json=as_json)
        ),
        as_json=as_json,
        log_level=None,
    )


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Upgrade the database schema; `serve` also does this."""
    from enlist import migrations
    from enlist.migrations.blocks import begin_block
    from enlist.plan import program

    async def act(settings: "Settings") -> bool:
        async with program.server_at(settings) as server:
            changed = await migrations.bring_up_to_date(server.dsn)
            await begin_block(server.dsn, settings.cell)
            return changed

    changed = run(act, as_json=as_json)
    step = migrations.latest()
    text = f"upgraded to step {step}" if changed else f"already at step {step}"
    say({"step": step, "changed": changed}, text, as_json=as_json)


@click.command()
@json_option
def show_settings(as_json: bool) -> None:
    """List all settings: value, default, meaning.

    Secrets are masked.
    """
    from enlist.plan.settings import describe, read_settings

    try:
        rows = describe(read_settings(os.environ))
    except WrongSetting as reason:
        raise click.ClickException(str(reason)) from None
    text = "\n\n".join(
        f"{row.variable} = {row.value or '(not set)'}\n    {row.meaning}\n"
        f"    default: {row.default or '(not set)'}; example: {row.example}"
        for row in rows
    )
    say([asdict(row) for row in rows], text, as_json=as_json)
