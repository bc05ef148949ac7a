"""The affiliate programme as its people meet it: a partner's link, an owner's page with our script, the cabinet."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from ipaddress import ip_network
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, Page

from enlist.channels.postback import PostbackChannel
from enlist.domain import accounts, attribution, commissions, delivery, groups, orders, partners, products
from enlist.domain.attribution.model import Click
from enlist.doors import pages, web
from enlist.doors.justclick import clicks, forms
from enlist.plan.settings import Settings, read_settings
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from enlist.runtime.events import Dispatcher, Reaction
from enlist.runtime.http import Answer, App, Request, plain
from enlist.runtime.outbound import Outbound
from tests.support.browser import PHONE, SCREENSHOTS, a_chromium, a_free_port, check_it_is_tidy, heading, opened, served
from tests.support.world import VAULT

pytestmark = pytest.mark.browser

KEY = VAULT.signing_key("links")
# A browser without a head is a robot to us.
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
TEN_AND_FIVE = (partners.Commission(percent=Decimal(10)), partners.Commission(percent=Decimal(5)))
WORDS = ("aff_source", "bill", "profit", "product")


@dataclass
class World:
    """The served doors, an owner's site with our script, an analytics service, and what is behind it all."""

    database: Database
    settings: Settings
    site: str
    told: list[str] = field(default_factory=list)
    owners: dict[str, accounts.Account] = field(default_factory=dict)

    def host(self, login: str) -> str:
        """Return the address of an owner's host."""
        return self.settings.account_url(login)

    async def link_in_letter_to(self, recipient: str) -> str:
        """Have the latest letter to somebody composed; return the link in it."""
        async with self.database.reading() as tx:
            row = await tx.fetch_row(
                "SELECT account_id, id, kind, recipient, data::text, message_id::text, 1, queued_at FROM letters"
                " WHERE recipient = $1 AND kind LIKE 'partners.%' ORDER BY id DESC LIMIT 1",
                recipient,
            )
            assert row is not None
            values = list(row)
            values[4] = msgspec.json.decode(values[4])
            (content,) = await partners.letter_composer(pages.partner_links(self.settings))(
                tx, [delivery.QueuedLetter(*values)]
            )
        assert content is not None
        (link,) = re.findall(r"^http\S+$", content.text, re.MULTILINE)
        return str(link)

    async def order_of(self, login: str, email: str) -> orders.Order:
        """Return the only order of an address."""
        async with self.database.reading() as tx:
            account_id = self.owners[login].id
            row = await tx.fetch_row("SELECT id FROM orders WHERE account_id = $1 AND email = $2", account_id, email)
            assert row is not None
            return await orders.get(tx, account_id, row["id"])

    async def pay(self, order: orders.Order) -> None:
        """Let the owner record that the money came; then work off what follows from it."""
        async with self.database.transaction() as tx:
            await orders.pay(tx, order.account_id, order.id, None, channel="manual")
        dispatcher = Dispatcher(
            self.database,
            [Reaction("commissions.queue_postbacks", commissions.queue_postbacks, (commissions.SaleCharged,))],
        )
        while await dispatcher.deliver_some():
            pass
        outbound = Outbound(allowed=[ip_network("127.0.0.0/8")])
        job = commissions.post_back(self.database, PostbackChannel(outbound).tell)
        async with self.database.transaction() as tx:
            rows = await tx.fetch(
                "DELETE FROM procrastinate_jobs WHERE task_name = $1 RETURNING args::text", commissions.POST_BACK
            )
        for row in rows:
            await job(**msgspec.json.decode(row["args"]))
        await outbound.close()


@pytest.fixture(scope="module")
async def world(database: Database) -> AsyncIterator[World]:
    with a_free_port() as door, a_free_port() as beside:
        settings = read_settings({"ENLIST_PUBLIC_URL": f"http://localhost:{door.getsockname()[1]}"})
        world = World(database, settings, f"http://127.0.0.1:{beside.getsockname()[1]}")
        for login, locale in (("demo", "en"), ("ruslan", "ru")):
            await _found(world, login, locale)
        enrolments: Batch[groups.Enrolment, groups.Enrolled] = Batch("journey leads", database, groups.enrol)
        placed: Batch[orders.NewOrder, orders.Placed] = Batch("journey orders", database, orders.place)
        recorded: Batch[attribution.NewClick, attribution.Clicked] = Batch(
            "journey clicks", database, partial(attribution.record_clicks, known=partners.KnownPartners())
        )
        directory = accounts.Directory(database, VAULT, settings.domains)
        desk = web.Desk(
            database=database,
            directory=directory,
            links_key=KEY,
            settings=settings,
        )
        shown = web.build(desk, [forms.door(enrolments.put, placed.put), pages.door({}, VAULT)])
        clicked = clicks.build(clicks.Services(database, recorded.put), directory, settings, missing=shown)

        async def app(request: Request) -> Answer | None:
            return await (clicked if request.path.startswith(clicks.PATHS) else shown)(request)

        async with served(app, door), served(_site_of(world), beside):
            yield world
        for batch in (enrolments, placed, recorded):
            await batch.close()


