"""Keeping accounts: showing, disabling, enabling, new keys, domains."""

from collections.abc import Collection

from enlist.domain.accounts import queries
from enlist.domain.accounts.creating import CHANGED_CHANNEL, make_key
from enlist.domain.accounts.errors import AccountNotFound, DomainTaken
from enlist.domain.accounts.model import Account, Owner, check_currency, check_domain, check_key
from enlist.runtime import signals
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault


async def get(tx: Tx, login: str, vault: Vault) -> Account:
    """Return the account of ``login``, in whichever letter case. Refuses with AccountNotFound."""
    account = await queries.find_by_login(tx, login, vault)
    if account is None:
        raise AccountNotFound(login=login)
    return account


async def list_(tx: Tx, vault: Vault, *, after: str = "", limit: int = 100) -> list[tuple[Account, list[str]]]:
    """List at most ``limit`` accounts with their custom domains, by login, beginning behind the login ``after``."""
    accounts = await queries.list_all(tx, vault, after, limit)
    domains = await queries.domains_of(tx, [account.id for account in accounts])
    return [(account, domains.get(account.id, [])) for account in accounts]


async def owners(tx: Tx, account_ids: Collection[int]) -> dict[int, Owner]:
    """Return by number what letters and pages need to know of accounts; unknown ones are left out."""
    return await queries.owners(tx, account_ids)


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
    await queries.set_key(tx, account.id, vault.seal(key, queries.sealed_for(account.id)))
    await _change(tx, login, True)
    return key


async def add_domain(tx: Tx, login: str, domain: str, vault: Vault) -> str:
    """Let the account be reached by a ``domain`` of its own, too; return the domain as stored.

    Adding it again changes nothing. Refuses with AccountNotFound, BadAccount or DomainTaken.
    """
    plain = check_domain(domain)
    account = await get(tx, login, vault)
    if await queries.insert_domain(tx, account.id, plain) != account.id:
        raise DomainTaken(domain=plain)
    await _change(tx, login, True)
    return plain


async def _change(tx: Tx, login: str, found: bool) -> None:
    if not found:
        raise AccountNotFound(login=login)
    await signals.send(tx, CHANGED_CHANNEL, login.lower())
