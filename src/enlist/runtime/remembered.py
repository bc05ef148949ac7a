"""Answers of the database remembered for a moment, and for longer while it is away."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import Final, Generic, TypeVar

from enlist.runtime.db import DatabaseAway

Key = TypeVar("Key")
Value = TypeVar("Value")

FRESH: Final = timedelta(seconds=2)
ROOM: Final = 10_000
LONGEST_KEY: Final = 1_000  # characters; strangers choose the keys, and nothing that exists has a longer one


class Remembered(Generic[Key, Value]):
    """A bounded memory in front of one question; what is remembered is never the last word.

    It is asked for anew after two seconds, and at once after ``forget``. What has a very long key is asked each time.
    """

    def __init__(self, ask: Callable[[Key], Awaitable[Value | None]]) -> None:
        """Remember the answers of ``ask``, which may raise DatabaseAway."""
        self._ask = ask
        self._known: OrderedDict[Key, tuple[Value | None, float]] = OrderedDict()

    def __len__(self) -> int:
        """Tell how many answers are remembered."""
        return len(self._known)

    def forget(self, _message: str = "") -> None:
        """Take nothing that is remembered for fresh any more."""
        for key, (value, _) in self._known.items():
            self._known[key] = (value, 0.0)

    async def find(self, key: Key) -> Value | None:
        """Return the answer for ``key``.

        While the database is away it is the last one known. Raises DatabaseAway when none is.
        """
        known = self._known.get(key)
        if known is not None and monotonic() - known[1] < FRESH.total_seconds():
            return known[0]
        if known is not None:
            # One caller asks; those who come meanwhile are served what is known, instead of asking all at once.
            self._known[key] = (known[0], monotonic())
        try:
            value = await self._ask(key)
        except DatabaseAway:
            if known is None or known[0] is None:
                raise
            return known[0]
        if len(repr(key)) <= LONGEST_KEY:
            self._known[key] = (value, monotonic())
        if len(self._known) > ROOM:
            self._known.popitem(last=False)
        return value
