"""Asking for a link to sign in to the partner dashboard: who gets one, and how often one may try."""

from datetime import timedelta
from typing import Final

from enlist.domain import delivery
from enlist.domain.partners import announcing, finding
from enlist.domain.partners.errors import TooManyTries
from enlist.domain.partners.model import Partner
from enlist.kit.addresses import network_of
from enlist.kit.email import normalise
from enlist.runtime import limits
from enlist.runtime.db import Tx
from enlist.runtime.limits import Limit

TRIES: Final = Limit("partners: tries to sign in or to register", 60, timedelta(hours=1))


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