async def _found(world: World, login: str, locale: Any) -> None:
    """Found an account with a programme, a partner bob, a product, and a group for forms."""
    english = locale == "en"
    async with world.database.transaction() as tx:
        new = accounts.NewAccount(login=login, locale=locale, time_zone="Europe/Riga" if english else "Europe/Moscow")
        account = world.owners[login] = await accounts.create(tx, new, VAULT)
        await groups.create(tx, account.id, "news", title="News" if english else "Новости", confirmation=False)
        programme = partners.Programme(
            commissions=TEN_AND_FIVE,
            open_registration=True,
            auto_approval=True,
            store_name="The Pottery School" if english else "Школа гончаров",
            payout_ways="PayPal, bank transfer" if english else "карта, счёт в банке",
            instructions="No spam, please.\nPayouts are on the 5th of each month." if english else "Пожалуйста, без спама.\nВыплаты — 5-го числа каждого месяца.",
        )  # fmt: skip
        await partners.set_programme(tx, account.id, programme)
        await partners.create(tx, account.id, partners.NewPartner(login="bob", email=f"bob@{login}.example"))
        for name, title, price, own_page in (
            ("course", "Pottery for beginners" if english else "Гончарное дело с нуля", "990", True),
            ("book", "The book of glazes" if english else "Книга о глазури", "45.50", False),
        ):
            product = products.NewProduct(
                name=name, kind="digital", title=title, price=Decimal(price), for_partners=True,
                sales_url=f"{world.site}/{login}/course" if own_page else "",
                partner_note=("Sells best in autumn." if english else "Лучше всего продаётся осенью.") if own_page else "",
            )  # fmt: skip
            await products.create(tx, account.id, product)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with a_chromium() as browser:
        yield browser


async def test_from_the_partners_link_to_his_earnings(world: World, chromium: Browser) -> None:
    demo, email = world.host("demo"), "anna@people.example"
    async with opened(chromium, user_agent=PERSON + " bob") as page:
        await sign_in(world, page, "demo")
        await page.goto(f"{demo}/partner/postback/")
        await page.get_by_label("URL to call").fill(f"{world.site}/told?key=1")
        for word in WORDS:
            await page.locator(f"[name=with_{word}]").check()
        await page.get_by_role("button", name="Save").click()
        assert await page.get_by_role("status").inner_text() == "Saved."
        await page.goto(f"{demo}/partner/links/")
        await page.get_by_label("Source").fill("pottery blog")
        await page.get_by_role("button", name="Add to links").click()
        link = await page.get_by_label("Your link").first.input_value()
    assert link == f"{demo}/aff/sl/course/bob/?aff_source=pottery+blog"

    async with opened(chromium, user_agent=PERSON) as page:
        await page.goto(link)
        assert await heading(page) == "Pottery for beginners"
        assert page.url.startswith(f"{world.site}/demo/course?")
        assert "&utm_medium=affiliate&utm_source=bob&justclick_partner_id=" in page.url
        await page.get_by_role("link", name="Read on").click()  # another page of the site, without marks in its address
        await page.get_by_label("Email").fill(email)
        await page.get_by_role("button", name="Subscribe").click()
        assert await heading(page) == "You’re subscribed"
        await page.go_back()
        await page.get_by_role("link", name="Order now").click()
        assert page.url.startswith(f"{demo}/order/course/?clicks=")
        await page.get_by_label(re.compile("^Name")).first.fill("Anna")
        await page.get_by_label("Email").fill(email)
        await page.get_by_role("button", name="Order").click()
        order = await world.order_of("demo", email)
        assert await heading(page) == f"Order {order.id}"
        await world.pay(order)
        await page.reload()
        assert "Your order is paid" in await page.inner_text("main")
    product = order.items[0].product_id
    assert world.told == [f"/told?key=1&aff_source=pottery+blog&bill={order.id}&profit=99.00&product={product}"]

    async with opened(chromium, user_agent=PERSON + " bob") as page:
        await sign_in(world, page, "demo")
        assert "$99" in await page.locator(".balance").inner_text()
        tiles = await figures(page)
        assert tiles == {
            "Clicks": "1", "Contacts": "1", "Conversion": "100.0%", "Paid orders": "1", "Partners": "0", "Earned": "$99",
            "Paid out": "$0",
        }  # fmt: skip
        await page.get_by_role("link", name="Clicks").click()
        rows = await cells(page)
        # The script on the owner's page saw the same click once more.
        assert [(row[1], row[3], row[4]) for row in rows] == [
            ("page", "no, repeated", "source: pottery blog"),
            ("link", "yes", "source: pottery blog"),
        ]
        await page.get_by_role("link", name="Contacts").click()
        assert [row[2] for row in await cells(page)] == ["source: pottery blog"]
        await page.get_by_role("link", name="Orders").click()
        (row,) = await cells(page)
        assert (row[0], row[2], row[5], row[7]) == (
            str(order.id), "Pottery for beginners", "$99", "source: pottery blog",
        )  # fmt: skip
        assert email not in await page.content()
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await page.goto(f"{demo}/partner/")
        assert await heading(page) == "Partner dashboard"
    async with world.database.reading() as tx:
        assert "bob" in await commissions.decision_of(tx, order.account_id, order.id)


