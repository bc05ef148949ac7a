"""The commands about background jobs."""

from typing import Any

import click

from enlist.cli.acting import json_option, run, say, table
from enlist.runtime import jobs
from enlist.runtime.settings import Settings


@click.group()
def job() -> None:
    """List background jobs (postbacks, timed tasks) and run failed ones again."""


@job.command("list")
@click.option("--state", type=click.Choice(["waiting", "running", "failed"]), help="Only jobs in this state.")
@click.option("--after", type=click.IntRange(min=0), default=0, metavar="ID", help="Start after this job.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most so many.")
@json_option
def list_(state: str | None, after: int, limit: int, as_json: bool) -> None:
    """List jobs by number: those that wait, run, or failed too often and were given up."""

    async def act(settings: Settings) -> list[jobs.StoredJob]:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.reading() as tx:
            return await jobs.list_jobs(tx, state, after=after, limit=limit)

    rows = [_shown(found) for found in run(act, as_json=as_json)]
    titles = ("id", "job", "state", "attempts", "due_at", "values")
    say(rows, table([[str(row[title]) for title in titles] for row in rows], titles), as_json=as_json)


@job.command()
@click.argument("ids", nargs=-1, type=click.IntRange(min=1), metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Run all failed jobs again.")
@json_option
def retry(ids: tuple[int, ...], everything: bool, as_json: bool) -> None:
    """Run the failed jobs with these IDs again, or all of them."""
    if bool(ids) == everything:
        raise click.UsageError("Name the jobs to run again, or use --all.")

    async def act(settings: Settings) -> list[int]:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            return await jobs.retry(tx, None if everything else ids)

    done = run(act, as_json=as_json)
    say({"retried": done}, f"{len(done)} to be run again", as_json=as_json)


def _shown(found: jobs.StoredJob) -> dict[str, Any]:
    return {
        "id": found.id,
        "job": found.name,
        "state": found.state,
        "attempts": found.attempts,
        "due_at": found.due_at.isoformat() if found.due_at else "",
        "values": found.values,
    }
