"""Finding partners."""

from collections.abc import Collection

from enlist.domain.partners import queries
from enlist.domain.partners.errors import PartnerNotFound
from enlist.domain.partners.model import Partner
from enlist.domain.partners.naming import login_key
from enlist.runtime.db import Tx


async def find(tx: Tx, account_id: int, login: str) -> Partner | None:
    """Find a partner by login, in whichever letter case."""
    return (await find_all(tx, [(account_id, login)])).get((account_id, login))


async def get(tx: Tx, account_id: int, login: str) -> Partner:
    """Return the partner of ``login``, in whichever letter case. Refuses with PartnerNotFound."""
    partner = await find(tx, account_id, login)
    if partner is None:
        raise PartnerNotFound(partner=login[:100])
    return partner


async def find_all(tx: Tx, logins: Collection[tuple[int, str]]) -> dict[tuple[int, str], Partner]:
    """Find partners by (account, login as asked); unknown ones are left out."""
    possible = [(account_id, login) for account_id, login in logins if login_key(login)]
    return await queries.find_all(tx, possible) if possible else {}


async def get_all(tx: Tx, keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Partner]:
    """Return partners by (account, number); unknown ones are left out."""
    return await queries.get_all(tx, keys) if keys else {}


async def find_by_email(tx: Tx, account_id: int, email: str, *, limit: int = 20) -> list[Partner]:
    """Find at most ``limit`` partners with this e-mail address, in whichever letter case, the oldest first."""
    return [] if "\0" in email else await queries.with_email(tx, account_id, email.strip(), limit)


async def list_(tx: Tx, account_id: int, *, after: str = "", limit: int = 100) -> list[Partner]:
    """List at most ``limit`` partners by login, beginning behind the login ``after``."""
    return await queries.list_all(tx, account_id, after, limit)


async def lock(tx: Tx, account_id: int, login: str) -> Partner:
    """Return the partner of ``login``, whom nobody else changes or pays until the end of the transaction.

    Refuses with PartnerNotFound.
    """
    partner = await queries.lock_partner(tx, account_id, login) if login_key(login) else None
    if partner is None:
        raise PartnerNotFound(partner=login[:100])
    return partner
