"""Asking people in a letter whether it was them, and taking their yes."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from enlist.domain import accounts, contacts, delivery
from enlist.domain.groups import counting, queries
from enlist.domain.groups.events import ContactConfirmed
from enlist.domain.groups.messages import composing
from enlist.domain.groups.model import Enrolment, Links
from enlist.runtime import events
from enlist.runtime.db import Tx

CONFIRMATION_LETTER: Final = "groups.confirmation"


class Confirmation(msgspec.Struct, frozen=True):
    """What became of a yes: ``done`` (also when it had been said before), ``left`` since, or ``gone`` altogether.

    ``titles`` are the groups' titles, ``done_url`` where the person wanted to be sent afterwards (as it was given).
    """

    outcome: Literal["done", "left", "gone"]
    titles: tuple[str, ...] = ()
    done_url: str = ""


async def ask(tx: Tx, asked: Sequence[tuple[Enrolment, int, list[int]]]) -> None:
    """Queue one letter for each (enrolment, contact number, group numbers) that asks for the person's yes."""
    await delivery.queue(
        tx,
        [
            delivery.Letter(
                account_id=enrolment.account.id,
                kind=CONFIRMATION_LETTER,
                recipient=enrolment.person.email.address,
                data={"contact_id": contact_id, "group_ids": group_ids},
            )
            for enrolment, contact_id, group_ids in asked
        ],
    )


async def confirm(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> Confirmation:
    """Take a person's yes for some groups, as the link in the email names them; twice is as good as once."""
    async with counting.kept(tx, [(account_id, contact_id)]):
        confirmed = await queries.confirm(tx, account_id, contact_id, group_ids)
    if confirmed:
        await contacts.mark_confirmed(tx, account_id, contact_id)
        await events.publish(
            tx,
            [ContactConfirmed(owner_id=account_id, contact_id=contact_id, group_id=group) for group in confirmed],
        )
    places = await queries.places(tx, account_id, contact_id, group_ids)
    active = [(group, done_url) for group, state, done_url in places if state == "active"]
    if not active:
        return Confirmation("left" if places else "gone")
    groups = await queries.groups_numbered(tx, account_id, [group for group, _ in active])
    titles = tuple(groups[group].title for group, _ in active if group in groups)
    return Confirmation("done", titles, next((url for _, url in active if url), ""))


def confirmation_composer(links: Links) -> delivery.Composer:
    """Make what writes the letters of this slice; ``links`` makes the addresses in them."""

    async def compose(tx: Tx, letters: Sequence[delivery.QueuedLetter]) -> list[delivery.Content | None]:
        keys = [(letter.account_id, letter.data["contact_id"]) for letter in letters]
        people = await contacts.get(tx, keys)
        waiting = await queries.waiting_places(tx, keys)
        owners = await accounts.owners(tx, {letter.account_id for letter in letters})
        return [
            _content(letter, people.get(key), dict(waiting.get(key, [])), owners.get(letter.account_id), links)
            for letter, key in zip(letters, keys, strict=True)
        ]

    return compose


def _content(
    letter: delivery.QueuedLetter,
    person: contacts.Contact | None,
    waiting: dict[int, str],
    owner: accounts.Owner | None,
    links: Links,
) -> delivery.Content | None:
    groups = [group for group in letter.data["group_ids"] if group in waiting]
    if person is None or owner is None or not groups:
        return None  # they have answered already, or are gone: nobody needs this email any more
    return composing.confirmation(
        owner.locale,
        name=person.name,
        group_titles=[waiting[group] for group in groups],
        confirm_url=links.confirm(letter.account_id, person.id, groups),
        leave_url=links.leave(letter.account_id, person.id, groups),
        shop=owner.login,
    )
