"""What the protocol calls groups: by their own names, but for the built-in one (api-1.0.md §7, wire.md §2.4, C5)."""

from typing import Final

from enlist.domain import groups

ALL_CONTACTS: Final = "allleads"
# What no group of an owner's may be called, as calls mean something else by it.
RESERVED: Final = frozenset({ALL_CONTACTS, "all", "unique"})
_SWAPPED: Final = {ALL_CONTACTS: groups.ALL_CONTACTS, groups.ALL_CONTACTS: ALL_CONTACTS}


def ours(name: str) -> str:
    """Return our name of the group that a call names; what only we call a group is unknown to the protocol."""
    return _SWAPPED.get(name, name)


def theirs(name: str) -> str:
    """Return the protocol's name of a group."""
    return _SWAPPED.get(name, name)
