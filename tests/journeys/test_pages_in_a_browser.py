"""The public pages as people meet them: a real browser, with and without scripts, on a desk and on a phone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from playwright.async_api import Browser

from enlist.domain import accounts, groups, orders
from enlist.doors import pages, web
from enlist.doors.justclick import forms
from enlist.kit.email import normalise
from enlist.plan.settings import read_settings
from enlist.runtime.batch import Batch, Busy
from enlist.runtime.db import Database
from enlist.runtime.http import Answer, App, Request, plain
from tests.support.browser import PHONE, SCREENSHOTS, a_chromium, a_free_port, check_it_is_tidy, heading, opened, served
from tests.support.world import VAULT

pytestmark = pytest.mark.browser

KEY = VAULT.signing_key("links")


@dataclass
class World:
    """The served door, its owners, a site of theirs, and what is behind it all."""

    demo: str
    ruslan: str
    site: str
    links: groups.Links
    database: Database
    accounts: dict[str, accounts.Account]
    groups: dict[str, int]
    busy: bool = False

    async def contact_id(self, email: str) -> int:
        """Return the number of a contact."""
        async with self.database.reading() as tx:
            number: int = await tx.fetch_value("SELECT id FROM contacts WHERE email = $1", email)
        return number

    async def states(self, email: str) -> dict[str, str]:
        """Tell the state of every membership of an address at the English owner's, by group."""
        address = normalise(email)
        assert address is not None
        async with self.database.reading() as tx:
            found = await groups.list_memberships(tx, self.accounts["demo"].id, address)
        return {membership.group_name: membership.state for membership in found}

    async def confirm_link(self, email: str, group: str, owner: str = "demo") -> str:
        """Return the link that stands in the letter to ``email``."""
        return self.links.confirm(self.accounts[owner].id, await self.contact_id(email), [self.groups[group]])

    async def leave_link(self, email: str, group: str, owner: str = "demo") -> str:
        """Return the unsubscribe link that stands in the letter to ``email``."""
        return self.links.leave(self.accounts[owner].id, await self.contact_id(email), [self.groups[group]])


@pytest.fixture(scope="module")
async def world(database: Database) -> AsyncIterator[World]:
    with a_free_port() as door, a_free_port() as beside:
        port, site = door.getsockname()[1], f"http://127.0.0.1:{beside.getsockname()[1]}"
        settings = read_settings({"ENLIST_PUBLIC_URL": f"http://localhost:{port}"})
        async with database.transaction() as tx:
            owners = [
                await accounts.create(tx, accounts.NewAccount(login="demo"), VAULT),
                await accounts.create(tx, accounts.NewAccount(login="ruslan", locale="ru"), VAULT),
            ]
            made = [
                await groups.create(tx, owners[0].id, "news", title="News from the workshop"),
                await groups.create(tx, owners[1].id, "novosti", title="Новости мастерской"),
            ]
        batch: Batch[groups.Enrolment, groups.Enrolled] = Batch("browser test", database, groups.enrol)
        world = World(
            demo=settings.account_url("demo"),
            ruslan=settings.account_url("ruslan"),
            site=site,
            links=pages.links(KEY, settings),
            database=database,
            accounts={owner.login: owner for owner in owners},
            groups={group.name: group.id for group in made},
        )

        async def enrol(wish: groups.Enrolment) -> groups.Enrolled:
            if world.busy:
                raise Busy("full")
            return await batch.put(wish)

        async def no_orders(_: orders.NewOrder) -> orders.Placed:
            raise Busy("no shop")

        directory = accounts.Directory(database, VAULT, settings.domains)
        desk = web.Desk(
            database=database,
            directory=directory,
            links_key=KEY,
            settings=settings,
        )
        app = web.build(desk, [forms.door(enrol, no_orders), pages.door({}, VAULT)])
        async with served(app, door), served(_site_of(world), beside):
            yield world
        await batch.close()


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with a_chromium() as browser:
        yield browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_from_the_form_to_the_subscription(world: World, chromium: Browser, scripts: bool) -> None:
    email = f"anna{scripts}@example.com"
    async with opened(chromium, java_script_enabled=scripts) as page:
        await page.goto(f"{world.demo}/form/news?doneurl2={quote(world.site + '/thanks?from=letter')}")
        await page.get_by_label("Name").fill("Anna")
        await page.get_by_label("Email").fill(email)
        await page.get_by_role("button", name="Subscribe").click()
        assert await heading(page) == "Check your email"
        assert await world.states(email) == {"news": "waiting"}
        await page.goto(await world.confirm_link(email, "news"))
        assert await world.states(email) == {"news": "waiting"}
        await page.get_by_role("button", name="Yes, subscribe me").click()
        await page.wait_for_url(f"{world.site}/thanks?from=letter")
        assert await heading(page) == "Thanks from the site, sent by nobody"
    assert await world.states(email) == {"news": "active"}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
