"""The commands about groups."""

from typing import Any

import click

from enlist.cli.acting import json_option, run_for, say, table
from enlist.domain import accounts, groups
from enlist.doors.justclick.group_names import RESERVED as RESERVED_GROUPS
from enlist.runtime.db import Tx


@click.group()
def group() -> None:
    """Make and list the groups of an account."""


@group.command()
@click.argument("login")
@click.argument("name")
@click.option("--title", default="", help="What people read; else the name.")
@click.option("--no-confirmation", is_flag=True, help="Let people in without a letter that asks them.")
@json_option
def create(login: str, name: str, title: str, no_confirmation: bool, as_json: bool) -> None:
    """Make the group NAME in the account LOGIN; scripts and forms name it by NAME."""

    async def act(tx: Tx, owner: accounts.Account) -> groups.Group:
        return await groups.create(
            tx, owner.id, name, title=title, confirmation=not no_confirmation, reserved=RESERVED_GROUPS
        )

    made = run_for(login, act, as_json=as_json)
    say(_shown(made), f"group {made.name} is made; its number is {made.id}", as_json=as_json)


@group.command("list")
@click.argument("login")
@json_option
def list_(login: str, as_json: bool) -> None:
    """List the groups of LOGIN, auto groups too."""

    async def act(tx: Tx, owner: accounts.Account) -> list[groups.Group]:
        return await groups.list_(tx, owner.id, auto=True)

    rows = [_shown(found) for found in run_for(login, act, as_json=as_json)]
    titles = ("id", "name", "title", "kind", "confirmation")
    text = table([[str(row[title]) for title in titles] for row in rows], titles)
    say(rows, text, as_json=as_json)


def _shown(group: groups.Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "title": group.title,
        "kind": group.kind,
        "confirmation": group.confirmation,
        "created_at": group.created_at,
    }
