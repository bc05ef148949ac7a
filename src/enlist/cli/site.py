"""The commands about sites."""

from typing import Any

import click

from enlist.cli.acting import json_option, run_for, say, table
from enlist.domain import accounts, groups, profiles
from enlist.runtime.db import Tx


@click.group()
def site() -> None:
    """Make and list the sites of an account; their tokens and the zone of their days."""


@site.command()
@click.argument("login")
@click.argument("name")
@click.option("--token", metavar="TOKEN", help="What the site's scripts show in X-AUTH-TOKEN; else one is made up.")
@click.option("--time-zone", metavar="ZONE", help="Such as Europe/Moscow; else the account's.")
@click.option("--group", metavar="GROUP", help="Enrol e-mail subscriptions into this group, too, by its rules.")
@json_option
def create(login: str, name: str, token: str | None, time_zone: str | None, group: str | None, as_json: bool) -> None:
    """Make the site NAME in the account LOGIN; its token is shown this once."""

    async def act(tx: Tx, owner: accounts.Account) -> tuple[accounts.Site, str]:
        made, token_made = await accounts.create_site(tx, owner.id, name, token=token, time_zone=time_zone)
        if group is not None:
            await groups.set_site_group(tx, made, group)
        return made, token_made

    made, token_made = run_for(login, act, as_json=as_json)
    say(
        _shown(made, group) | {"token": token_made},
        f"site {made.name} is made; its token is {token_made} (it is kept nowhere)",
        as_json=as_json,
    )


@site.command("list")
@click.argument("login")
@json_option
def list_(login: str, as_json: bool) -> None:
    """List the sites of LOGIN."""

    async def act(tx: Tx, owner: accounts.Account) -> list[dict[str, Any]]:
        sites = await accounts.list_sites(tx, owner.id)
        named = await groups.site_groups(tx, sites)
        return [_shown(one, named.get(one.id)) for one in sites]

    rows = run_for(login, act, as_json=as_json)
    titles = ("id", "name", "time_zone", "group")
    text = table(
        [[str(row[title] or "") for title in titles] for row in rows], [title.replace("_", " ") for title in titles]
    )
    say(rows, text, as_json=as_json)


@site.command()
@click.argument("login")
@click.argument("name")
@click.option("--token", metavar="TOKEN", help="The new token; else one is made up.")
@json_option
def rotate_token(login: str, name: str, token: str | None, as_json: bool) -> None:
    """Replace the token of the site NAME; the old one is refused at once."""

    async def act(tx: Tx, owner: accounts.Account) -> str:
        return await accounts.rotate_site_token(tx, owner.id, name, token)

    new = run_for(login, act, as_json=as_json)
    say({"login": login, "site": name, "token": new}, f"the token of site {name} is now {new}", as_json=as_json)


@site.command()
@click.argument("login")
@click.argument("name")
@click.argument("time_zone")
@json_option
def set_time_zone(login: str, name: str, time_zone: str, as_json: bool) -> None:
    """Let the days of the site NAME follow another zone; statistics are counted anew, subscribers wait meanwhile."""

    async def act(tx: Tx, owner: accounts.Account) -> accounts.Site:
        found = await accounts.get_site(tx, owner.id, name)
        return await profiles.change_time_zone(tx, found, time_zone)

    changed = run_for(login, act, as_json=as_json)
    say(_shown(changed), f"the days of site {name} are now those of {time_zone}", as_json=as_json)


@site.command("set-group")
@click.argument("login")
@click.argument("name")
@click.argument("group", required=False)
@json_option
def set_group(login: str, name: str, group: str | None, as_json: bool) -> None:
    """Enrol e-mail subscriptions of the site NAME into GROUP, too; into none without GROUP."""

    async def act(tx: Tx, owner: accounts.Account) -> accounts.Site:
        found = await accounts.get_site(tx, owner.id, name)
        await groups.set_site_group(tx, found, group)
        return found

    found = run_for(login, act, as_json=as_json)
    said = f"site {name} enrols into {group}" if group else f"site {name} enrols into no group"
    say(_shown(found, group), said, as_json=as_json)


def _shown(shown: accounts.Site, group: str | None = None) -> dict[str, Any]:
    return {"id": shown.id, "name": shown.name, "time_zone": shown.time_zone, "group": group}
