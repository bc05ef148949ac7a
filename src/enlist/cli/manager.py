"""The commands about managers."""

from typing import Any

import click

from enlist.cli.acting import Answer, for_account, listed, paged, table
from enlist.domain import accounts
from enlist.runtime.db import Tx


@click.group()
def manager() -> None:
    """Note and list who works for an account: contacts and orders name them as their managers."""


@for_account(manager)
@click.argument("name")
@click.option("--email", default="", metavar="ADDRESS", help="Where to reach him.")
async def create(tx: Tx, owner: accounts.Account, name: str, email: str) -> Answer:
    """Note the manager NAME (name and surname) of the account LOGIN."""
    made = await accounts.create_manager(tx, owner.id, name, email=email)
    return Answer(_shown(made), f"manager {made.name} is noted; the number is {made.id}")


@for_account(manager, "list", reading=True)
@paged
async def list_(tx: Tx, owner: accounts.Account, after: str, limit: int) -> Answer:
    """List the managers of LOGIN with the numbers by which scripts name them."""
    found = await accounts.list_managers(tx, owner.id, after=after, limit=limit)
    rows = [_shown(one) for one in found]
    titles = ("id", "name", "email")
    return listed(found, rows, table([[str(row[title]) for title in titles] for row in rows], titles))


def _shown(manager: accounts.Manager) -> dict[str, Any]:
    return {"id": manager.id, "name": manager.name, "email": manager.email}
