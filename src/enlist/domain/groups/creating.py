"""Making groups; the built-in one comes into being with its account (migration 0009)."""

import re
from collections.abc import Collection
from typing import Final

from enlist.domain.groups import queries
from enlist.domain.groups.cache import CHANGED
from enlist.domain.groups.errors import BadGroup, GroupForbidden, GroupTaken
from enlist.domain.groups.model import Group
from enlist.kit.text import fault
from enlist.runtime import signals
from enlist.runtime.db import Tx

# The built-in group of all contacts. No group of the owner's can be called so, as names have no spaces.
ALL_CONTACTS: Final = "all contacts"
# Words that calls use for something else than a group of the owner's (api-1.0.md §7).
RESERVED: Final = frozenset({"all", "unique"})
_NAME = re.compile(r"[\w.-]{1,100}")
LONGEST_TITLE: Final = 255


async def create(
    tx: Tx,
    account_id: int,
    name: str,
    *,
    title: str = "",
    confirmation: bool = True,
    reserved: Collection[str] = (),
) -> Group:
    """Make a group; without a ``title`` it is called by its name. Refuses with BadGroup or GroupTaken.

    ``reserved`` are words, in lower case, that mean something else in a protocol by which groups are named.
    """
    _check_name(name, reserved)
    if reason := fault(title, LONGEST_TITLE):
        raise BadGroup(group=name, reason=f"has a title that {reason}")
    group = await queries.insert_group(tx, account_id, name, title.strip() or name, "ordinary", confirmation)
    if group is None:
        raise GroupTaken(group=name)
    await signals.send(tx, CHANGED, str(account_id))
    return group


async def create_missing(tx: Tx, account_id: int, names: Collection[str]) -> None:
    """Make those of some groups that do not exist, open without confirmation.

    Refuses with BadGroup, or with GroupForbidden if one of them is built in: nobody joins that.
    """
    known = await queries.groups_named(tx, [(account_id, name) for name in names]) if names else {}
    missing = [name for name in sorted(names) if not _exists(known.get((account_id, name)), name)]
    if missing:
        await queries.insert_groups(tx, account_id, missing)
        await signals.send(tx, CHANGED, str(account_id))


def _exists(group: Group | None, name: str) -> bool:
    if group is None:
        _check_name(name)
    elif group.fills_itself:
        raise GroupForbidden(group=name)
    return group is not None


def _check_name(name: str, reserved: Collection[str] = ()) -> None:
    if name.lower() in RESERVED or name.lower() in reserved:
        raise BadGroup(group=name, reason="is a reserved word")
    if not _NAME.fullmatch(name):
        raise BadGroup(group=name, reason="must be 1 to 100 letters, digits, dots, hyphens or underscores")