async def test_unsubscribing_and_undoing_it(world: World, chromium: Browser, scripts: bool) -> None:
    email = f"moody{scripts}@example.com"
    async with opened(chromium, java_script_enabled=scripts) as page:
        await page.goto(f"{world.demo}/subscribe/process?rid[0]=news&lead_email={email}")
        await page.goto(await world.confirm_link(email, "news"))
        await page.get_by_role("button").click()
        assert await heading(page) == "Thank you for subscribing"
        await page.goto(await world.leave_link(email, "news"))
        assert await world.states(email) == {"news": "active"}
        await page.get_by_role("button", name="Yes, unsubscribe me").click()
        assert await heading(page) == "You’ve unsubscribed"
        assert await world.states(email) == {"news": "left"}
        await page.get_by_role("button", name="Subscribe again").click()
        assert await heading(page) == "Welcome back"
    assert await world.states(email) == {"news": "active"}


async def test_a_mistake_is_pointed_out_and_corrected(world: World, chromium: Browser) -> None:
    async with opened(chromium, java_script_enabled=False) as page:
        await page.goto(f"{world.demo}/form/news")
        await page.get_by_label("Name").fill('Anna "the <Great>"')
        await page.get_by_label("Email").fill("corrected@example")
        await page.get_by_role("button").click()
        assert await page.get_by_role("alert").inner_text() == (
            "Please enter a complete email address, like anna@example.com."
        )
        assert await page.get_by_label("Name").input_value() == 'Anna "the <Great>"'
        await page.get_by_label("Email").fill("corrected@example.com")
        await page.get_by_role("button", name="Send again").click()
        assert await heading(page) == "Check your email"
    assert await world.states("corrected@example.com") == {"news": "waiting"}


async def test_what_is_no_address_at_all_does_not_even_leave_the_browser(world: World, chromium: Browser) -> None:
    async with opened(chromium) as page:
        await page.goto(f"{world.demo}/form/news")
        for typed in ("", "anna", "anna@"):
            await page.get_by_label("Email").fill(typed)
            await page.get_by_role("button").click()
            assert page.url == f"{world.demo}/form/news"


async def test_nothing_typed_is_lost_while_the_service_is_busy(world: World, chromium: Browser) -> None:
    async with opened(chromium, java_script_enabled=False) as page:
        await page.goto(f"{world.demo}/form/news?tag=top")
        await page.get_by_label("Name").fill("Пётр & Co")
        await page.get_by_label("Email").fill("patient@example.com")
        world.busy = True
        try:
            await page.get_by_role("button").click()
            assert await heading(page) == "Please try again"
            await page.get_by_role("button", name="Try again").click()
            assert await heading(page) == "Please try again"
        finally:
            world.busy = False
        await page.get_by_role("button", name="Try again").click()
        assert await heading(page) == "Check your email"
    async with world.database.reading() as tx:
        row = await tx.fetch_row("SELECT name, tags FROM contacts WHERE email = 'patient@example.com'")
    assert row is not None
    assert (row["name"], row["tags"]) == ("Пётр & Co", ["top"])


@pytest.mark.parametrize("script", ["/media/subscribe/helper2.js.php", "/constructor/editor/scripts/common-forms.js"])
@pytest.mark.parametrize("arguments", [5, 16])
async def test_an_old_form_with_its_helper_script(world: World, chromium: Browser, script: str, arguments: int) -> None:
    said: list[str] = []
    query = {"script": world.demo + script, "arguments": arguments, "lead_name": "Анна Б", "lead_city": "100% <b>"}
    async with opened(chromium) as page:

        async def note(dialog: Any) -> None:
            said.append(dialog.message)
            await dialog.accept()

        page.on("dialog", note)
        await page.goto(f"{world.site}/old-form?{urlencode(query)}")
        assert await page.locator("[name=lead_name]").input_value() == "Анна Б"
        assert await page.locator("[name=lead_city]").input_value() == "100% <b>"
        assert await page.locator("[name=lead_phone]").input_value() == "kept"
        for typed in ("", "anna", "anna@example"):
            await page.locator("[name=lead_email]").fill(typed)
            await page.locator("[type=submit]").click()
        assert said == ["Please enter a complete email address, like anna@example.com."] * 3
        await page.locator("[name=lead_email]").fill(f"old{arguments}{len(script)}@example.com")
        await page.locator("[type=submit]").click()
        await page.wait_for_url(f"{world.site}/thanks")
        assert len(said) == 3


