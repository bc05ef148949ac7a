"""The command that shows why actions of a site were not kept."""

from typing import Any

import click

from enlist.cli.acting import json_option, run, say, table
from enlist.cli.naming_site import find_site, site_argument
from enlist.domain import segments
from enlist.runtime.settings import Settings


@click.command()
@site_argument
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@json_option
def diagnostics(site: str, limit: int, as_json: bool) -> None:
    """Show the latest actions of a site that were not kept, with the reason, the newest first."""

    async def act(settings: Settings) -> list[segments.Diagnostic]:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.reading() as tx:
            return await segments.diagnostics(tx, await find_site(tx, site, installation.vault), limit=limit)

    lines = run(act, as_json=as_json)
    rows: list[dict[str, Any]] = [
        {"noted_at": line.noted_at, "reason": line.reason, "times": line.times, "sent": line.sent} for line in lines
    ]
    cells = [[line.noted_at.isoformat(" ", "seconds"), str(line.times), line.reason, _sent(line)] for line in lines]
    say(rows, table(cells, ("noted at", "times", "reason", "sent")), as_json=as_json)


def _sent(line: segments.Diagnostic) -> str:
    return " ".join(f"{name}={text!r}" for name, text in line.sent.items())
