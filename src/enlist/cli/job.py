"""The commands about background jobs."""

from typing import Any

import click

from enlist.cli.acting import Answer, table, with_database
from enlist.runtime import jobs
from enlist.runtime.db import Tx


@click.group()
def job() -> None:
    """List background jobs, such as postbacks; retry failed ones."""


@with_database(job, "list", reading=True)
@click.option("--state", type=click.Choice(["waiting", "running", "failed"]), help="Only jobs in this state.")
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="ID", help="Start after this job.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="Maximum number.")
async def list_(tx: Tx, state: str | None, after: int, limit: int) -> Answer:
    """List waiting, running and failed jobs by number."""
    found = await jobs.list_jobs(tx, state, after=after, limit=limit)
    rows = [_shown(one) for one in found]
    titles = ("id", "job", "state", "attempts", "due_at", "values")
    return Answer(rows, table([[str(row[title]) for title in titles] for row in rows], titles))


@with_database(job)
@click.argument("ids", nargs=-1, type=click.IntRange(min=1), metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Retry all failed jobs.")
async def retry(tx: Tx, ids: tuple[int, ...], everything: bool) -> Answer:
    """Retry the failed jobs with these IDs, or all of them."""
    if bool(ids) == everything:
        raise click.UsageError("Name the jobs to retry, or use --all.")
    done = await jobs.retry(tx, None if everything else ids)
    return Answer({"retried": done}, f"{len(done)} jobs will be retried")


def _shown(found: jobs.StoredJob) -> dict[str, Any]:
    return {
        "id": found.id,
        "job": found.name,
        "state": found.state,
        "attempts": found.attempts,
        "due_at": found.due_at.isoformat() if found.due_at else "",
        "values": found.values,
    }
