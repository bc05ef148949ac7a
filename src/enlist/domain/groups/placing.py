"""Keeping contacts as their owner describes them: their cards, the groups that they join, those that they lose."""

from collections.abc import Sequence

from enlist.domain import contacts
from enlist.domain.accounts import Account
from enlist.domain.groups import counting, queries
from enlist.domain.groups.enrolling import enrol
from enlist.domain.groups.errors import AlreadyMember, BadEnrolment
from enlist.domain.groups.events import ContactEnrolled, ContactLeft
from enlist.domain.groups.model import MOST_GROUPS, Enrolment, Group, pick_groups
from enlist.kit.email import EmailAddress
from enlist.kit.errors import Refusal
from enlist.kit.text import can_be_kept
from enlist.runtime import events
from enlist.runtime.db import Tx


async def keep_contact(
    tx: Tx,
    account: Account,
    email: EmailAddress | None,
    changes: contacts.CardChanges,
    *,
    join: Sequence[str] = (),
    leave: Sequence[str] = (),
) -> int:
    """Make the contact of ``email`` or change the one there is, put them into their groups, and return their number.

    Without an address it is always a new contact. They lose the groups ``leave`` first, as ``remove`` says, and join
    the groups ``join`` then: by the rule of ``enrol``, letter and all, or as ``place_without_email`` says. Refuses
    with contacts.BadContact, accounts.ManagerNotFound, GroupNotFound, GroupForbidden, AddressUndeliverable,
    BadEnrolment. Source: api-2.0.md §2.
    """
    contact_id = await _contact_of(tx, account.id, email)
    await contacts.write_card(tx, account.id, contact_id, changes)
    if leave:
        await remove(tx, account.id, contact_id, leave)
    if join and email is None:
        await place_without_email(tx, account.id, contact_id, join)
    elif join and email is not None:
        await _enrol(tx, account, contact_id, email, join)
    return contact_id


async def remove(tx: Tx, account_id: int, contact_id: int, names: Sequence[str]) -> None:
    """Delete a contact's memberships in the groups ``names``; where there is none, nothing happens (api-2.0.md §2).

    What stays is that mail to the address was refused for good: whoever comes back does not make it deliverable.
    Refuses with GroupNotFound, GroupForbidden, BadEnrolment.
    """
    groups = await _named(tx, account_id, names)
    async with counting.kept(tx, [(account_id, contact_id)]):
        states = await queries.remove(tx, account_id, contact_id, [group.id for group in groups])
    gone = [group for group in groups if group.id in states]
    await contacts.note(tx, account_id, contact_id, [("groups", group.name, "") for group in gone])
    left = [group for group in gone if states[group.id] != "left"]
    await events.publish(
        tx, [ContactLeft(owner_id=account_id, contact_id=contact_id, group_id=group.id) for group in left]
    )


async def place_without_email(tx: Tx, account_id: int, contact_id: int, names: Sequence[str]) -> None:
    """Let a contact who has no e-mail address wait in the groups ``names``: nobody can be asked to confirm.

    Refuses with GroupNotFound, GroupForbidden, BadEnrolment.
    """
    groups = await _named(tx, account_id, names)
    async with counting.kept(tx, [(account_id, contact_id)]):
        placed = set(await queries.insert_waiting(tx, account_id, contact_id, [group.id for group in groups]))
    come = [group for group in groups if group.id in placed]
    await contacts.note(tx, account_id, contact_id, [("groups", "", group.name) for group in come])
    await events.publish(
        tx,
        [
            ContactEnrolled(owner_id=account_id, contact_id=contact_id, group_id=group.id, state="waiting")
            for group in come
        ],
    )


async def _contact_of(tx: Tx, account_id: int, email: EmailAddress | None) -> int:
    if email is None:
        return await contacts.create_without_email(tx, account_id)
    (known,) = (await contacts.add_or_fill(tx, [(account_id, contacts.Person(email))])).values()
    return known.id


async def _enrol(tx: Tx, account: Account, contact_id: int, email: EmailAddress, names: Sequence[str]) -> None:
    groups = await _named(tx, account.id, names)
    held = (await queries.held_by(tx, [(account.id, contact_id)])).get((account.id, contact_id), {})
    (outcome,) = await enrol(
        tx, [Enrolment(account=account, person=contacts.Person(email), groups=tuple(group.name for group in groups))]
    )
    if isinstance(outcome, Refusal) and not isinstance(outcome, AlreadyMember):
        raise outcome
    come = [group.name for group in groups if group.id not in held or held[group.id].state == "left"]
    await contacts.note(tx, account.id, contact_id, [("groups", "", name) for name in come])


async def _named(tx: Tx, account_id: int, names: Sequence[str]) -> list[Group]:
    if len(names) > MOST_GROUPS:
        raise BadEnrolment(field="groups", reason=f"are more than {MOST_GROUPS}")
    known = await queries.groups_named(tx, [(account_id, name) for name in names if can_be_kept(name)])
    groups = pick_groups(account_id, names, known)
    if isinstance(groups, Refusal):
        raise groups
    return groups
