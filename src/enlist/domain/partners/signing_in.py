"""Signing in to the pages of partners: who may, for how long a link and a session are good, how often one may try."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from enlist.domain import delivery
from enlist.domain.partners import announcing, finding, queries
from enlist.domain.partners.errors import TooManyTries
from enlist.domain.partners.model import Partner
from enlist.kit.addresses import network_of
from enlist.kit.email import normalise
from enlist.runtime import limits
from enlist.runtime.db import Tx
from enlist.runtime.limits import Limit

LINK_LIVES: Final = timedelta(hours=1)
SESSION_LIVES: Final = timedelta(days=14)
TRIES: Final = Limit("partners: tries to sign in or to register", 60, timedelta(hours=1))


class Pass(msgspec.Struct, frozen=True):
    """What a link to sign in, or a session, says of whoever shows it: which partner they are, until when."""

    account_id: int
    partner_id: int
    ends_at: datetime


def link_pass(account_id: int, partner_id: int, now: datetime) -> Pass:
    """Make what a link in a letter says that signs a partner in."""
    return Pass(account_id, partner_id, now + LINK_LIVES)


def session_pass(partner: Partner, now: datetime) -> Pass:
    """Make what a session says that begins now."""
    return Pass(partner.account_id, partner.id, now + SESSION_LIVES)


async def admit(tx: Tx, account_id: int, shown: Pass) -> Partner | None:
    """Return the partner whom a link or a session lets in to the pages of this account; None: nobody (any more).

    Partners who wait for approval and suspended ones are let in as well: they see what they earned.
    """
    if shown.account_id != account_id or shown.ends_at < tx.now:
        return None
    key = account_id, shown.partner_id
    return (await queries.get_all(tx, [key])).get(key)


async def count_try(tx: Tx, account_id: int, ip: str) -> None:
    """Count a try to sign in to an account, or to register, from the network address ``ip``.

    In a transaction of its own, so that tries that fail count as well. Refuses with TooManyTries.
    """
    if not await limits.allows(tx, (TRIES, f"{account_id} {network_of(ip)}")):
        raise TooManyTries


async def ask_for_link(tx: Tx, account_id: int, email: str, ip: str) -> None:
    """Have a link to sign in written to the partners with this e-mail address, for somebody at ``ip``.

    Nobody is told whether there are any, or whether they have had too many letters.
    """
    by_address: dict[str, list[Partner]] = {}
    for partner in await finding.find_by_email(tx, account_id, email):
        address = normalise(partner.email)
        by_address.setdefault(address.key if address else partner.email, []).append(partner)
    allowed = await delivery.allow_letters(tx, [delivery.Cause(address, ip) for address in by_address])
    for partners, may in zip(by_address.values(), allowed, strict=True):
        if may:
            await announcing.send_sign_in(tx, partners)
