"""What the pages of all doors work with, and whose page a request means."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from enlist.domain import accounts
from enlist.doors.settings import DoorSettings
from enlist.kit.addresses import client_address
from enlist.runtime.actors import PERSON
from enlist.runtime.db import Database


class NoSuchPage(Exception):
    """There is no such page; ``locale`` is its owner's, if known. ``link``: it was to be a link in a letter."""

    def __init__(self, locale: str | None = None, *, link: bool = False) -> None:
        super().__init__()
        self.locale = locale
        self.link = link


class Desk:
    """What the pages of all doors work with."""

    # No dataclass or struct: Litestar would take one for data to be checked, and copy it for every request.
    def __init__(
        self,
        *,
        database: Database,
        directory: accounts.Directory,
        links_key: bytes,
        settings: DoorSettings,
    ) -> None:
        """``links_key`` is what links are signed with."""
        self.database = database.by(PERSON)
        self.directory = directory
        self.links_key = links_key
        self.settings = settings

    async def account_of(self, request: Request[Any, Any, Any]) -> accounts.Account:
        """Return the account whose host was asked. Raises NoSuchPage, also for a disabled one, and DatabaseAway."""
        account = await self.directory.find(host_of(request))
        if account is None or account.disabled:
            raise NoSuchPage
        return account

    async def account_called(self, login: str) -> accounts.Account | None:
        """Return the account of ``login``, a disabled one too. Raises DatabaseAway."""
        return await self.directory.find(f"{login}.{self.settings.domains[0]}")

    async def is_host_of(self, request: Request[Any, Any, Any], account: accounts.Account) -> bool:
        """Tell whether the host that was asked is one of ``account``. Raises DatabaseAway."""
        found = await self.directory.find(host_of(request))
        return found is not None and found.id == account.id

    def now(self) -> datetime:
        """Tell the present instant."""
        return self.database.clock()

    def base_of(self, request: Request[Any, Any, Any], account: accounts.Account) -> str:
        """Name the address to which relative ones given on this host of ``account`` belong."""
        host = host_of(request)
        if any(_without_port(host).endswith(f".{domain}") for domain in self.settings.domains):
            return self.settings.account_url(account.login)
        return f"{urlsplit(self.settings.public_url).scheme}://{host}"  # a custom domain

    def is_front(self, request: Request[Any, Any, Any]) -> bool:
        """Tell whether the host that was asked is the installation's own, no account's."""
        name = _without_port(host_of(request))
        return name == urlsplit(self.settings.public_url).hostname or name in self.settings.domains

    def ip_of(self, request: Request[Any, Any, Any]) -> str:
        """Tell the network address of who asks, as far as it can be believed."""
        peer = request.client.host if request.client else ""
        return client_address(peer, request.headers.get("x-forwarded-for"), self.settings.trusted_proxies)


def host_of(request: Request[Any, Any, Any]) -> str:
    """Return the Host header; empty if there is none."""
    return request.headers.get("host", "")


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return (name if colon and port.isdigit() else host.lower()).rstrip(".")
