"""The door for machines that watch: is it alive, is it ready, what does it count."""

from enlist.runtime import metrics
from enlist.runtime.db import Database, DatabaseAway
from enlist.runtime.http import JSON, App, Receive, Scope, Send, answer

PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})


def build(database: Database) -> App:
    """Make the ASGI app for `/health/live`, `/health/ready` (503 while the database is away) and `/metrics`."""

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        path = scope["path"]
        if scope["method"] not in ("GET", "HEAD"):
            await answer(send, 405, b'{"status":"method not allowed"}', JSON)
        elif path == "/health/live":
            await answer(send, 200, b'{"status":"alive"}', JSON)
        elif path == "/health/ready":
            ready = await _is_ready(database)
            await answer(
                send, 200 if ready else 503, b'{"status":"%s"}' % (b"ready" if ready else b"database away"), JSON
            )
        else:
            await answer(send, 200, metrics.render(), b"text/plain; version=0.0.4; charset=utf-8")

    return app


async def _is_ready(database: Database) -> bool:
    try:
        async with database.reading() as tx:
            await tx.fetch_value("SELECT 1")
    except DatabaseAway:
        return False
    return True