async def test_a_link_straight_to_the_page_counts_by_the_script(world: World, chromium: Browser) -> None:
    partner = await recruit(world, "straight")
    direct = f"{world.site}/demo/course?utm_medium=affiliate&utm_source=straight&aff_term=clay"
    for _ in range(2):  # two visits of one visitor
        async with opened(chromium, user_agent=PERSON + " direct") as page:
            async with page.expect_request("**/aff/click"):
                await page.goto(direct)
            await page.reload()
    found = await kept(world, partner, 2)
    await counted(world, partner, 1)
    assert [(click.way, click.outcome) for click in found] == [("script", "repeated"), ("script", "counted")]
    assert found[0].page == f"{world.site}/demo/course"
    assert found[0].marks["aff_term"] == "clay"


async def test_the_script_keeps_the_history_bounded_and_hands_it_on(world: World, chromium: Browser) -> None:
    await recruit(world, "keeper")
    async with opened(chromium, user_agent=PERSON + " history") as page:
        for number in range(30):
            await page.goto(f"{world.site}/demo/course?utm_medium=cpc&utm_source=ad{number}&utm_term={'я' * 60}")
        await page.goto(f"{world.site}/demo/course?utm_medium=affiliate&utm_source=keeper")
        await page.goto(f"{world.site}/demo/other")
        (cookie,) = [cookie for cookie in await page.context.cookies() if cookie["name"] == "enlist_clicks"]
        history = str(cookie["value"])
        assert len(history) <= 3000
        assert "s=ad0&" in history
        assert history.endswith("m=affiliate&s=keeper")
        hidden = await page.locator("form.ours input[name=clicks]").input_value()
        assert hidden == history
        assert await page.locator("form.elsewhere input[name=clicks]").count() == 0
        assert await page.locator("form.late input[name=clicks]").count() == 0
        await page.evaluate("document.querySelector('form.late').addEventListener('submit', e => e.preventDefault())")
        await page.evaluate(
            "document.querySelector('form.late').innerHTML = '<input name=lead_email><button>Go</button>'"
        )
        await page.locator("form.late button").click()
        assert await page.locator("form.late input[name=clicks]").input_value() == history
        assert "clicks=" not in str(await page.get_by_role("link", name="Elsewhere").get_attribute("href"))
        framed = str(await page.locator("iframe").get_attribute("src"))
        assert framed.startswith(f"{world.host('demo')}/order_form/?goods=course&clicks=")
        assert await page.evaluate("Object.keys(window).filter(name => name.startsWith('enlist'))") == ["enlist_clicks"]