async def test_the_helper_functions_never_throw(world: World, chromium: Browser) -> None:
    async with opened(chromium) as page:
        await page.goto(
            f"{world.site}/old-form?{urlencode({'script': world.demo + '/media/subscribe/helper2.js.php'})}"
        )
        assert await page.evaluate("[undefined, null, {}, 1, 'x', document].every(it => jc_chkscrfrm(it) === true)")
        assert await page.evaluate("[undefined, null, {}, 1].every(it => jc_setfrmfld(it) === undefined)")


async def test_a_huge_body_is_answered_over_a_real_connection(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.demo.replace("demo.localhost", "127.0.0.1")) as client:
        answer = await client.post(
            "/subscribe/process", content=b"x" * 10_000_000, headers={"host": "demo.localhost"}, timeout=20
        )
    assert answer.status_code == 413
    assert "Too much data" in answer.text


@pytest.mark.parametrize(
    ("owner", "group", "locale", "agent"),
    [("demo", "news", "en", PHONE), ("ruslan", "novosti", "ru", PHONE), ("demo", "news", "desk", {})],
)
async def test_every_page_is_tidy(
    world: World, chromium: Browser, owner: str, group: str, locale: str, agent: dict[str, Any]
) -> None:
    base = world.demo if owner == "demo" else world.ruslan
    email = f"a.rather.long.address.of.somebody.{locale}@a-long-host-name.example.com"
    process = f"{base}/subscribe/process?rid[0]={group}&lead_email={email}"
    language = {"en": "en", "ru": "ru-RU", "desk": "en"}[locale]
    async with opened(chromium, locale=language, **agent) as page:

        async def look(name: str) -> None:
            await check_it_is_tidy(page)
            await page.screenshot(path=SCREENSHOTS / f"{locale}-{name}.png", full_page=True)

        for name, path in {
            "01-form": f"/form/{group}",
            "02-refused": f"/subscribe/process?rid[0]={group}&lead_email=anna&lead_name=Anna&lead_city=Riga",
            "03-too-long": f"/subscribe/process?rid[0]={group}&lead_email=a@b.cd&lead_name=" + "x" * 300,
            "04-no-such-group": "/subscribe/process?rid[0]=nowhere&lead_email=anna@example.com",
            "05-missing": "/nowhere",
            "06-front": "/",
            "07-bad-link": "/confirm/nothing",
        }.items():
            await page.goto(base + path)
            await look(name)
        world.busy = True
        await page.goto(process)
        world.busy = False
        await look("08-busy")
        await page.goto(process)
        await look("09-check-your-mail")
        await page.goto(await world.confirm_link(email, group, owner))
        await look("10-confirm")
        await page.get_by_role("button").click()
        await look("11-confirmed")
        await page.goto(process)
        await look("12-already")
        await page.goto(await world.leave_link(email, group, owner))
        await look("13-leave")
        await page.get_by_role("button").click()
        await look("14-left")
        await page.goto(await world.confirm_link(email, group, owner))
        await page.get_by_role("button").click()
        await look("15-not-confirmed")
        await page.goto(await world.leave_link(email, group, owner))
        await page.get_by_role("button").click()
        await page.get_by_role("button").click()
        await look("16-back")


def _site_of(world: World) -> App:
    """An owner's own site: a form of the old kind, and a page to be sent on to."""

    async def app(request: Request) -> Answer:
        query = httpx.QueryParams(request.query.decode())
        referrer = request.headers.get("referer", "nobody")
        page = f"<h1>Thanks from the site, sent by {referrer}</h1>"
        if request.path == "/old-form":
            rest = ", false" * (int(query.get("arguments", "5")) - 1)
            page = (
                f'<script src="{query["script"]}"></script>'
                f'<form method="post" action="{world.demo}/subscribe/process/?rid[0]=news&doneurl={world.site}/thanks"'
                f' onsubmit="return jc_chkscrfrm(this{rest})"><input name="lead_name"><input name="lead_email">'
                '<input name="lead_city"><input name="lead_phone" value="kept"><input type="submit" name="submit">'
                "<script>jc_setfrmfld()</script></form>"
            )
        html = f'<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><meta charset="utf-8">{page}'
        return plain(200, html.encode(), b"text/html; charset=utf-8")

    return app
