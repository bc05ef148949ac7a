"""The commands about managers."""

from typing import Any

import click

from enlist.cli.acting import Answer, for_account, listed, paged, table
from enlist.domain import accounts
from enlist.runtime.db import Tx


@click.group()
def manager() -> None:
    """Add and list the managers of contacts and orders."""


@for_account(manager)
@click.argument("name")
@click.option("--email", default="", metavar="ADDRESS", help="Email address.")
async def create(tx: Tx, owner: accounts.Account, name: str, email: str) -> Answer:
    """Add the manager NAME (name and surname) to the account LOGIN."""
    made = await accounts.create_manager(tx, owner.id, name, email=email)
    return Answer(_shown(made), f"manager {made.name} added; the number is {made.id}")


@for_account(manager, "list", reading=True)
@paged
async def list_(tx: Tx, owner: accounts.Account, after: str, limit: int) -> Answer:
    """List the managers of LOGIN with the numbers that scripts use."""
    found = await accounts.list_managers(tx, owner.id, after=after, limit=limit)
    rows = [_shown(one) for one in found]
    titles = ("id", "name", "email")
    return listed(found, rows, table([[str(row[title]) for title in titles] for row in rows], titles))


def _shown(manager: accounts.Manager) -> dict[str, Any]:
    return {"id": manager.id, "name": manager.name, "email": manager.email}
