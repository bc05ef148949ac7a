"""Factories: accounts, groups and enrolments, as most tests need them."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from enlist.domain import accounts, contacts, groups
from enlist.kit.email import normalise
from enlist.runtime.db import Database
from enlist.runtime.vault import Vault

VAULT = Vault(b"a secret that only the tests know" * 2)
KEY = "aB#9=v&d?[s]}|2;x5)|L%4+tV6::wJ-~!*'"

_logins = count(1)


async def an_account(database: Database, login: str = "", **properties: Any) -> accounts.Account:
    """Create an account with a login of its own."""
    new = accounts.NewAccount(login=login or f"school{next(_logins)}", api_key=KEY, **properties)
    async with database.transaction() as tx:
        return await accounts.create(tx, new, VAULT)


async def a_group(database: Database, account: accounts.Account, name: str, *, asks: bool = True) -> groups.Group:
    """Create a group; one that ``asks`` wants confirmation."""
    async with database.transaction() as tx:
        return await groups.create(tx, account.id, name, title=f"Group {name}", confirmation=asks)


def an_enrolment(
    account: accounts.Account, email: str, names: Sequence[str], *, confirm: bool = False, **said: Any
) -> groups.Enrolment:
    """Build an enrolment."""
    address = normalise(email)
    assert address is not None
    return groups.Enrolment(
        account=account, person=contacts.Person(email=address, **said), groups=tuple(names), confirm=confirm
    )


async def enrol(database: Database, *wishes: groups.Enrolment) -> list[Any]:
    """Enrol in one transaction."""
    async with database.transaction() as tx:
        return list(await groups.enrol(tx, wishes))
