"""Finding partners, the programme's settings and partners' own rates."""

from enlist.domain.partners import queries
from enlist.domain.partners.errors import PartnerNotFound
from enlist.domain.partners.model import Partner, Programme, Rate
from enlist.domain.partners.naming import login_key
from enlist.kit.text import can_be_kept
from enlist.runtime.db import Tx


async def find(tx: Tx, account_id: int, login: str) -> Partner | None:
    """Find a partner by login, in whichever letter case."""
    return await queries.find_partner(tx, account_id, login) if login_key(login) else None


async def get(tx: Tx, account_id: int, login: str) -> Partner:
    """Return the partner of ``login``, in whichever letter case. Refuses with PartnerNotFound."""
    partner = await find(tx, account_id, login)
    if partner is None:
        raise PartnerNotFound(partner=login[:100])
    return partner


async def find_by_email(tx: Tx, account_id: int, email: str, *, limit: int = 20) -> list[Partner]:
    """Find at most ``limit`` partners with this e-mail address, in whichever letter case, the oldest first."""
    return [] if not can_be_kept(email) else await queries.with_email(tx, account_id, email.strip(), limit)


async def lock(tx: Tx, account_id: int, login: str) -> Partner:
    """Return the partner of ``login``, whom nobody else changes or pays until the end of the transaction.

    Refuses with PartnerNotFound.
    """
    partner = await queries.lock_partner(tx, account_id, login) if login_key(login) else None
    if partner is None:
        raise PartnerNotFound(partner=login[:100])
    return partner


async def programme(tx: Tx, account_id: int) -> Programme:
    """Return the settings of an account's programme; those of a fresh one if nobody has set any."""
    return (await queries.programmes(tx, [account_id]))[account_id]


async def list_rates(tx: Tx, account_id: int, login: str) -> list[Rate]:
    """List a partner's own rates, those for single products first. Refuses with PartnerNotFound."""
    partner = await get(tx, account_id, login)
    return (await queries.rates(tx, [(account_id, partner.id)])).get((account_id, partner.id), [])
