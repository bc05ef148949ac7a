"""The clicks that are known of a contact: those kept before, and those that requests bring along now."""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from enlist.domain.attribution import lead_queries
from enlist.domain.attribution.attributing import keys_of, remember
from enlist.domain.attribution.model import Key, Touch
from enlist.runtime.db import Tx


class History(msgspec.Struct):
    """What is known of one contact's clicks."""

    kept: list[Touch] = []
    new: list[Touch] = []

    @property
    def all(self) -> list[Touch]:
        """All clicks, in no order."""
        return self.kept + self.new

    @property
    def names(self) -> set[str]:
        """What names partners in them, as keys of members."""
        return {key for touch in self.all for key in keys_of(touch.marks)}

    def add(self, touches: Sequence[Touch]) -> None:
        """Add clicks that are new, or known already."""
        self.new += touches


async def load(tx: Tx, contacts: Collection[Key]) -> dict[Key, History]:
    """Load what is kept of the clicks of contacts, by (account, contact); those without any are left out."""
    found = await lead_queries.touches_of(tx, contacts) if contacts else {}
    return {key: History(kept=touches) for key, touches in found.items()}


async def keep(tx: Tx, histories: Mapping[Key, History]) -> None:
    """Keep what is new, and give up for it what matters least where there is much."""
    added: list[tuple[Key, Touch]] = []
    dropped: list[tuple[Key, Touch]] = []
    for key, history in histories.items():
        if history.new:
            fresh, given_up = remember(history.kept, history.new)
            added += [(key, touch) for touch in fresh]
            dropped += [(key, touch) for touch in given_up]
    if dropped:
        await lead_queries.drop_touches(tx, dropped)
    await lead_queries.add_touches(tx, added)
