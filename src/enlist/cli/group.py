"""The commands about groups."""

from typing import Any

import click

from enlist.cli.acting import Answer, for_account, listed, paged, table
from enlist.domain import accounts, groups
from enlist.doors.justclick.group_names import RESERVED as RESERVED_GROUPS
from enlist.runtime.db import Tx


@click.group()
def group() -> None:
    """Create and list groups."""


@for_account(group)
@click.argument("name")
@click.option("--title", default="", help="Title that people see; default: the name.")
@click.option("--no-confirmation", is_flag=True, help="Subscribe people without a confirmation email.")
async def create(tx: Tx, owner: accounts.Account, name: str, title: str, no_confirmation: bool) -> Answer:
    """Create the group NAME in the account LOGIN.

    Scripts and forms refer to the group by NAME.
    """
    made = await groups.create(
        tx, owner.id, name, title=title, confirmation=not no_confirmation, reserved=RESERVED_GROUPS
    )
    return Answer(_shown(made), f"group {made.name} created; its number is {made.id}")


@for_account(group, "list", reading=True)
@paged
async def list_(tx: Tx, owner: accounts.Account, after: str, limit: int) -> Answer:
    """List the groups of LOGIN, including automatic ones."""
    found = await groups.list_(tx, owner.id, auto=True, after=after, limit=limit)
    rows = [_shown(one) for one in found]
    titles = ("id", "name", "title", "kind", "confirmation")
    text = table([[str(row[title]) for title in titles] for row in rows], titles)
    return listed(found, rows, text)


def _shown(group: groups.Group) -> dict[str, Any]:
    return {
        "id": group.id,
        "name": group.name,
        "title": group.title,
        "kind": group.kind,
        "confirmation": group.confirmation,
        "created_at": group.created_at,
    }
