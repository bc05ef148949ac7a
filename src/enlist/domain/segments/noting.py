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


async def note_changes(tx: Tx, facts: Sequence[_OfProfile]) -> None:
    """React to facts that speak of a profile (``site_id``, ``profile_id``): its segments have to be found anew."""
    await queries.note_changes(tx, list(dict.fromkeys((fact.site_id, fact.profile_id) for fact in facts)))
