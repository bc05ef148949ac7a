"""The walks that docs/house.md tells: each call passes the rooms named there, in that order, and as many files as it says."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from enlist.domain import accounts, orders, partners
from enlist.doors.justclick import signing
from enlist.doors.web.addresses import BILL, payment_path
from enlist.plan.doors import open_doors
from enlist.plan.installation import Installation
from enlist.plan.settings import read_settings
from enlist.runtime.signals import Signals
from tests.support import stripe, walks
from tests.support.wire import AppTransport
from tests.support.world import KEY, VAULT, World, an_order

pytestmark = pytest.mark.filterwarnings(stripe.QUIET)

HOUSE = Path(__file__).parents[2] / "docs" / "house.md"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
MARKS = {"utm_medium": "affiliate", "utm_source": "anna"}


@dataclass(frozen=True)
class Told:
    """A walk as the document tells it."""

    files: int
    rooms: list[str]


def told() -> dict[str, Told]:
    """Read the walks of docs/house.md: a heading with the number of files, then numbered rooms."""
    found = re.findall(r"^### ([^(\n]+) \((\d+) files\)\n(.*?)(?=^#|\Z)", HOUSE.read_text(), re.MULTILINE | re.DOTALL)
    return {
        name: Told(int(files), re.findall(r"^\d+\. `([\w/.]+)`", steps, re.MULTILINE)) for name, files, steps in found
    }


async def no_figures() -> bytes:
    return b""


@pytest.fixture(scope="module")
async def calls(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Callable[[int], Awaitable[httpx.Response]]]]:
    """The calls of the walks on the whole program, each with a number that makes it another one."""
    async with stripe.a_stripe() as fake:
        settings = read_settings(
            {
                "ENLIST_STRIPE_URL": fake.address,
                "ENLIST_PUBLIC_URL": "http://localhost:8080",
                "ENLIST_DATA": str(tmp_path_factory.mktemp("data")),
            }
        )
        installation = Installation(settings, world.database, VAULT)
        shop = await world.account("shop")
        for name, asks in (("news", True), ("buyers", False)):
            await world.group(shop, name, asks=asks)
        await world.product(shop, "course", groups=("buyers",), letter_text="Thanks", sales_url="https://x.example/")
        await world.do(orders.set_payment_channel, shop.id, "stripe", stripe.SETTINGS, VAULT)
        tenth = partners.Commission(percent=Decimal(10))
        await world.do(partners.set_programme, shop.id, partners.Programme(commissions=(tenth, partners.Commission())))
        await world.do(partners.create, shop.id, partners.NewPartner(login="anna"))
        _, token = await world.do(accounts.create_site, shop.id, "main")
        async with open_doors(installation, Signals(world.database), no_figures) as app:
            client = httpx.AsyncClient(transport=AppTransport(app), base_url="http://shop.localhost:8080")
            of_site = {"X-AUTH-TOKEN": token}
            juid = (await client.post("/api/user/v1/subscription/create/profile", headers=of_site)).text

            async def lead(n: int) -> httpx.Response:
                pairs = [("rid[0]", "news"), ("lead_email", f"person{n}@example.com")]
                return await client.post("/api/AddLeadToGroup", content=signing.sign(pairs, "shop", KEY), headers=FORM)

            async def action(n: int) -> httpx.Response:
                fields = {"juid": juid, "tags": "1", "label": f"label{n}"}
                return await client.post("/api/user/v1/action/", data=fields, headers=of_site)

            async def click(_: int) -> httpx.Response:
                return await client.get("/aff/sl/course/anna/", headers=FIREFOX)

            reports: dict[int, bytes] = {}

            async def order(n: int) -> None:
                made = await world.order(an_order(shop, f"buyer{n}@example.com", "course", marks=MARKS))
                path = payment_path(installation.links_key(), BILL)(shop.id, made.id)
                assert (await client.post(path, data={"channel": "stripe"})).status_code == 303
                reports[n] = stripe.an_event("checkout.session.completed", stripe.a_session(fake.session, f"cs_{n}"))

            async def payment(n: int) -> httpx.Response:
                return await client.post("/pay/stripe/events", content=reports[n], headers=stripe.signature(reports[n]))

            for n in range(WARM + 1):
                await order(n)
            yield {
                "AddLeadToGroup": lead,
                "A Just action": action,
                "A partner's click": click,
                "A payment by Stripe": payment,
            }


WARM = 2


@pytest.mark.parametrize("name", ["AddLeadToGroup", "A Just action", "A partner's click", "A payment by Stripe"])
async def test_a_call_takes_the_walk_that_is_told_of_it(
    calls: dict[str, Callable[[int], Awaitable[httpx.Response]]], name: str
) -> None:
    for n in range(WARM):
        assert (await calls[name](n)).status_code in (200, 302)
    await asyncio.sleep(0.3)
    with walks.followed() as passed:
        await calls[name](WARM)
    walk = told()[name]
    assert [room for room in passed if room in walk.rooms] == walk.rooms, passed
    assert abs(len(passed) - walk.files) <= walk.files // 10, f"{len(passed)} files: {passed}"
