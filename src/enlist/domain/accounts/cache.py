"""The cache of accounts by host and of sites by token, which are looked up thousands of times a second."""

from collections.abc import Sequence
from typing import Final

from enlist.domain.accounts import queries, site_queries
from enlist.domain.accounts.model import LONGEST_TOKEN, Account, Site
from enlist.kit.text import fits
from enlist.runtime.cache import ROOM, Cache
from enlist.runtime.db import Database
from enlist.runtime.vault import Vault

# With the number of the account.
CHANGED: Final = "accounts_changed"
SITES_CHANGED: Final = "sites_changed"


class Directory:
    """Accounts by host, kept until ``forget`` is called (the plan calls it on the signal ``CHANGED``)."""

    def __init__(self, database: Database, vault: Vault, domains: Sequence[str], *, room: int = ROOM) -> None:
        """Look up hosts below any of ``domains``, and custom domains; keep ``room`` of them."""
        self._database = database
        self._vault = vault
        # The longest first: of `shop.example.com` and `example.com` the closer one names the account.
        self._suffixes = tuple(f".{domain}" for domain in sorted(domains, key=len, reverse=True))
        self._known: Cache[str, Account] = Cache(lambda _, account: account.id, room=room)

    async def find(self, host: str) -> Account | None:
        """Find the account that ``host`` (a Host header, with or without port) means.

        While the database is away the answer is the last one known. Raises DatabaseAway when none is.
        """
        return await self._known.find(host, self._ask)

    def forget(self, message: str = "") -> None:
        """Forget the account whose number is the ``message``, or all of them."""
        self._known.forget(_number_in(message))

    async def _ask(self, host: str) -> Account | None:
        name = _without_port(host).lower().rstrip(".")
        if not name or not fits(name, 255):
            return None
        async with self._database.reading() as tx:
            return await queries.find_by_host(tx, self._login_in(name), name, self._vault)

    def _login_in(self, name: str) -> str | None:
        for suffix in self._suffixes:
            if name.endswith(suffix):
                return name[: -len(suffix)]
        return None


class SiteDirectory:
    """Sites by token, kept until ``forget`` is called (the plan calls it on ``SITES_CHANGED`` and ``CHANGED``).

    The sites of a disabled account are not found.
    """

    def __init__(self, database: Database, *, room: int = ROOM) -> None:
        """Look up tokens in ``database``; keep ``room`` of them."""
        self._database = database
        self._known: Cache[str, Site] = Cache(lambda _, site: site.account_id, room=room)

    async def find(self, token: str) -> Site | None:
        """Find the site of ``token``.

        While the database is away the answer is the last one known. Raises DatabaseAway when none is.
        """
        if not token or len(token) > LONGEST_TOKEN or not token.isascii():
            return None
        return await self._known.find(token, self._ask)

    def forget(self, message: str = "") -> None:
        """Forget the sites of the account whose number is the ``message``, or all of them."""
        self._known.forget(_number_in(message))

    async def _ask(self, token: str) -> Site | None:
        async with self._database.reading() as tx:
            return await site_queries.find_by_token(tx, token)


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _number_in(message: str) -> str:
    # A server of an older release names an account by its login: then everything is forgotten.
    return message if message.isdigit() else ""
