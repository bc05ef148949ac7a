"""The shop as buyers meet it: a real browser, with and without scripts, on a desk and on a phone, and a Stripe."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

import httpx
import pytest
from playwright.async_api import Browser, Page

from enlist.channels.stripe_checkout import StripeCheckout
from enlist.domain import accounts, groups, orders, products
from enlist.doors import pages, web
from enlist.doors.justclick import forms
from enlist.plan.settings import read_settings
from enlist.runtime.batch import Batch, Busy
from enlist.runtime.db import Database
from enlist.runtime.http import Answer, App, Request, plain
from tests.support.browser import PHONE, SCREENSHOTS, a_chromium, a_free_port, check_it_is_tidy, heading, opened, served
from tests.support.stripe import QUIET, SETTINGS, FakeStripe, a_session, a_stripe, an_event, signature
from tests.support.world import VAULT

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings(QUIET)]

KEY = VAULT.signing_key("links")
HOW = {
    "en": "<h2>How to pay</h2><p>Transfer <b>#PRICE#</b> for “#PRODUCT#” to <code>LV80 BANK 0000 4351 9500 1</code>.</p>",
    "ru": "<h2>Как оплатить</h2><p>Переведите <b>#PRICE# ₽</b> за «#PRODUCT#» на карту 0000 1111.</p>",
}


@dataclass
class World:
    """The served shop, its owners, a site of theirs, and what is behind it all."""

    demo: str
    ruslan: str
    site: str
    database: Database
    stripe: FakeStripe
    accounts: dict[str, accounts.Account]

    async def order_of(self, email: str) -> orders.Order:
        """Return the only order of an address."""
        async with self.database.reading() as tx:
            row = await tx.fetch_row("SELECT account_id, id FROM orders WHERE email = $1", email)
            assert row is not None
            return await orders.get(tx, row["account_id"], row["id"])

    async def told_by_stripe(self) -> None:
        """Let Stripe tell that the latest session was paid."""
        body = an_event(
            "checkout.session.completed", a_session(self.stripe.session, f"cs_test_{len(self.stripe.asked)}")
        )
        async with httpx.AsyncClient(base_url=self.demo.replace("demo.localhost", "127.0.0.1")) as client:
            said = await client.post(
                "/pay/stripe/events", content=body, headers=signature(body) | {"host": "demo.localhost"}
            )
        assert said.text == "noted\n"


@pytest.fixture(scope="module")
async def world(database: Database) -> AsyncIterator[World]:
    with a_free_port() as door, a_free_port() as beside:
        port, site = door.getsockname()[1], f"http://127.0.0.1:{beside.getsockname()[1]}"
        settings = read_settings({"ENLIST_PUBLIC_URL": f"http://localhost:{port}"})
        async with a_stripe() as stripe:
            channel = StripeCheckout(stripe.address, patience=2)
            async with database.transaction() as tx:
                demo = await accounts.create(tx, accounts.NewAccount(login="demo", time_zone="Europe/Riga"), VAULT)
                ruslan = await accounts.create(
                    tx,
                    accounts.NewAccount(login="ruslan", locale="ru", currency="RUB", time_zone="Europe/Moscow"),
                    VAULT,
                )
                for owner in (demo, ruslan):
                    await _stock(tx, owner, site)
                await orders.set_payment_channel(tx, demo.id, "stripe", SETTINGS, VAULT)
            batch: Batch[orders.NewOrder, orders.Placed] = Batch("shop journey", database, orders.place)
            world = World(
                demo=settings.account_url("demo"),
                ruslan=settings.account_url("ruslan"),
                site=site,
                database=database,
                stripe=stripe,
                accounts={owner.login: owner for owner in (demo, ruslan)},
            )
            desk = web.Desk(
                database=database,
                directory=accounts.Directory(database, VAULT, settings.domains),
                links_key=KEY,
                settings=settings,
            )
            app = web.build(desk, [forms.door(_no_forms, batch.put), pages.door({"stripe": channel}, VAULT)])
            async with served(app, door), served(_site_of(world), beside):
                yield world
            await batch.close()
            await channel.close()


async def _no_forms(_: groups.Enrolment) -> groups.Enrolled:
    raise Busy("no forms here")


async def _stock(tx: Any, owner: accounts.Account, site: str) -> None:
    english = owner.locale == "en"
    title = "Woodwork for beginners: the whole course" if english else "Столярное дело для начинающих: весь курс"
    book = "Book “Joints”" if english else "Книга «Соединения»"
    for new in (
        products.NewProduct(
            name="course",
            kind="digital",
            title=title,
            price=Decimal("1490"),
            payment_text=HOW[owner.locale],
            thanks_url=f"{site}/thanks",
            deadline=timedelta(days=3),
        ),
        products.NewProduct(
            name="book",
            kind="physical",
            title=book,
            price=Decimal("24.90"),
            countries=("LVA", "RUS", "DEU"),
            cash_on_delivery=True,
        ),
        products.NewProduct(name="tools", kind="digital", title=book, price=Decimal(300), least_payment=Decimal(100)),
        products.NewProduct(name="thanks", kind="floating", title=book, price=Decimal(5)),
        products.NewProduct(name="gift", kind="digital", title=book, price=Decimal(0)),
    ):
        await products.create(tx, owner.id, new)
    await products.create_coupon(tx, owner.id, products.NewCoupon(code="SUMMER", discount_percent=Decimal(10)))


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with a_chromium() as browser:
        yield browser


async def press(page: Page, role: Literal["button", "link"], name: str | None = None) -> None:
    """Press a button or follow a link, and wait for the page behind it."""
    async with page.expect_navigation():
        await page.get_by_role(role, name=name).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_from_the_order_form_to_the_paid_order(world: World, chromium: Browser, scripts: bool) -> None:
    email = f"anna{scripts}@example.com"
    async with opened(chromium, java_script_enabled=scripts) as page:
        await page.goto(f"{world.demo}/order/course/?kupon=SUMMER&utm_source=bob&utm_medium=affiliate")
        await page.get_by_label("Name").fill("Anna")
        await page.get_by_label("Email").fill(email)
        await press(page, "button", "Order")
        order = await world.order_of(email)
        assert await heading(page) == f"Order {order.id}"
        assert "$1,341" in await page.locator(".due").inner_text()
        assert order.marks["utm_source"] == "bob"
        await press(page, "button", "Pay by card")
        assert await heading(page) == "Stripe"
        assert "134100" in await page.locator("p").inner_text()
        await press(page, "link", "Back")
        assert await heading(page) == f"Order {order.id}"
        await press(page, "button", "Pay by card")
        await press(page, "link", "Pay")
        assert await heading(page) == "Thank you!"
        await world.told_by_stripe()
        await page.wait_for_url(f"{world.site}/thanks", timeout=15_000)  # the page looks again by itself
        assert await heading(page) == "Thanks from the site, sent by nobody"
    assert (await world.order_of(email)).state == "paid"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("owner", ["demo", "ruslan"])
async def test_from_the_order_form_to_the_cancelled_order(
    world: World, chromium: Browser, scripts: bool, owner: str
) -> None:
    english = owner == "demo"
    email = f"boris{scripts}{owner}@example.com"
    async with opened(chromium, java_script_enabled=scripts) as page:
        await page.goto(f"{world.demo if english else world.ruslan}/order/course/")
        await page.get_by_label("Email" if english else "Эл. почта").fill(email)
        await press(page, "button")
        bill = page.url
        await press(page, "link", "Cancel the order" if english else "Отменить заказ")
        await press(page, "link", "No" if english else "Нет")
        assert page.url == bill
        assert (await world.order_of(email)).state == "waiting"
        await press(page, "link", "Cancel the order" if english else "Отменить заказ")
        await press(page, "button", "Yes" if english else "Да")
        assert page.url == bill
        assert (await world.order_of(email)).state == "cancelled"
        await press(page, "link", "Order again" if english else "Заказать снова")
        assert page.url.endswith("/order/course/")


async def test_a_form_in_somebodys_frame(world: World, chromium: Browser) -> None:
    async with opened(chromium) as page:
        await page.goto(f"{world.site}/frame?goods=course")
        frame = page.frame_locator("iframe")
        await frame.get_by_label("Phone").fill("+371 2")
        await frame.get_by_label("Email").fill("framed@example.com")
        await frame.get_by_role("button", name="Buy now").click()
        await page.wait_for_url(f"{world.demo}/bill/**")
        assert await page.locator("iframe").count() == 0
        await page.goto(f"{world.site}/frame?goods=course")
        await page.screenshot(path=SCREENSHOTS / "shop-en-frame.png", full_page=True)


async def test_what_is_missing_does_not_even_leave_the_browser(world: World, chromium: Browser) -> None:
    async with opened(chromium) as page:
        await page.goto(f"{world.demo}/order/book/")
        for label in ("Name", "Last name", "Email", "City"):
            await page.get_by_role("button").click()
            assert page.url.endswith("/order/book/")
            await page.get_by_label(label, exact=True).fill("a@b.cd")


@pytest.mark.parametrize(
    ("owner", "name", "agent"),
    [("demo", "en", PHONE), ("ruslan", "ru", PHONE), ("demo", "en-desk", {}), ("ruslan", "ru-desk", {})],
)
async def test_every_page_is_tidy(
    world: World, chromium: Browser, owner: str, name: str, agent: dict[str, Any]
) -> None:
    base = world.demo if owner == "demo" else world.ruslan
    email = f"a.rather.long.address.of.somebody.{name}@a-long-host-name.example.com"

    async def look(page: Page, what: str) -> None:
        await check_it_is_tidy(page)
        await page.screenshot(path=SCREENSHOTS / f"shop-{name}-{what}.png", full_page=True)

    async with opened(chromium, **agent) as page:
        for what, path in {
            "01-order": "/order/course/",
            "02-coupon": "/order/course/?kupon=SUMMER&required=phone,surname",
            "03-bad-coupon": "/order/course/?kupon=WINTER",
            "04-parcel": "/order/book/",
            "05-your-price": "/order/thanks/",
            "06-missing": "/order/nothing/",
        }.items():
            await page.goto(base + path)
            await look(page, what)
        await _order(page, base, "course", "broken@")
        await look(page, "07-refused")
        await _order(page, base, "course", email, bill_kupon="SUMMER")
        await look(page, "08-bill")
        bill = page.url
        world.stripe.answers = [(500, {}), (500, {})]
        if await page.get_by_role("button").count():
            await press(page, "button")
            await look(page, "09-no-cards-now")
        await page.goto(f"{bill}done")
        await look(page, "10-wait")
        await page.goto(f"{bill}done?looked=20")
        await look(page, "11-wait-longer")
        await page.goto(f"{bill}cancel")
        await look(page, "12-cancel")
        await press(page, "button")
        await look(page, "13-cancelled")
        await _order(page, base, "book", email, **PARCEL)
        await look(page, "14-parcel")
        await _order(page, base, "tools", email)
        await look(page, "15-in-parts")
        order = await _latest(world, email)
        async with world.database.transaction() as tx:
            await orders.pay(tx, order.account_id, order.id, Decimal(100), channel="manual")
        await page.reload()
        await look(page, "16-partly-paid")
        async with world.database.transaction() as tx:
            await orders.pay(tx, order.account_id, order.id, None, channel="manual")
            await orders.mark_sent(tx, order.account_id, order.id, tracking_number="RR123456785LV", at=None)
        await page.reload()
        await look(page, "17-sent")
        await _order(page, base, "gift", email)
        await look(page, "18-paid")
        await page.goto(f"{base}/order_form/?goods=course&color=0a7d32&button=Go&font=Georgia")
        await look(page, "19-embedded")


PARCEL = {
    "bill_first_name": "Anna",
    "bill_surname": "Smith",
    "bill_country": "LVA",
    "bill_city": "Riga",
    "bill_address": "Brivibas 1",
}


async def _order(page: Page, base: str, product: str, email: str, **fields: str) -> None:
    """Send an order form past the browser's own checks."""
    await page.goto(f"{base}/order/{product}/")
    await page.evaluate("document.forms[0].noValidate = true")
    for field, value in {"bill_email": email, **fields}.items():
        await page.evaluate("([name, value]) => { document.forms[0].elements[name].value = value }", [field, value])
    await press(page, "button")


async def _latest(world: World, email: str) -> orders.Order:
    async with world.database.reading() as tx:
        row = await tx.fetch_row("SELECT account_id, id FROM orders WHERE email = $1 ORDER BY id DESC LIMIT 1", email)
        assert row is not None
        return await orders.get(tx, row["account_id"], row["id"])


def _site_of(world: World) -> App:
    """An owner's own site: a page to be sent on to, and one with our form in a frame."""

    async def app(request: Request) -> Answer:
        query = httpx.QueryParams(request.query.decode())
        referrer = request.headers.get("referer", "nobody")
        page = f"<h1>Thanks from the site, sent by {referrer}</h1>"
        if request.path == "/frame":
            look = "color=0a7d32&width=400&required=phone&button=Buy+now"
            page = f'<h1>Our course</h1><iframe src="{world.demo}/order_form/?goods={query["goods"]}&{look}" width="420" height="560"></iframe>'
        html = f'<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><meta charset="utf-8">{page}'
        return plain(200, html.encode(), b"text/html; charset=utf-8")

    return app
