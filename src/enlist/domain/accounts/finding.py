"""Finding accounts and sites; what is not there is refused."""

from enlist.domain.accounts import queries, site_queries
from enlist.domain.accounts.errors import AccountNotFound, SiteNotFound
from enlist.domain.accounts.model import Account, Site
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault


async def get(tx: Tx, login: str, vault: Vault) -> Account:
    """Return the account of ``login``, in whichever letter case. Refuses with AccountNotFound."""
    account = await queries.find_by_login(tx, login, vault)
    if account is None:
        raise AccountNotFound(login=login)
    return account


async def list_(tx: Tx, vault: Vault, *, after: str = "", limit: int = 100) -> list[tuple[Account, list[str]]]:
    """List at most ``limit`` accounts with their custom domains, by login, starting after the login ``after``."""
    accounts = await queries.list_all(tx, vault, after, limit)
    domains = await queries.domains_of(tx, [account.id for account in accounts])
    return [(account, domains.get(account.id, [])) for account in accounts]


async def get_site(tx: Tx, account_id: int, name: str) -> Site:
    """Return the account's site called ``name``. Refuses with SiteNotFound."""
    site = await site_queries.find(tx, account_id, name)
    if site is None:
        raise SiteNotFound(site=name)
    return site
