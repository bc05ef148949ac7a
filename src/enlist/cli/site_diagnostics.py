"""The command that shows why actions of a site were rejected."""

from typing import Any

import click

from enlist.cli.acting import Answer, for_site, table
from enlist.domain import accounts, segments
from enlist.runtime.db import Tx


@for_site(reading=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
async def diagnostics(tx: Tx, site: accounts.Site, limit: int) -> Answer:
    """Show the latest rejected actions of a site.

    Each is shown with the reason, the newest first.
    """
    lines = await segments.diagnostics(tx, site, limit=limit)
    rows: list[dict[str, Any]] = [
        {"noted_at": line.noted_at, "reason": line.reason, "times": line.times, "sent": line.sent} for line in lines
    ]
    cells = [[line.noted_at.isoformat(" ", "seconds"), str(line.times), line.reason, _sent(line)] for line in lines]
    return Answer(rows, table(cells, ("noted at", "times", "reason", "sent")))


def _sent(line: segments.Diagnostic) -> str:
    return " ".join(f"{name}={text!r}" for name, text in line.sent.items())
