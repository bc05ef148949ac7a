"""Counting members."""

from enlist.domain import contacts
from enlist.domain.groups import queries
from enlist.domain.groups.errors import GroupNotFound
from enlist.runtime.db import Tx


async def count_active(tx: Tx, account_id: int, name: str) -> int:
    """Count the active members of a group; the group of all contacts counts them all. Refuses with GroupNotFound."""
    groups = await queries.groups_named(tx, [(account_id, name)])
    if not groups:
        raise GroupNotFound(group=name)
    (group,) = groups.values()
    if group.fills_itself:
        return await contacts.count(tx, account_id)
    return await queries.count_active(tx, account_id, group.id)


async def count_active_people(tx: Tx, account_id: int) -> int:
    """Count the contacts that are active in at least one group."""
    return await queries.count_active_people(tx, account_id)
