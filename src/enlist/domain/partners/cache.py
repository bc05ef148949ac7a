"""Finding the partners whom clicks name, without asking the database each time."""

from collections.abc import Collection
from time import monotonic
from typing import Final

from enlist.domain.partners import queries
from enlist.domain.partners.model import Member
from enlist.domain.partners.naming import find_named, keys_named
from enlist.runtime.db import Tx

FRESH: Final = 2.0  # seconds
ROOM: Final = 10_000
CHANGED: Final = "partners_changed"

Names = Collection[tuple[int, str]]


class KnownPartners:
    """Active partners by account and login, remembered for a moment.

    What is remembered is asked for anew after two seconds, and at once when ``forget`` is called (the plan calls it on
    the signal ``CHANGED``). That there is no such partner is never remembered: they may have joined just now.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], tuple[Member, float]] = {}

    def forget(self, _message: str = "") -> None:
        """Forget everything."""
        self._known.clear()

    async def find(self, tx: Tx, names: Names) -> dict[tuple[int, str], Member]:
        """Find active partners by (account, login or number as text); others are left out."""
        oldest = monotonic() - FRESH
        found = {key: known[0] for key in names if (known := self._known.get(key)) is not None and known[1] > oldest}
        if missing := [key for key in names if key not in found]:
            asked = await _ask(tx, missing)
            if len(self._known) + len(asked) > ROOM:
                self._known.clear()
            now = monotonic()
            self._known |= {key: (member, now) for key, member in asked.items()}
            found |= asked
        return found


async def _ask(tx: Tx, names: Names) -> dict[tuple[int, str], Member]:
    members = await queries.members(tx, [(account_id, key) for account_id, name in names for key in keys_named(name)])
    return {
        (account_id, name): member
        for account_id, name in names
        if (member := find_named(members.get(account_id, {}), name)) is not None
    }
