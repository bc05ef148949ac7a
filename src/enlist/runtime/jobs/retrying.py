"""Having jobs run again that were given up."""

from collections.abc import Sequence

from enlist.runtime.db import Tx
from enlist.runtime.jobs import queries
from enlist.runtime.jobs.errors import JobNotFound


async def retry(tx: Tx, ids: Sequence[int] | None) -> list[int]:
    """Have failed jobs run again, all of them with ``ids`` None; return their ids.

    They have all their attempts before them. Refuses with JobNotFound, and then none is run again.
    """
    done = await queries.retry(tx, ids)
    for missing in sorted(set(ids or ()) - set(done)):
        raise JobNotFound(job=missing)
    return done
