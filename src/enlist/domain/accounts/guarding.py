"""Guarding a database against being used under another secret than its own."""

from enlist.domain.accounts import queries
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault, WrongSecret


async def check_secret(tx: Tx, vault: Vault) -> None:
    """Note the secret's fingerprint in a new database; raise WrongSecret if it differs from the one noted."""
    if await queries.remember_secret(tx, vault.fingerprint) != vault.fingerprint:
        raise WrongSecret(
            "this database was made under another secret: set ENLIST_SECRET to that one, or put its file back"
            " (a backup carries it beside itself, as FILE.secret)"
        )
