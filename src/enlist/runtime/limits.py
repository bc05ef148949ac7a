"""Limits on how often something may happen: in the database, for all processes, and in the memory of one process."""

from collections import Counter, OrderedDict
from collections.abc import Sequence
from datetime import timedelta
from hashlib import blake2b
from time import monotonic
from typing import Final
from uuid import UUID

import msgspec

from enlist.runtime.db import Tx, columns

ROOM = 50_000
PORTION: Final = 5000


class Limit(msgspec.Struct, frozen=True):
    """Lets each key through ``most`` times per ``span``, in bursts of at most that many, evenly refilled.

    ``name`` identifies the limit and never changes; ``most`` and ``span`` may.
    """

    name: str
    most: int
    span: timedelta

    @property
    def pace(self) -> float:
        """The seconds after which one more is allowed."""
        return self.span.total_seconds() / self.most


Use = tuple[Limit, str]

# One row per limit and key: the instant at which its allowance will be full again (the "generic cell rate algorithm").
# A row that is there is locked and read as it is now, not as it was when the statement began: that is what ON CONFLICT
# does, and why two callers cannot both take the last one. All callers take their rows in the order of the keys.
_TAKE: Final = """
INSERT INTO limits AS l (key, full_at, pace, most, granted)
SELECT w.key, $1::timestamptz + make_interval(secs => w.pace * least(w.wanted, w.most)), w.pace, w.most,
       least(w.wanted, w.most)
FROM unnest($2::uuid[], $3::float8[], $4::integer[], $5::integer[]) AS w (key, pace, most, wanted)
ORDER BY w.key
ON CONFLICT (key) DO UPDATE SET (full_at, pace, most, granted) = (
    SELECT greatest(l.full_at, $1) + make_interval(secs => excluded.pace * g.granted), excluded.pace, excluded.most,
           g.granted
    FROM (SELECT greatest(0, least(
        excluded.granted,
        floor(excluded.most - extract(epoch FROM greatest(l.full_at - $1, '0')) / excluded.pace + 0.001)
    ))::integer AS granted) AS g)
RETURNING l.key, l.granted
"""
_GIVE_BACK: Final = """
UPDATE limits l SET full_at = l.full_at - make_interval(secs => l.pace * w.unused)
FROM unnest($1::uuid[], $2::integer[]) AS w (key, unused) WHERE l.key = w.key
"""
_PRUNE: Final = """
WITH old AS MATERIALIZED (SELECT key FROM limits WHERE full_at <= $1 LIMIT {portion} FOR UPDATE SKIP LOCKED)
DELETE FROM limits l USING old WHERE l.key = old.key
"""


async def take(tx: Tx, wishes: Sequence[Sequence[Use]]) -> list[bool]:
    """Tell for each wish in order whether all its limits allow it, and count it in all of them if so, else in none.

    This counts when the transaction is committed; until then others who ask for the same keys wait.
    """
    wanted = Counter(use for wish in wishes for use in wish)
    if not wanted:
        return [True] * len(wishes)
    keys = {use: _key(use) for use in wanted}
    rows = [(keys[use], use[0].pace, use[0].most, count) for use, count in wanted.items()]
    granted = {row["key"]: row["granted"] for row in await tx.fetch(_TAKE, tx.now, *columns(rows, 4))}
    left = Counter({use: granted[key] for use, key in keys.items()})
    allowed = []
    for wish in wishes:
        needed = Counter(wish)
        allowed.append(all(left[use] >= count for use, count in needed.items()))
        if allowed[-1]:
            left -= needed  # drops what is used up; a Counter has none of that
    if unused := [(keys[use], count) for use, count in left.items()]:
        await tx.execute(_GIVE_BACK, *columns(unused, 2))
    return allowed


async def allows(tx: Tx, *uses: Use) -> bool:
    """Tell whether something may happen now, and count it in all these limits if so, else in none; see ``take``."""
    return (await take(tx, [uses]))[0]


async def prune(tx: Tx) -> int:
    """Delete at most ``PORTION`` rows that limit nothing any more; return how many.

    Call it again, each time in a transaction of its own, until it returns 0.
    """
    return await tx.execute(_PRUNE.format(portion=PORTION), tx.now)


def _key(use: Use) -> UUID:
    """Name a row without telling whom it is about: keys are addresses of people."""
    limit, key = use
    return UUID(bytes=blake2b(f"{limit.name}\0{key}".encode(errors="surrogatepass"), digest_size=16).digest())


class RateLimit:
    """Lets each key through ``requests`` times per ``span`` like ``Limit``, within one process, in a bounded memory."""

    def __init__(self, requests: int, span: timedelta) -> None:
        self._pace = span.total_seconds() / requests
        # A little more than the span, so that rounding never takes the last request of a burst away.
        self._burst = span.total_seconds() + self._pace / 1000
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Tell whether ``key`` may pass now, and count it if so."""
        now = monotonic()
        full_at = max(self._full_at.get(key, now), now) + self._pace
        if full_at - now > self._burst:
            return False
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        while len(self._full_at) > ROOM or (self._full_at and next(iter(self._full_at.values())) < now):
            self._full_at.popitem(last=False)
        return True
