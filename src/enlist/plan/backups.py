"""Backing up and restoring a whole installation: its database and its secret."""

from pathlib import Path

from enlist.plan.program import open_installation, server_at
from enlist.plan.settings import Settings
from enlist.runtime.postgres import backup
from enlist.runtime.postgres.backup import secret_beside
from enlist.runtime.vault import WrongSecret, find_secret, keep_secret, secret_file


async def back_up(settings: Settings, file: Path) -> Path:
    """Write the whole database to ``file`` and the secret beside it; return where the secret is.

    Raises BackupFailed and what ``server_at`` raises.
    """
    async with server_at(settings) as server:
        secret = find_secret(settings.secret, settings.data)
        await backup.back_up(server.dsn, file, binaries=server.binaries, secret=secret)
    return secret_beside(file)


async def restore(settings: Settings, file: Path, *, replace: bool) -> None:
    """Restore what ``back_up`` wrote, with its secret, and migrate it. Raises RestoreFailed, WrongSecret."""
    keys = secret_beside(file)
    if settings.secret is not None and keys.exists() and keys.read_bytes().strip() != settings.secret.encode():
        raise WrongSecret(f"ENLIST_SECRET is not the secret of this backup, which is in {keys}")
    async with server_at(settings) as server:
        secret = await backup.restore(server.dsn, file, binaries=server.binaries, replace=replace)
        if secret is not None and settings.secret is None:
            settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            keep_secret(secret.strip(), secret_file(settings.data))
        async with open_installation(settings):
            pass
