"""The SITE of a command line: LOGIN/NAME."""

import click

from enlist.domain import accounts
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault

site_argument = click.argument("site", metavar="LOGIN/NAME")


async def find_site(tx: Tx, named: str, vault: Vault) -> accounts.Site:
    """Find the site that LOGIN/NAME names. Refuses with AccountNotFound or SiteNotFound; ValueError without a slash."""
    login, slash, name = named.partition("/")
    if not slash:
        raise ValueError(f"{named} names no site; write LOGIN/NAME")
    owner = await accounts.get(tx, login, vault)
    return await accounts.get_site(tx, owner.id, name)
