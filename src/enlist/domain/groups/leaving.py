"""Leaving groups: by the owner's call, by the link in a letter, or because mail to the address comes back."""

from collections.abc import Sequence
from typing import Any

import msgspec

from enlist.domain import contacts
from enlist.domain.groups import confirming, counting, queries
from enlist.domain.groups.errors import GroupForbidden, GroupNotFound, NotMember
from enlist.domain.groups.events import ContactEnrolled, ContactLeft
from enlist.kit.email import EmailAddress
from enlist.runtime import events
from enlist.runtime.db import Tx


class Leave(msgspec.Struct, frozen=True):
    """What became of a wish to leave, or to come back: ``found`` is false when there is no such membership (any more).

    ``titles`` are the titles of the groups that the link names.
    """

    found: bool
    titles: tuple[str, ...] = ()


async def leave(tx: Tx, account_id: int, email: EmailAddress, group: str) -> None:
    """Take a contact out of one group by its name; once out, saying it again changes nothing (api-1.0.md §4).

    Refuses with GroupNotFound, GroupForbidden, contacts.ContactNotFound or NotMember.
    """
    groups = await queries.groups_named(tx, [(account_id, group)])
    if not groups:
        raise GroupNotFound(group=group)
    (found,) = groups.values()
    if found.fills_itself:
        raise GroupForbidden(group=group)
    contact = await contacts.find(tx, account_id, email)
    if contact is None:
        raise contacts.ContactNotFound(email=email.address)
    if not await queries.places(tx, account_id, contact.id, [found.id]):
        raise NotMember(email=email.address, group=group)
    await _leave(tx, account_id, contact.id, [found.id])


async def leave_by_link(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> Leave:
    """Take a contact out of the groups that the link in his letter names; saying it twice is as good as once."""
    await _leave(tx, account_id, contact_id, group_ids)
    return await _what_is_left(tx, account_id, contact_id, group_ids)


async def rejoin_by_link(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> Leave:
    """Undo ``leave_by_link``: who was active is active again, who was waiting waits again."""
    async with counting.kept(tx, [(account_id, contact_id)]):
        back = await queries.rejoin(tx, account_id, contact_id, group_ids)
    states = {group: state for group, state, _ in await queries.places(tx, account_id, contact_id, back)}
    await events.publish(
        tx,
        [
            ContactEnrolled(owner_id=account_id, contact_id=contact_id, group_id=group, state=state)
            for group, state in states.items()
        ],
    )
    return await _what_is_left(tx, account_id, contact_id, group_ids)


async def mark_undeliverable(tx: Tx, refused: Sequence[Any]) -> None:
    """React to delivery.RecipientRefused: memberships that wait for an answer to that letter become undeliverable."""
    places = [
        (event.owner_id, event.data["contact_id"], group)
        for event in refused
        if event.kind == confirming.CONFIRMATION_LETTER
        for group in event.data["group_ids"]
    ]
    async with counting.kept(tx, [place[:2] for place in places]):
        await queries.mark_undeliverable(tx, places)


async def _leave(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> None:
    async with counting.kept(tx, [(account_id, contact_id)]):
        left = await queries.leave(tx, account_id, contact_id, group_ids)
    await events.publish(
        tx, [ContactLeft(owner_id=account_id, contact_id=contact_id, group_id=group) for group in left]
    )


async def _what_is_left(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> Leave:
    places = await queries.places(tx, account_id, contact_id, group_ids)
    groups = await queries.groups_numbered(tx, account_id, [group for group, _, _ in places])
    return Leave(bool(places), tuple(groups[group].title for group, _, _ in places if group in groups))