async def test_a_visitor_without_scripts_is_credited_by_our_own_cookie(world: World, chromium: Browser) -> None:
    partner = await recruit(world, "plain")
    async with opened(chromium, user_agent=PERSON + " plain", java_script_enabled=False) as page:
        await page.goto(f"{world.host('demo')}/aff/sl/book/plain/?aff_source=letter")
        assert page.url.startswith(f"{world.host('demo')}/order/book/?")
        await page.goto(f"{world.host('demo')}/order/book/")  # later, without marks
        await page.get_by_label(re.compile("^Name")).first.fill("Paul")
        await page.get_by_label("Email").fill("paul@people.example")
        await page.get_by_role("button", name="Order").click()
    order = await world.order_of("demo", "paul@people.example")
    await world.pay(order)
    async with world.database.reading() as tx:
        (sale,) = await commissions.list_sales(tx, partner.account_id, partner.id)
    assert (sale.order_id, sale.amount, sale.marks["aff_source"]) == (order.id, Decimal("4.55"), "letter")


async def test_a_page_fetched_ahead_is_no_click(world: World, chromium: Browser) -> None:
    partner = await recruit(world, "ahead")
    async with opened(chromium, user_agent=PERSON + " ahead", extra_http_headers={"Sec-Purpose": "prefetch"}) as page:
        await page.goto(f"{world.host('demo')}/aff/sl/book/ahead/")
    await counted(world, partner, 0)


@pytest.mark.parametrize(
    ("owner", "locale", "agent"), [("demo", "en", PHONE), ("ruslan", "ru", PHONE), ("demo", "desk", {})]
)
async def test_every_page_of_the_cabinet_is_tidy(
    world: World, chromium: Browser, owner: str, locale: str, agent: dict[str, Any]
) -> None:
    host = world.host(owner)
    await busy_months(world, owner, f"star{locale}")
    async with opened(chromium, **({"user_agent": PERSON} | agent)) as page:

        async def look(name: str) -> None:
            await check_it_is_tidy(page)
            await page.screenshot(path=SCREENSHOTS / f"{locale}-partner-{name}.png", full_page=True)

        await page.goto(f"{host}/partner/register/bob/")
        await look("01-register")
        await page.locator("[name=login]").fill("bob")
        await page.locator("[name=email]").fill("a.rather.long.address.of.somebody@a-long-host-name.example.com")
        await page.locator("main form button").click()
        await look("02-register-refused")
        await page.locator("[name=login]").fill(f"new{locale}")
        await page.locator("main form button").click()
        await look("03-registered")
        await page.goto(f"{host}/partner/sign-in/")
        await look("04-sign-in")
        await page.locator("[name=email]").fill(f"star{locale}@{owner}.example")
        await page.locator("main form button").click()
        await look("05-written")
        await page.goto(f"{host}/partner/enter/nothing")
        await look("06-lapsed")
        await page.goto(await world.link_in_letter_to(f"star{locale}@{owner}.example"))
        await look("07-enter")
        await page.locator("main form button").click()
        for number, place in enumerate(("", "clicks/", "contacts/", "orders/", "payouts/", "links/", "postback/")):
            await page.goto(f"{host}/partner/{place}")
            await look(f"{number + 10}-{place.strip('/') or 'overview'}")
        await page.locator("[name=url]").fill("nonsense")
        await page.locator("main form button:not(.plain)").click()
        await look("17-postback-refused")
        await page.goto(f"{host}/partner/?since=2026-01-01&until=2026-01-02")
        await look("18-nothing-in-the-span")


async def sign_in(world: World, page: Page, owner: str, login: str = "bob") -> None:
    """Sign a partner in by the link in a letter."""
    await page.goto(f"{world.host(owner)}/partner/")
    assert await heading(page) == "Partner dashboard"
    await page.get_by_label("Email").fill(f"{login}@{owner}.example")
    await page.get_by_role("button").click()
    await page.goto(await world.link_in_letter_to(f"{login}@{owner}.example"))
    await page.get_by_role("button", name="Sign in").click()
    assert await heading(page) == "Overview"


async def cells(page: Page) -> list[list[str]]:
    """Read the table in a page."""
    return [await row.locator("td").all_inner_texts() for row in await page.locator("tbody tr").all()]


async def figures(page: Page) -> dict[str, str]:
    """Read the figures in a page."""
    names, values = await page.locator(".tiles dt").all_inner_texts(), await page.locator(".tiles dd").all_inner_texts()
    return dict(zip(names, values, strict=True))


