"""What the click script reports from owners' pages, and the script itself."""

import httpx
import pytest

from tests.doors.justclick.clicks.conftest import NOBODY, Door, busy
from tests.support.wire import AppTransport

SAID = {
    "utm_medium": "affiliate",
    "utm_source": "bob",
    "aff_campaign": "spring",
    "page": "https://landing.example/course",
}


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_reported_click_is_recorded(door: Door, visitor: httpx.AsyncClient, method: str) -> None:
    said = {"data": SAID} if method == "POST" else {"params": SAID}
    answer = await visitor.request(method, "/aff/click", **said)  # type: ignore[arg-type]
    assert (answer.status_code, answer.content) == (204, b"")
    (click,) = door.clicks
    assert (click.account_id, click.partner, click.way, click.page, click.product_id) == (
        door.shop.id, "bob", "script", "https://landing.example/course", None,
    )  # fmt: skip
    assert click.marks == {"utm_medium": "affiliate", "utm_source": "bob", "aff_campaign": "spring"}


async def test_link_and_script_mean_the_same_visitor(door: Door, visitor: httpx.AsyncClient) -> None:
    await visitor.get("/aff/sl/course/bob/")
    visitor.cookies.clear()
    await visitor.post("/aff/click", data=SAID)
    assert door.clicks[0].visitor == door.clicks[1].visitor


async def test_the_visitor_behind_a_proxy_is_the_visitor(door: Door) -> None:
    transport = AppTransport(door.app, "127.0.0.1")
    async with httpx.AsyncClient(transport=transport, base_url="http://shop.localhost") as client:
        await client.post("/aff/click", data=SAID, headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.4"})
    assert door.clicks[0].ip == "198.51.100.4"


@pytest.mark.parametrize(
    "said",
    [{}, {"utm_medium": "cpc", "utm_source": "bob"}, {"utm_medium": "affiliate"}, {"utm_medium": "Affiliate", "utm_source": "bob"}],
)  # fmt: skip
async def test_clicks_that_are_no_partners_are_not_recorded(
    door: Door, visitor: httpx.AsyncClient, said: dict[str, str]
) -> None:
    assert (await visitor.post("/aff/click", data=said)).status_code == 204
    assert door.clicks == []


@pytest.mark.parametrize("outcome", [NOBODY, busy])
async def test_nothing_is_told_of_who_is_a_partner(door: Door, visitor: httpx.AsyncClient, outcome: object) -> None:
    door.outcome = outcome  # type: ignore[assignment]
    answer = await visitor.post("/aff/click", data=SAID)
    assert (answer.status_code, answer.content) == (204, b"")


async def test_what_is_too_much_or_unreadable_is_refused(door: Door, visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/aff/click", content=b"x" * 20_000)).status_code == 413
    assert (await visitor.post("/aff/click", content=b"utm_source=%ff")).status_code == 400
    assert door.clicks == []


async def test_long_words_are_cut(door: Door, visitor: httpx.AsyncClient) -> None:
    await visitor.post("/aff/click", data=SAID | {"utm_content": "x" * 5000, "page": "y" * 5000})
    (click,) = door.clicks
    assert click.marks is not None
    assert (len(click.marks["utm_content"]), len(click.page)) == (255, 1000)


@pytest.mark.parametrize("host", ["closed.localhost", "nobody.localhost", "localhost"])
async def test_an_unknown_owner_gets_no_clicks(door: Door, visitor: httpx.AsyncClient, host: str) -> None:
    assert (await visitor.post("/aff/click", data=SAID, headers={"Host": host})).status_code == 404
    assert door.clicks == []


async def test_the_script_is_served(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/media/clicks.js?v=2")
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    assert "max-age" in answer.headers["cache-control"]
    assert b"enlist_clicks" in answer.content
    assert len(answer.content) < 9000
