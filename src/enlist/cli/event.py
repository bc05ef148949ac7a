"""The commands about events that a reaction failed on."""

from typing import Any

import click

from enlist.cli.acting import Answer, table, with_database
from enlist.runtime import events
from enlist.runtime.db import Tx


@click.group()
def event() -> None:
    """List events that a reaction failed on, and retry them."""


@with_database(event, "list-failed", reading=True)
@click.option("--waiting", is_flag=True, help="Include those that will be retried automatically.")
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="ID", help="Start after this event.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Maximum number.")
async def list_failed(tx: Tx, waiting: bool, after: int, limit: int) -> Answer:
    """List the events that were given up, with the last error."""
    found = await events.list_failed(tx, after=after, limit=limit, waiting=waiting)
    rows = [_shown(one) for one in found]
    titles = ("id", "account_id", "event", "reaction", "attempts", "due_at", "error")
    return Answer(rows, table([[str(row[title]) for title in titles] for row in rows], titles))


@with_database(event)
@click.argument("ids", nargs=-1, type=click.IntRange(min=1), metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Retry all that were given up.")
async def retry(tx: Tx, ids: tuple[int, ...], everything: bool) -> Answer:
    """Retry the events with these IDs, or all that were given up.

    Only the reactions that failed on an event get it again.
    """
    if bool(ids) == everything:
        raise click.UsageError("Name the events to retry, or use --all.")
    done = await events.retry_failed(tx, None if everything else ids)
    return Answer({"retried": done}, f"{len(done)} events will be retried")


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
