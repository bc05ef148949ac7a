"""What an event and a reaction are."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from enlist.runtime.db import Tx


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened to an owner's data; subclasses are named in the past tense and carry a ``tag``."""

    owner_id: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """Who acts on which events, many of them at once, in the dispatcher's transaction.

    ``name`` is stored with what the reaction failed on: it stays the same when code moves.
    """

    name: str
    act: Callable[[Tx, Sequence[Any]], Awaitable[None]]
    events: tuple[type[Event], ...]


def kind_of(event: type[Event]) -> str:
    """Tell the stable name under which events of this class are stored, such as ``groups.contact_enrolled``."""
    kind = event.__struct_config__.tag
    assert isinstance(kind, str), f"{event.__name__} needs a tag"
    return kind
