"""The commands about events that a reaction failed on."""

from typing import Any

import click

from enlist.cli.acting import json_option, run, say, table
from enlist.runtime import events
from enlist.runtime.settings import Settings


@click.group()
def event() -> None:
    """List events that a reaction failed on, and hand them out again."""


@event.command("list-failed")
@click.option("--waiting", is_flag=True, help="Also those that will be tried again by themselves.")
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="ID", help="Start after this one.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most so many.")
@json_option
def list_failed(waiting: bool, after: int, limit: int, as_json: bool) -> None:
    """List what reactions failed on too often, by number, with the last error."""

    async def act(settings: Settings) -> list[events.SetAside]:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.reading() as tx:
            return await events.list_failed(tx, after=after, limit=limit, waiting=waiting)

    rows = [_shown(found) for found in run(act, as_json=as_json)]
    titles = ("id", "account_id", "event", "reaction", "attempts", "due_at", "error")
    say(rows, table([[str(row[title]) for title in titles] for row in rows], titles), as_json=as_json)


@event.command()
@click.argument("ids", nargs=-1, type=click.IntRange(min=1), metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Try all that were given up.")
@json_option
def retry(ids: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Hand the events with these IDs to the reactions that failed on them again, or all that were given up."""
    if bool(ids) == everything:
        raise click.UsageError("Name the events to hand out again, or use --all.")

    async def act(settings: Settings) -> list[int]:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            return await events.retry_failed(tx, None if everything else ids)

    done = run(act, as_json=as_json)
    say({"retried": done}, f"{len(done)} to be handed out again", as_json=as_json)


def _shown(found: events.SetAside) -> dict[str, Any]:
    return {
        "id": found.id,
        "account_id": found.owner_id,
        "event": found.kind,
        "reaction": found.reaction,
        "attempts": found.attempts,
        "due_at": found.due_at.isoformat() if found.due_at else "",
        "set_aside_at": found.set_aside_at.isoformat(),
        "error": found.error,
        "body": found.body,
    }
