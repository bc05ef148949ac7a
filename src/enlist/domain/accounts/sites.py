"""Keeping an account's sites: making, listing, finding, new tokens, the zone of their days."""

import secrets
import string
from typing import Final

from enlist.domain.accounts import site_queries as queries
from enlist.domain.accounts.errors import SiteNotFound, SiteTaken, TokenTaken
from enlist.domain.accounts.model import Site, check_site_name, check_time_zone, check_token
from enlist.runtime import signals
from enlist.runtime.db import Tx

SITES_CHANGED: Final = "sites_changed"

_LETTERS: Final = string.ascii_letters + string.digits


def make_token() -> str:
    """Make up a token: 32 letters and digits, as the original gives out (profiles-api.md §1.1)."""
    return "".join(secrets.choice(_LETTERS) for _ in range(32))


async def create_site(
    tx: Tx, account_id: int, name: str, *, token: str | None = None, time_zone: str | None = None
) -> tuple[Site, str]:
    """Make a site; return it and its token, which is kept nowhere.

    Without a ``token`` one is made up, without a ``time_zone`` the account's is taken. Refuses with SiteTaken,
    TokenTaken, BadAccount.
    """
    check_site_name(name)
    await _check_zone(tx, time_zone)
    token = make_token() if token is None else check_token(token)
    if await queries.find(tx, account_id, name) is not None:
        raise SiteTaken(site=name)
    site = await queries.insert(tx, account_id, name, token, time_zone)
    if site is None:
        # Somebody else's token, unless the same site was made at the same moment.
        raise SiteTaken(site=name) if await queries.find(tx, account_id, name) else TokenTaken(site=name)
    await signals.send(tx, SITES_CHANGED)
    return site, token


async def list_sites(tx: Tx, account_id: int) -> list[Site]:
    """List the account's sites by name."""
    return await queries.list_all(tx, account_id)


async def get_site(tx: Tx, account_id: int, name: str) -> Site:
    """Return the account's site called ``name``. Refuses with SiteNotFound."""
    site = await queries.find(tx, account_id, name)
    if site is None:
        raise SiteNotFound(site=name)
    return site


async def rotate_site_token(tx: Tx, account_id: int, name: str, token: str | None = None) -> str:
    """Replace the site's token by ``token`` or a made-up one; return it. The old one is refused at once.

    Refuses with SiteNotFound, TokenTaken, BadAccount.
    """
    token = make_token() if token is None else check_token(token)
    site = await get_site(tx, account_id, name)
    if not await queries.set_token(tx, site, token):
        raise TokenTaken(site=name)
    await signals.send(tx, SITES_CHANGED)
    return token


async def set_site_time_zone(tx: Tx, site: Site, time_zone: str) -> Site:
    """Let the site's days follow another zone; return the site as it is now. Refuses with BadAccount.

    What is counted by days has to follow: call ``profiles.change_time_zone``, which calls this.
    """
    await _check_zone(tx, time_zone)
    await queries.set_time_zone(tx, site, time_zone)
    await signals.send(tx, SITES_CHANGED)
    return Site(site.account_id, site.id, site.name, time_zone)


async def _check_zone(tx: Tx, time_zone: str | None) -> None:
    if time_zone is not None:
        check_time_zone(time_zone)
        check_time_zone(time_zone, known=await queries.knows_zone(tx, time_zone))
