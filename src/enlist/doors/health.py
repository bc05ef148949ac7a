"""The door for machines that watch: is it alive, is it ready, what does it count."""

from collections.abc import Awaitable, Callable

from enlist.runtime.db import Database, DatabaseAway
from enlist.runtime.http import JSON, Answer, App, Request, plain

PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})


def build(database: Database, figures: Callable[[], Awaitable[bytes]]) -> App:
    """Make the app for `/health/live`, `/health/ready` (503 while the database is away) and `/metrics`.

    ``figures()`` tells those of all processes in Prometheus' text format.
    """

    async def app(request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return plain(405, b'{"status":"method not allowed"}', JSON)
        if request.path == "/health/live":
            return plain(200, b'{"status":"alive"}', JSON)
        if request.path == "/health/ready":
            if await _is_ready(database):
                return plain(200, b'{"status":"ready"}', JSON)
            return plain(503, b'{"status":"database away"}', JSON)
        return plain(200, await figures(), b"text/plain; version=0.0.4; charset=utf-8")

    return app


async def _is_ready(database: Database) -> bool:
    try:
        async with database.reading() as tx:
            await tx.fetch_value("SELECT 1")
    except DatabaseAway:
        return False
    return True