async def recruit(world: World, login: str, owner: str = "demo") -> partners.Partner:
    """Create another partner."""
    async with world.database.transaction() as tx:
        new = partners.NewPartner(login=login, email=f"{login}@{owner}.example", recruited_by="bob")
        return await partners.create(tx, world.owners[owner].id, new)


async def counted(world: World, partner: partners.Partner, expected: int) -> None:
    """Wait until so many clicks of a partner count; reports come when the browser likes."""
    for _ in range(100):
        async with world.database.reading() as tx:
            found = await commissions.statistics(tx, partner.account_id, partner.login)
        if found.clicks >= expected:
            break
        await asyncio.sleep(0.05)
    assert found.clicks == expected


async def kept(world: World, partner: partners.Partner, expected: int) -> list[Click]:
    """Wait until so many clicks of a partner are kept, also such as do not count; return them."""
    for _ in range(100):
        async with world.database.reading() as tx:
            found = await attribution.list_clicks(tx, partner.account_id, partner.id)
        if len(found) >= expected:
            break
        await asyncio.sleep(0.05)
    return found


async def busy_months(world: World, owner: str, login: str) -> None:
    """Create a partner who has done a lot."""
    partner = await recruit(world, login, owner)
    account = world.owners[owner]
    marks = {
        "utm_medium": "affiliate",
        "utm_source": login,
        "aff_source": "a rather long mark of my own blog",
        "aff_term": "clay",
    }
    async with world.database.transaction() as tx:
        course = await products.find(tx, account.id, "course")
        assert course is not None
        new_click = partial(
            attribution.NewClick, account_id=account.id, partner=login, agent=PERSON, marks=marks, product_id=course.id
        )
        await attribution.record_clicks(tx, [new_click(visitor=str(n // 2)) for n in range(70)])
        await attribution.record_clicks(
            tx,
            [
                new_click(
                    visitor="x", product_id=None, way="script", page=f"{world.site}/demo/course/with/a/long/path.html"
                ),
                new_click(visitor="y", agent="Googlebot/2.1"),
                new_click(visitor="z", ahead=True),
            ],
        )
        for number in range(12):
            touch = attribution.Touch(tx.now, marks, "cookie")
            contact, order = partner.id * 1000 + number, partner.id * 100_000 + number
            await attribution.credit_leads(
                tx, [attribution.Lead(account_id=account.id, contact_id=contact, touches=(touch,))]
            )
            sale = commissions.Sale(
                account_id=account.id, order_id=order, contact_id=contact, created_at=tx.now, touches=(touch,),
                items=(commissions.SaleItem(0, course.id, Decimal("990.00")),),
            )  # fmt: skip
            await commissions.credit_orders(tx, [sale])
            if number % 3:
                await commissions.charge(tx, account.id, order, tx.now)
            if number % 4 == 1:
                await commissions.reverse(tx, account.id, order, Decimal("330.00"), Decimal("990.00"), tx.now)
        note = "Bank transfer of 5 November" if owner == "demo" else "Перевод от 5 ноября"
        await commissions.pay_out(tx, account.id, login, Decimal("250.00"), note=note)


def _site_of(world: World) -> App:
    """An owner's own site, on another host than ours: a sales page with the script, and an analytics service."""

    async def app(request: Request) -> Answer:
        login, _, path = request.path.strip("/").partition("/")
        if login == "told":
            world.told.append(f"{request.path}?{request.query.decode()}")
            return plain(200, b"")
        ours = world.host(login)
        html = (
            f'<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><meta charset="utf-8">'
            f'<script src="{ours}/media/clicks.js" async></script><h1>Pottery for beginners</h1>'
            f'<p><a href="/{login}/other">Read on</a> <a href="{ours}/order/course/">Order now</a>'
            ' <a href="https://elsewhere.invalid/order/x/">Elsewhere</a></p>'
            f'<form class="ours" method="post" action="{ours}/subscribe/process?rid[0]=news">'
            '<label>Email <input name="lead_email"></label><button>Subscribe</button></form>'
            '<form class="elsewhere" action="/search"><input name="q" aria-label="Search"></form>'
            '<form class="late" action="/own-script"></form>'
        )
        if path == "other":
            html += f'<iframe src="{ours}/order_form/?goods=course" title="Order"></iframe>'
        return plain(200, html.encode(), b"text/html; charset=utf-8")

    return app
