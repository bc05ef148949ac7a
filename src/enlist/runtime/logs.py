"""Logging: one line per event on standard error, and no secret in any of them."""

import logging
import sys


def set_up(level: str) -> None:
    """Log to standard error from ``level`` upwards (debug, info, warning or error)."""
    logging.basicConfig(
        level=level.upper(), stream=sys.stderr, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", force=True
    )
    # These tell at "info" what only their authors want to know.
    for name in ("procrastinate", "psycopg.pool", "httpx", "asyncio"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
