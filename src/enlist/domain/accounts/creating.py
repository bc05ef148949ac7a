"""Making an account, whole from the first moment."""

import secrets

from enlist.domain.accounts import queries
from enlist.domain.accounts.errors import LoginTaken
from enlist.domain.accounts.model import Account, NewAccount, check
from enlist.runtime import signals
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault

CHANGED_CHANNEL = "accounts_changed"


def make_key() -> str:
    """Make up an API key: 32 hexadecimal digits, as the original gives out (wire.md §2.1)."""
    return secrets.token_hex(16)


async def create(tx: Tx, new: NewAccount, vault: Vault) -> Account:
    """Make an account with a key. Refuses with LoginTaken or BadAccount."""
    check(new)
    account_id = await queries.insert(tx, new)
    if account_id is None:
        raise LoginTaken(login=new.login)
    sealed = vault.seal(new.api_key or make_key(), queries.sealed_for(account_id))
    await queries.set_key(tx, account_id, sealed)
    await signals.send(tx, CHANGED_CHANNEL, new.login.lower())
    account = await queries.find_by_login(tx, new.login, vault)
    assert account is not None
    return account
