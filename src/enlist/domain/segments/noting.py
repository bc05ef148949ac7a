"""Noting that profiles have changed: the reaction to what the profiles slice announces."""

from collections.abc import Sequence
from typing import Protocol

from enlist.domain.segments import queries
from enlist.runtime.db import Tx


class _OfProfile(Protocol):
    @property
    def site_id(self) -> int: ...

    @property
    def profile_id(self) -> str: ...


async def note_changes(tx: Tx, events: Sequence[_OfProfile]) -> None:
    """React to events that speak of a profile (``site_id``, ``profile_id``): its segments have to be found anew."""
    await queries.note_changes(tx, list(dict.fromkeys((event.site_id, event.profile_id) for event in events)))
