"""Emails to partners: the link to sign in, that they are in the programme, that they were paid."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

import msgspec

from enlist.domain import accounts, delivery
from enlist.domain.partners import queries, sessions
from enlist.domain.partners.events import PartnerApproved
from enlist.domain.partners.messages import composing
from enlist.domain.partners.model import Partner
from enlist.runtime.db import Tx
from enlist.runtime.formats import price

LETTERS: Final = (composing.SIGN_IN, composing.APPROVAL, composing.PAYOUT)

# Who asked for a link and got none for so long has asked again, or gone away.
_LATEST: Final = timedelta(hours=1)


class Links(msgspec.Struct, frozen=True):
    """Makes the addresses that stand in letters; the plan supplies it.

    ``cabinet`` makes one from an owner, ``sign_in`` from an owner and the token of a link.
    """

    cabinet: Callable[[accounts.Owner], str]
    sign_in: Callable[[accounts.Owner, str], str]


async def send_sign_in(tx: Tx, found: Sequence[Partner]) -> None:
    """Queue a letter with a link to sign in for each of these partners who has an address."""
    await delivery.queue(tx, [_letter(composing.SIGN_IN, partner) for partner in found if partner.email])


async def announce_approvals(tx: Tx, approved: Sequence[PartnerApproved]) -> None:
    """Queue letters to partners who are in now (a reaction)."""
    await _queue(tx, composing.APPROVAL, [(event.owner_id, event.partner_id, {}) for event in approved])


async def send_payouts(tx: Tx, paid: Sequence[tuple[int, int, Decimal]]) -> None:
    """Queue letters to partners to whom money went: (account, partner, amount)."""
    told = [(account_id, partner_id, {"amount": str(amount)}) for account_id, partner_id, amount in paid]
    await _queue(tx, composing.PAYOUT, told)


async def _queue(tx: Tx, kind: str, told: Sequence[tuple[int, int, dict[str, str]]]) -> None:
    found = await queries.get_all(tx, {(account_id, partner_id) for account_id, partner_id, _ in told})
    letters = [
        _letter(kind, partner, **data)
        for account_id, partner_id, data in told
        if (partner := found.get((account_id, partner_id))) is not None and partner.email
    ]
    await delivery.queue(tx, letters)


def _letter(kind: str, partner: Partner, **data: str) -> delivery.Letter:
    return delivery.Letter(partner.account_id, kind, partner.email, {"partner_id": partner.id, **data})


def letter_composer(links: Links) -> delivery.Composer:
    """Make what writes these letters; ``links`` makes the addresses in them."""

    async def compose(tx: Tx, letters: Sequence[delivery.QueuedLetter]) -> list[delivery.Content | None]:
        keys = [(letter.account_id, int(letter.data["partner_id"])) for letter in letters]
        people = await queries.get_all(tx, keys)
        owners = await accounts.owners(tx, {letter.account_id for letter in letters})
        programmes = await queries.programmes(tx, owners)
        contents: list[delivery.Content | None] = []
        for letter, key in zip(letters, keys, strict=True):
            owner, partner = owners.get(letter.account_id), people.get(key)
            if owner is None or partner is None or _obsolete(tx, letter, partner):
                contents.append(None)
            else:
                store = _one_line(programmes[owner.id].store_name)
                contents.append(await _content(tx, letter, owner, partner, store, links))
        return contents

    return compose


def _obsolete(tx: Tx, letter: delivery.QueuedLetter, partner: Partner) -> bool:
    """Tell whether a link comes too late, or would go to an address that is the partner's no longer."""
    return letter.kind == composing.SIGN_IN and (
        tx.now - letter.queued_at > _LATEST or letter.recipient != partner.email
    )


async def _content(
    tx: Tx, letter: delivery.QueuedLetter, owner: accounts.Owner, partner: Partner, store: str, links: Links
) -> delivery.Content:
    amount = letter.data.get("amount")
    signs_in = letter.kind == composing.SIGN_IN
    link = links.sign_in(owner, await sessions.issue_link(tx, partner)) if signs_in else links.cabinet(owner)
    return composing.compose(
        owner.locale,
        letter.kind,
        store=store or owner.login,
        login=partner.login,
        link=link,
        amount=price(owner.locale, Decimal(amount), owner.currency) if amount else "",
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())
