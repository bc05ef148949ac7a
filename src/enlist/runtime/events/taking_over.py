"""Taking over what a server of an earlier version still writes: its tables are called facts and fact_retries."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from enlist.runtime.db import Tx
from enlist.runtime.events.model import Reaction, kind_of

_AT_ONCE: Final = 1000


def take_over(reactions: Sequence[Reaction]) -> Callable[[Tx], Awaitable[int]]:
    """Make the activity that moves some old rows into our tables and returns how many there were.

    What nobody listens to is dropped, as the earlier version did. Reactions were named by their function's place.
    """
    kinds = sorted({kind_of(event) for reaction in reactions for event in reaction.events})
    names = {reaction.act.__name__: reaction.name for reaction in reactions}

    async def act(tx: Tx) -> int:
        moved = await tx.fetch_value(
            "WITH moved AS (DELETE FROM facts WHERE id = ANY(ARRAY("
            "  SELECT id FROM facts ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING id, owner_id, kind, body),"
            " written AS (INSERT INTO events (owner_id, kind, body)"
            "  SELECT owner_id, kind, body FROM moved WHERE kind = ANY($2) ORDER BY id)"
            " SELECT count(*) FROM moved",
            _AT_ONCE,
            kinds,
        )
        again = await tx.fetch_value(
            "WITH moved AS (DELETE FROM fact_retries WHERE id = ANY(ARRAY("
            "  SELECT id FROM fact_retries ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING *),"
            " written AS (INSERT INTO event_retries"
            "  (owner_id, event_id, reaction, kind, body, attempts, due_at, error, set_aside_at)"
            "  SELECT m.owner_id, 0, coalesce(n.now, m.reaction), m.kind, m.body, m.attempts, m.due_at, m.error, $4"
            "  FROM moved m LEFT JOIN unnest($2::text[], $3::text[]) AS n (function, now)"
            "   ON n.function = substring(m.reaction FROM '[^.]*$'))"
            " SELECT count(*) FROM moved",
            _AT_ONCE,
            list(names),
            list(names.values()),
            tx.now,
        )
        return int(moved + again)

    return act
