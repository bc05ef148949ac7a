"""The settings of the database and of what is kept beside it."""

from dataclasses import dataclass
from pathlib import Path

from enlist.runtime.settings import database, path, setting, text, whole


# ruff: noqa: RUF009 - the defaults are field descriptions, and an example may name all interfaces
@dataclass(frozen=True, kw_only=True)
class PoolSettings:
    """How many database connections there are to share."""

    connections: int = setting(
        whole(2, 200), "8", "database connections kept at once by one process, besides those of its batches", "8"
    )


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings(PoolSettings):
    """Which database, what is kept on this machine, and the secret under which keys are kept in it."""

    data: Path = setting(
        path,
        "./data",
        "folder of everything kept on this machine: the private database, the secret",
        "/var/lib/enlist",
    )
    database_url: str | None = setting(
        database,
        None,
        "a PostgreSQL 15+ to use instead of the private one",
        "postgresql://enlist:pw@db/enlist",
        secret=True,
    )
    postgres_user: str | None = setting(
        text,
        None,
        "as root: the existing system user that runs the private PostgreSQL (else `postgres` or `nobody`)",
        "postgres",
    )
    cell: int = setting(
        whole(0, 8191),
        "0",
        "number of this installation among several that accounts move between: its ids begin at so many times 2^40",
        "1",
    )
    secret: str | None = setting(
        text,
        None,
        "the installation's secret (at least 32 characters), under which API keys are encrypted and links "
        "signed; unset: made at the first start and kept in the data folder",
        "openssl rand -hex 32",
        secret=True,
    )
