"""Two owners with affiliate programmes and partners, some of the same login, and what these have brought."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from enlist.domain import accounts, attribution, commissions, partners, products
from enlist.domain.partners.sessions import issue_link
from enlist.doors import pages
from enlist.doors.pages.cabinet_postback import WORDS
from tests.doors.web.helpers import SETTINGS, Door, browser_of

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TEN_AND_FIVE = (partners.Commission(percent=Decimal(10)), partners.Commission(percent=Decimal(5)))


@dataclass(frozen=True)
class Members:
    """The door, and the partners of its owners: bob and eve of the English one, another bob of the Russian one."""

    door: Door
    bob: partners.Partner
    eve: partners.Partner
    other_bob: partners.Partner

    def owner_of(self, partner: partners.Partner) -> accounts.Account:
        """Return whose partner he is."""
        return self.door.demo if partner.account_id == self.door.demo.id else self.door.ruslan

    async def link_of(self, partner: partners.Partner) -> str:
        """Return the path of a fresh link that signs a partner in."""
        return f"/partner/enter/{await self.door.world.do(issue_link, partner)}"

    @asynccontextmanager
    async def browser(self, partner: partners.Partner | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Open a browser on the owner's host, signed in as a partner."""
        host = self.owner_of(partner).login if partner else "demo"
        async with browser_of(self.door.app, f"{host}.localhost:8080") as client:
            if partner:
                answer = await client.get(await self.link_of(partner))
                assert (answer.status_code, answer.headers["location"]) == (303, "/partner/enter/")
                answer = await client.post("/partner/enter/")
                assert (answer.status_code, answer.headers["location"]) == (303, "/partner/")
            yield client

    async def letters(self, recipient: str) -> list[str]:
        """List the kinds of the letters queued for somebody."""
        return [message.kind for message in await self.door.world.messages(recipient=recipient)]


@pytest.fixture(scope="module")
async def members(door: Door) -> Members:
    async with door.world.transaction() as tx:
        made = {}
        for account in (door.demo, door.ruslan):
            programme = partners.Programme(
                commissions=TEN_AND_FIVE,
                open_registration=True,
                auto_approval=account is door.demo,
                store_name="The <Shop>" if account is door.demo else "",
                payout_ways="PayPal",
                instructions="Be nice.\nNo spam & no <tricks>.",
            )
            await partners.set_programme(tx, account.id, programme)
            new = partners.NewPartner(login="bob", email=f"bob@{account.login}.example")
            made[account.login] = await partners.create(tx, account.id, new)
        new = partners.NewPartner(login="eve", email="eve@demo.example", recruited_by="bob")
        eve = await partners.create(tx, door.demo.id, new)
    members = Members(door, made["demo"], eve, made["ruslan"])
    for partner, word in ((members.bob, "bobs"), (members.eve, "eves"), (members.other_bob, "others")):
        await _bring(members, partner, word)
    return members


async def _bring(members: Members, partner: partners.Partner, word: str) -> None:
    """Let a partner bring a click with a mark of his own, a contact, a paid order and one that waits, and be paid."""
    account, marks = members.owner_of(partner), {"aff_source": f"{word}-blog"}
    world = members.door.world
    marks |= {"utm_medium": "affiliate", "utm_source": partner.login, "utm_campaign": "owners-secret"}
    touch = attribution.Touch(world.now - timedelta(minutes=1), marks, "cookie")
    contact = 7000 + partner.id
    async with world.transaction() as tx:
        product = await products.create(
            tx,
            account.id,
            products.NewProduct(
                name=f"{word}_course", kind="digital", title=f"The {word} course", price=Decimal("1000.00"),
                for_partners=True, sales_url=f"https://landing.example/{word}?a=1", partner_note="Sells well",
            ),
        )  # fmt: skip
        await products.create(
            tx, account.id, products.NewProduct(name=f"{word}_x", kind="digital", title="Hidden", price=Decimal(5))
        )
        await attribution.record_clicks(
            tx,
            [
                attribution.NewClick(
                    account_id=account.id, partner=partner.login, visitor=visitor, agent=agent, marks=marks,
                    product_id=product.id,
                )
                for visitor, agent in (("a", PERSON), ("a", PERSON), ("b", "Googlebot/2.1"))
            ],
        )  # fmt: skip
        await attribution.credit_leads(
            tx, [attribution.Lead(account_id=account.id, contact_id=contact, touches=(touch,))]
        )
        sales = [
            commissions.Sale(
                account_id=account.id, order_id=number, contact_id=contact, created_at=tx.now, touches=(touch,),
                items=(commissions.SaleItem(0, product.id, Decimal("1000.00")),),
            )
            for number in (8000 + partner.id, 9000 + partner.id)
        ]  # fmt: skip
        await commissions.credit_orders(tx, sales)
        await commissions.charge(tx, account.id, 8000 + partner.id, tx.now)
        await commissions.pay_out(tx, account.id, partner.login, Decimal("40.00"), note=f"{word} payout")
        await commissions.set_postback(
            tx, account.id, partner.id, commissions.Postback(f"https://{word}.example/told", ("bill",)), known=WORDS
        )


@pytest.fixture
async def bob(members: Members) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of the English owner's partner bob."""
    async with members.browser(members.bob) as client:
        yield client


@pytest.fixture
async def stranger(members: Members) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the English owner's host, of nobody."""
    async with members.browser() as client:
        yield client


composer = partners.letter_composer(pages.partner_links(SETTINGS))
