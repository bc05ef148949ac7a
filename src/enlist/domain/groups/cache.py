"""Finding the groups that enrolments name, without asking the database each time."""

from collections.abc import Collection
from time import monotonic
from typing import Final

from enlist.domain.groups import queries
from enlist.domain.groups.model import Group
from enlist.runtime.db import Tx

FRESH: Final = 2.0  # seconds
ROOM: Final = 10_000
CHANGED: Final = "groups_changed"

Names = Collection[tuple[int, str]]


class KnownGroups:
    """Groups by account and name, remembered for a moment.

    What is remembered is asked for anew after two seconds, and at once when ``forget`` is called (the plan calls it on
    the signal ``CHANGED``). That a group does not exist is never remembered: it may have been made just now.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], tuple[Group, float]] = {}

    def forget(self, _message: str = "") -> None:
        """Forget everything."""
        self._known.clear()

    async def find(self, tx: Tx, names: Names) -> dict[tuple[int, str], Group]:
        """Find groups by (account, name); unknown ones are left out."""
        oldest = monotonic() - FRESH
        found = {key: known[0] for key in names if (known := self._known.get(key)) is not None and known[1] > oldest}
        missing = [key for key in names if key not in found]
        if missing:
            asked = await queries.groups_named(tx, missing)
            if len(self._known) + len(asked) > ROOM:
                self._known.clear()
            now = monotonic()
            self._known |= {key: (group, now) for key, group in asked.items()}
            found |= asked
        return found
