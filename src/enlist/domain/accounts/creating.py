"""Making accounts, and their sites and managers."""

import secrets
import string
from typing import Final

from enlist.domain.accounts import manager_queries, queries, site_queries
from enlist.domain.accounts.cache import CHANGED, SITES_CHANGED
from enlist.domain.accounts.errors import LoginTaken, SiteTaken, TokenTaken
from enlist.domain.accounts.model import (
    Account,
    Manager,
    NewAccount,
    Site,
    check,
    check_manager,
    check_site_name,
    check_time_zone,
    check_token,
)
from enlist.domain.accounts.sealing import make_key, set_key
from enlist.runtime import signals
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault

_LETTERS: Final = string.ascii_letters + string.digits


async def create(tx: Tx, new: NewAccount, vault: Vault) -> Account:
    """Make an account with a key; its built-in group comes with it. Refuses with LoginTaken or BadAccount."""
    check(new)
    account_id = await queries.insert(tx, new)
    if account_id is None:
        raise LoginTaken(login=new.login)
    await set_key(tx, account_id, new.api_key or make_key(), vault)
    await signals.send(tx, CHANGED, str(account_id))
    account = await queries.find_by_login(tx, new.login, vault)
    assert account is not None
    return account


async def create_site(
    tx: Tx, account_id: int, name: str, *, token: str | None = None, time_zone: str | None = None
) -> tuple[Site, str]:
    """Make a site; return it and its token, which is kept nowhere.

    Without a ``token`` one is made up, without a ``time_zone`` the account's is taken. Refuses with SiteTaken,
    TokenTaken, BadAccount.
    """
    check_site_name(name)
    await check_zone(tx, time_zone)
    token = make_token() if token is None else check_token(token)
    if await site_queries.find(tx, account_id, name) is not None:
        raise SiteTaken(site=name)
    site = await site_queries.insert(tx, account_id, name, token, time_zone)
    if site is None:
        # Somebody else's token, unless the same site was made at the same moment.
        raise SiteTaken(site=name) if await site_queries.find(tx, account_id, name) else TokenTaken(site=name)
    await signals.send(tx, SITES_CHANGED, str(account_id))
    return site, token


def make_token() -> str:
    """Make up a token: 32 letters and digits, as the original gives out (profiles-api.md §1.1)."""
    return "".join(secrets.choice(_LETTERS) for _ in range(32))


async def check_zone(tx: Tx, time_zone: str | None) -> None:
    """Refuse with BadAccount a time zone that Python or PostgreSQL does not know."""
    if time_zone is not None:
        check_time_zone(time_zone)
        check_time_zone(time_zone, known=await site_queries.knows_zone(tx, time_zone))


async def create_manager(tx: Tx, account_id: int, name: str, *, email: str = "") -> Manager:
    """Note a manager by ``name`` and surname, with or without an ``email``. Refuses with BadAccount."""
    name, email = name.strip(), email.strip()
    check_manager(name, email)
    return await manager_queries.insert(tx, account_id, name, email)
