"""Changing accounts and their sites: disabling, enabling, new keys and tokens, domains, time zones."""

from enlist.domain.accounts import queries, site_queries
from enlist.domain.accounts.cache import CHANGED, SITES_CHANGED
from enlist.domain.accounts.creating import check_zone, make_token
from enlist.domain.accounts.errors import AccountNotFound, DomainTaken, TokenTaken
from enlist.domain.accounts.finding import get, get_site
from enlist.domain.accounts.model import Site, check_currency, check_domain, check_key, check_token
from enlist.domain.accounts.sealing import make_key, set_key
from enlist.runtime import signals
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault


async def disable(tx: Tx, login: str) -> None:
    """Refuse all calls of this account from now on; nothing is lost. Refuses with AccountNotFound."""
    await _change(tx, login, await queries.set_disabled(tx, login, tx.now))


async def enable(tx: Tx, login: str) -> None:
    """Undo ``disable``. Refuses with AccountNotFound."""
    await _change(tx, login, await queries.set_disabled(tx, login, None))


async def set_currency(tx: Tx, login: str, currency: str) -> None:
    """Let the account's prices from now on be in ``currency``, an ISO 4217 code; orders made before keep theirs.

    Refuses with AccountNotFound or BadAccount.
    """
    check_currency(currency)
    await _change(tx, login, await queries.set_currency(tx, login, currency))


async def rotate_key(tx: Tx, login: str, vault: Vault, api_key: str | None = None) -> str:
    """Replace the account's API key by ``api_key`` or a made-up one; return it. Refuses with AccountNotFound."""
    check_key(api_key)
    account = await get(tx, login, vault)
    key = api_key or make_key()
    await set_key(tx, account.id, key, vault)
    await _change(tx, login, account.id)
    return key


async def add_domain(tx: Tx, login: str, domain: str, vault: Vault) -> str:
    """Let the account be reached by a ``domain`` of its own, too; return the domain as stored.

    Adding it again changes nothing. Refuses with AccountNotFound, BadAccount or DomainTaken.
    """
    plain = check_domain(domain)
    account = await get(tx, login, vault)
    if await queries.insert_domain(tx, account.id, plain) != account.id:
        raise DomainTaken(domain=plain)
    await _change(tx, login, account.id)
    return plain


async def rotate_site_token(tx: Tx, account_id: int, name: str, token: str | None = None) -> str:
    """Replace the site's token by ``token`` or a made-up one; return it. The old one is refused at once.

    Refuses with SiteNotFound, TokenTaken, BadAccount.
    """
    token = make_token() if token is None else check_token(token)
    site = await get_site(tx, account_id, name)
    if not await site_queries.set_token(tx, site, token):
        raise TokenTaken(site=name)
    await signals.send(tx, SITES_CHANGED, str(account_id))
    return token


async def set_site_time_zone(tx: Tx, site: Site, time_zone: str) -> Site:
    """Let the site's days follow another zone; return the site as it is now. Refuses with BadAccount.

    What is counted by days has to follow: call ``profiles.change_time_zone``, which calls this.
    """
    await check_zone(tx, time_zone)
    await site_queries.set_time_zone(tx, site, time_zone)
    await signals.send(tx, SITES_CHANGED, str(site.account_id))
    return Site(site.account_id, site.id, site.name, time_zone)


async def _change(tx: Tx, login: str, account_id: int | None) -> None:
    if account_id is None:
        raise AccountNotFound(login=login)
    await signals.send(tx, CHANGED, str(account_id))
