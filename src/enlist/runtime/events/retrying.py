"""Trying again what a reaction failed on, alone and with growing pauses."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from enlist.kit.errors import Refusal
from enlist.runtime.db import Tx
from enlist.runtime.events import queries

ATTEMPTS: Final = 12


def pause_after(attempts: int) -> timedelta:
    """Say how long to wait after that many failures: two seconds, then twice as long each time, up to an hour."""
    return min(timedelta(seconds=2**attempts), timedelta(hours=1))


def say(reason: Exception) -> str:
    """Describe an error for the operator, without NUL characters, which PostgreSQL cannot store."""
    return f"{type(reason).__name__}: {reason}"[:1000].replace("\0", "?").encode(errors="replace").decode()


class FailureNotFound(Refusal):
    """No delivery of this number was set aside (field ``failure``)."""

    code = "failure_not_found"
    sentence = "No failed event has the number {failure}; `enlist event list-failed` shows them."


async def retry_failed(tx: Tx, ids: Sequence[int] | None) -> list[int]:
    """Have deliveries tried again at once with all their attempts before them; return their ids.

    ``ids`` None means all that were given up. Refuses with FailureNotFound, and then none is tried again.
    """
    done = await queries.retry_failed(tx, ids)
    for missing in sorted(set(ids or ()) - set(done)):
        raise FailureNotFound(failure=missing)
    return done
