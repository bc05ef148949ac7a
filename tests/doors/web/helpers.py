"""The pages as tests meet it: its owners and groups, a browser, and a look behind the door."""

import html
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import httpx

from enlist.domain import accounts, contacts, groups, orders
from enlist.doors import pages, web
from enlist.doors.justclick import forms
from enlist.kit.email import normalise
from enlist.plan.settings import Settings, read_settings
from enlist.runtime.db import Database
from enlist.runtime.http import App
from tests.support.wire import AppTransport
from tests.support.world import VAULT, World

LINKS_KEY = VAULT.signing_key("links")
SETTINGS = read_settings({"ENLIST_DOMAINS": "localhost,shops.example", "ENLIST_PUBLIC_URL": "http://localhost:8080"})
AWAY = World(Database("postgresql://nobody@/nothing?host=/nonexistent"))


@dataclass(frozen=True)
class Door:
    """All that a test of this door needs: the app and what is behind it."""

    app: App
    world: World
    links: groups.Links
    demo: accounts.Account
    ruslan: accounts.Account
    numbers: dict[str, int]

    async def states(self, email: str, account: accounts.Account | None = None) -> dict[str, str]:
        """Tell the state of every membership of an address, by group."""
        address = normalise(email)
        assert address is not None
        async with self.world.reading() as tx:
            found = await groups.list_memberships(tx, (account or self.demo).id, address)
        return {membership.group_name: membership.state for membership in found}

    async def row(self, email: str) -> Any:
        """Return what the database holds of the only membership of an address, and of its contact."""
        async with self.world.reading() as tx:
            return await tx.fetch_row(
                "SELECT m.*, m.marks::text AS marks_text, c.name, c.phone, c.tags, c.city AS home FROM memberships m"
                " JOIN contacts c ON c.account_id = m.account_id AND c.id = m.contact_id WHERE c.email = $1",
                email,
            )

    async def joined(self, email: str, *names: str, done_url: str = "", account: accounts.Account | None = None) -> int:
        """Enrol an address in groups; return the contact's number."""
        address = normalise(email)
        assert address is not None
        wish = groups.Enrolment(
            account=account or self.demo,
            person=contacts.Person(email=address),
            groups=names,
            origin=groups.Origin(done_url=done_url),
        )
        async with self.world.transaction() as tx:
            (outcome,) = await groups.enrol(tx, [wish])
        assert isinstance(outcome, groups.Enrolled), outcome
        return outcome.contact_id

    async def letters(self) -> int:
        """Count the letters queued so far."""
        number: int = await self.world.count("letters")
        return number

    def confirm_path(self, contact_id: int, *names: str) -> str:
        """Name the path of the link that confirms the demo account's groups."""
        return urlsplit(self.links.confirm(self.demo.id, contact_id, [self.numbers[n] for n in names])).path

    def leave_path(self, contact_id: int, *names: str) -> str:
        """Name the path of the link that leaves the demo account's groups."""
        return urlsplit(self.links.leave(self.demo.id, contact_id, [self.numbers[n] for n in names])).path


def build(
    world: World,
    enrol: Callable[[groups.Enrolment], Awaitable[groups.Enrolled]],
    settings: Settings = SETTINGS,
    *,
    directory: accounts.Directory | None = None,
    place_order: Callable[[orders.NewOrder], Awaitable[orders.Placed]] | None = None,
    payment_channels: Mapping[str, orders.PaymentChannel] = MappingProxyType({}),
) -> App:
    """Make the door; orders are placed one by one if nothing else is said."""

    async def place(wish: orders.NewOrder) -> orders.Placed:
        (outcome,) = await world.do(orders.place, [wish])
        if isinstance(outcome, orders.Placed):
            return outcome
        raise outcome

    desk = web.Desk(
        database=world.database,
        directory=directory or accounts.Directory(world.database, VAULT, settings.domains),
        links_key=LINKS_KEY,
        settings=settings,
    )
    return web.build(desk, [forms.door(enrol, place_order or place), pages.door(payment_channels, VAULT)])


def browser_of(app: App, host: str = "demo.localhost:8080", **headers: str) -> httpx.AsyncClient:
    """Make a client of ``app`` that asks for ``host``."""
    transport = AppTransport(app)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}", headers=headers)


def inputs_in(page: str) -> dict[str, str]:
    """Read the inputs of the form in a page, hidden ones too, as a browser would send them."""
    return {
        html.unescape(name): html.unescape(value)
        for name, value in re.findall(r'<input[^>]*?\bname="([^"]*)"[^>]*?\bvalue="([^"]*)"', page)
    }


def heading_of(page: str) -> str:
    """Read the heading of a page."""
    found = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert found, page
    return html.unescape(found[1])
