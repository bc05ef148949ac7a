"""The commands about sites."""

from typing import Any

import click

from enlist.cli.acting import Answer, for_account, listed, paged, table
from enlist.domain import accounts, groups, profiles
from enlist.runtime.db import Tx


@click.group()
def site() -> None:
    """Create, list and change sites, with tokens and time zones."""


@for_account(site)
@click.argument("name")
@click.option(
    "--token", metavar="TOKEN", help="The token that the site's scripts send in X-AUTH-TOKEN; default: a new one."
)
@click.option("--time-zone", metavar="ZONE", help="Such as Europe/Moscow; default: the account's.")
@click.option("--group", metavar="GROUP", help="Also subscribe email addresses to this group, by its rules.")
async def create(
    tx: Tx, owner: accounts.Account, name: str, token: str | None, time_zone: str | None, group: str | None
) -> Answer:
    """Create the site NAME in the account LOGIN.

    The token is shown only now.
    """
    made, token_made = await accounts.create_site(tx, owner.id, name, token=token, time_zone=time_zone)
    if group is not None:
        await groups.set_site_group(tx, made, group)
    return Answer(
        _shown(made, group) | {"token": token_made},
        f"site {made.name} created; its token is {token_made} (it cannot be shown again)",
    )


@for_account(site, "list", reading=True)
@paged
async def list_(tx: Tx, owner: accounts.Account, after: str, limit: int) -> Answer:
    """List the sites of LOGIN."""
    sites = await accounts.list_sites(tx, owner.id, after=after, limit=limit)
    named = await groups.site_groups(tx, sites)
    rows = [_shown(one, named.get(one.id)) for one in sites]
    titles = ("id", "name", "time_zone", "group")
    text = table(
        [[str(row[title] or "") for title in titles] for row in rows], [title.replace("_", " ") for title in titles]
    )
    return listed(sites, rows, text)


@for_account(site)
@click.argument("name")
@click.option("--token", metavar="TOKEN", help="The new token; default: a generated one.")
async def rotate_token(tx: Tx, owner: accounts.Account, name: str, token: str | None) -> Answer:
    """Replace the token of the site NAME.

    The old one stops working at once.
    """
    new = await accounts.rotate_site_token(tx, owner.id, name, token)
    return Answer({"login": owner.login, "site": name, "token": new}, f"the token of site {name} is now {new}")


@for_account(site)
@click.argument("name")
@click.argument("time_zone")
async def set_time_zone(tx: Tx, owner: accounts.Account, name: str, time_zone: str) -> Answer:
    """Change the time zone of the site NAME.

    Statistics are recounted; subscribing waits until that is done.
    """
    found = await accounts.get_site(tx, owner.id, name)
    changed = await profiles.change_time_zone(tx, found, time_zone)
    return Answer(_shown(changed), f"the time zone of site {name} is now {time_zone}")


@for_account(site, "set-group")
@click.argument("name")
@click.argument("group", required=False)
async def set_group(tx: Tx, owner: accounts.Account, name: str, group: str | None) -> Answer:
    """Also subscribe email addresses of the site NAME to GROUP.

    Without GROUP this stops.
    """
    found = await accounts.get_site(tx, owner.id, name)
    await groups.set_site_group(tx, found, group)
    said = f"site {name} subscribes to {group}" if group else f"site {name} subscribes to no group"
    return Answer(_shown(found, group), said)


def _shown(shown: accounts.Site, group: str | None = None) -> dict[str, Any]:
    return {"id": shown.id, "name": shown.name, "time_zone": shown.time_zone, "group": group}
