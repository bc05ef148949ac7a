"""Recording what profiles do, and that they have changed; nothing that an action contains makes its batch fail."""

from collections.abc import Sequence
from typing import Final, Protocol

from enlist.domain.segments import queries
from enlist.domain.segments.diagnosing import note
from enlist.domain.segments.model import Action, Refused, fault, key_of
from enlist.runtime.db import Tx

# A row of segment_changes speaks of so many profiles at most: it has to fit into a page.
_PORTION: Final = 256


async def record(tx: Tx, actions: Sequence[Action]) -> list[None]:
    """Keep actions, and note that their profiles have to be sorted; return None, once per action.

    What cannot be kept goes to the site's diagnostics with the reason: no or an unknown profile id, no label, too long.
    Source: profiles-api.md §8.
    """
    kept: list[Action] = []
    refused: list[Refused] = []
    for action in actions:
        if (reason := fault(action)) is None:
            kept.append(action)
        else:
            refused.append(_refused(action, reason))
    for start in range(0, len(kept), _PORTION):
        portion = kept[start : start + _PORTION]
        nobody = await queries.insert_actions(tx, portion)
        refused += [_refused(portion[place], "unknown profile_id") for place in nobody]
    if refused:
        await note(tx, refused)
    return [None] * len(actions)


def _refused(action: Action, reason: str) -> Refused:
    sent = {
        "profile_id": action.profile_id,
        "tags": ",".join(action.tags[:20]),
        "label": action.label,
        "article": action.article,
    }
    return Refused(key_of(action.site), reason, sent)


class _OfProfile(Protocol):
    @property
    def owner_id(self) -> int: ...

    @property
    def site_id(self) -> int: ...

    @property
    def profile_id(self) -> str: ...


async def note_changes(tx: Tx, events: Sequence[_OfProfile]) -> None:
    """React to events that speak of a profile (``site_id``, ``profile_id``): its segments have to be found anew."""
    changed = dict.fromkeys((event.owner_id, event.site_id, event.profile_id) for event in events)
    await queries.note_changes(tx, list(changed))
