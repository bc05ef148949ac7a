"""The older way to create what tests need; `tests.support.world` is the newer one."""

from typing import Any

from enlist.domain import accounts, groups
from enlist.runtime.db import Database
from tests.support.world import KEY, VAULT, World, an_enrolment

__all__ = ["KEY", "VAULT", "a_group", "an_account", "an_enrolment", "enrol"]


async def an_account(database: Database, login: str = "", **properties: Any) -> accounts.Account:
    """Create an account with a login of its own."""
    return await World(database).account(login, **properties)


async def a_group(database: Database, account: accounts.Account, name: str, *, asks: bool = True) -> groups.Group:
    """Create a group; one that ``asks`` wants confirmation."""
    return await World(database).group(account, name, asks=asks)


async def enrol(database: Database, *wishes: groups.Enrolment) -> list[Any]:
    """Enrol in one transaction."""
    return await World(database).enrol(*wishes)
