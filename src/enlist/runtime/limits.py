"""A limit on how often one caller may call, kept in a bounded memory."""

from collections import OrderedDict
from datetime import timedelta
from time import monotonic

ROOM = 50_000


class RateLimit:
    """Lets each key through ``requests`` times per ``span``, in bursts of at most that many, evenly refilled."""

    def __init__(self, requests: int, span: timedelta) -> None:
        self._pace = span.total_seconds() / requests
        # A little more than the span, so that rounding never takes the last request of a burst away.
        self._burst = span.total_seconds() + self._pace / 1000
        # For each key the instant at which its allowance will be full again (the "generic cell rate algorithm").
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
