"""The cache: answers of the database kept by key until they are told to have changed, the least used given up first."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from time import monotonic
from typing import Final, Generic, TypeVar

from enlist.runtime.db import DatabaseAway

Key = TypeVar("Key")
Value = TypeVar("Value")

# Signals announce changes, and a process that could not listen for a while clears its cache when it can again. This
# time limit is for the rest: changes made without a signal, and a listening connection that hangs without breaking.
FRESH: Final = timedelta(minutes=5)
# Creating something sends no signal, so a cached "not found" must expire soon.
NOTHING_FRESH: Final = timedelta(seconds=2)
ROOM: Final = 20_000
LONGEST_KEY: Final = 1_000  # characters; strangers choose the keys, and nothing that exists has a longer one


class Cache(Generic[Key, Value]):
    """A bounded cache in front of a question; each answer belongs to a subject, and is forgotten with it.

    An invalidated answer is asked for again; the old one is used only while the database is away.
    """

    def __init__(
        self, subject: Callable[[Key, Value], int | str], *, room: int = ROOM, fresh: timedelta = FRESH
    ) -> None:
        """Keep ``room`` answers for ``fresh`` each; ``subject`` names what one belongs to, such as its account."""
        self._subject = subject
        self._room = room
        self._fresh = fresh.total_seconds()
        self._nothing_fresh = min(fresh, NOTHING_FRESH).total_seconds()
        # By key: the answer, until when it is fresh, its subject; in the order of use, the latest last.
        self._known: OrderedDict[Key, tuple[Value | None, float, str]] = OrderedDict()
        self._keys: dict[str, set[Key]] = {}  # by subject; those without an answer by the empty one
        self._forgotten = 0

    def __len__(self) -> int:
        """Tell how many answers are kept."""
        return len(self._known)

    def forget(self, subject: str = "") -> None:
        """Take no answer about ``subject`` for fresh any more, nor that there is nothing; an empty one means all.

        Made to be called on a signal, with its message.
        """
        self._forgotten += 1
        keys = (*self._keys.get(subject, ()), *self._keys.get("", ())) if subject else tuple(self._known)
        for key in keys:
            value, _, whose = self._known[key]
            self._known[key] = (value, 0.0, whose)

    async def find(self, key: Key, ask: Callable[[Key], Awaitable[Value | None]]) -> Value | None:
        """Return the answer for ``key``, from ``ask`` if none is fresh.

        While the database is away it is the last one known. Raises DatabaseAway when none is.
        """
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            if monotonic() < known[1]:
                return known[0]
            # One caller asks; those who come meanwhile are served what is known, instead of asking all at once.
            self._known[key] = (known[0], monotonic() + self._nothing_fresh, known[2])
        forgotten = self._forgotten
        try:
            value = await ask(key)
        except DatabaseAway:
            if known is None or known[0] is None:
                raise
            return known[0]
        self._keep(key, value, forgotten)
        return value

    async def find_all(
        self, keys: Collection[Key], ask: Callable[[Collection[Key]], Awaitable[dict[Key, Value]]]
    ) -> dict[Key, Value]:
        """Return the answers for ``keys``, those that are not fresh by one ``ask``.

        That there is none is not kept: there may be one a moment later.
        """
        now = monotonic()
        found: dict[Key, Value] = {}
        missing: list[Key] = []
        for key in keys:
            known = self._known.get(key)
            if known is None or known[0] is None or now >= known[1]:
                missing.append(key)
            else:
                self._known.move_to_end(key)
                found[key] = known[0]
        if missing:
            forgotten = self._forgotten
            asked = await ask(missing)
            for key, value in asked.items():
                self._keep(key, value, forgotten)
            found |= asked
        return found

    def _keep(self, key: Key, value: Value | None, forgotten: int) -> None:
        """Keep an answer to what was asked when ``forgotten`` had been called so often."""
        if value is None and len(repr(key)) > LONGEST_KEY:
            return
        self._give_up(key)
        subject = "" if value is None else str(self._subject(key, value))
        fresh = self._nothing_fresh if value is None else self._fresh
        # What was told to have changed while the database was asked may have been read before it changed.
        until = monotonic() + fresh if forgotten == self._forgotten else 0.0
        self._known[key] = (value, until, subject)
        self._keys.setdefault(subject, set()).add(key)
        if len(self._known) > self._room:
            self._give_up(next(iter(self._known)))

    def _give_up(self, key: Key) -> None:
        known = self._known.pop(key, None)
        if known is not None:
            keys = self._keys[known[2]]
            keys.discard(key)
            if not keys:
                del self._keys[known[2]]
