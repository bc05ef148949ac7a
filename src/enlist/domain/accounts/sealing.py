"""Sealing API keys under the installation's secret, and guarding a database against another secret than its own."""

import secrets

from enlist.domain.accounts import queries
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault, WrongSecret


def make_key() -> str:
    """Make up an API key: 32 hexadecimal digits, as the original gives out (wire.md §2.1)."""
    return secrets.token_hex(16)


async def set_key(tx: Tx, account_id: int, key: str, vault: Vault) -> None:
    """Keep an account's API key, encrypted."""
    await queries.set_key(tx, account_id, vault.seal(key, queries.sealed_for(account_id)))


async def check_secret(tx: Tx, vault: Vault) -> None:
    """Note the secret's fingerprint in a new database; raise WrongSecret if it differs from the one noted."""
    if await queries.remember_secret(tx, vault.fingerprint) != vault.fingerprint:
        raise WrongSecret(
            "this database was made under another secret: set ENLIST_SECRET to that one, or put its file back"
            " (a backup carries it beside itself, as FILE.secret)"
        )
