"""The commands about managers."""

from typing import Any

import click

from enlist.cli.acting import json_option, run_for, say, table
from enlist.domain import accounts
from enlist.runtime.db import Tx


@click.group()
def manager() -> None:
    """Note and list who works for an account: contacts and orders name them as their managers."""


@manager.command()
@click.argument("login")
@click.argument("name")
@click.option("--email", default="", metavar="ADDRESS", help="Where to reach him.")
@json_option
def create(login: str, name: str, email: str, as_json: bool) -> None:
    """Note the manager NAME (name and surname) of the account LOGIN."""

    async def act(tx: Tx, owner: accounts.Account) -> accounts.Manager:
        return await accounts.create_manager(tx, owner.id, name, email=email)

    made = run_for(login, act, as_json=as_json)
    say(_shown(made), f"manager {made.name} is noted; the number is {made.id}", as_json=as_json)


@manager.command("list")
@click.argument("login")
@json_option
def list_(login: str, as_json: bool) -> None:
    """List the managers of LOGIN with the numbers by which scripts name them."""

    async def act(tx: Tx, owner: accounts.Account) -> list[accounts.Manager]:
        return await accounts.list_managers(tx, owner.id)

    rows = [_shown(found) for found in run_for(login, act, as_json=as_json)]
    titles = ("id", "name", "email")
    say(rows, table([[str(row[title]) for title in titles] for row in rows], titles), as_json=as_json)


def _shown(manager: accounts.Manager) -> dict[str, Any]:
    return {"id": manager.id, "name": manager.name, "email": manager.email}
