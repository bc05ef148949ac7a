"""Partners' links: the click is recorded, and the visitor goes on with marks in the address."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from enlist.doors.justclick.clicks import click_marks
from enlist.runtime.db import DatabaseAway
from tests.doors.justclick.clicks.conftest import NOBODY, Door, busy


def marks_in(location: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(location).query))


@pytest.mark.parametrize("path", ["/aff/sl/course/bob/", "/aff/sl/course/bob"])
async def test_a_link_leads_to_the_sales_page_with_marks(door: Door, visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path)
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    location = answer.headers["location"]
    assert location.startswith("https://landing.example/course?lang=en&")
    assert location.endswith("#buy")
    assert marks_in(location) == {
        "lang": "en",
        "utm_medium": "affiliate",
        "utm_source": "bob",
        "justclick_partner_id": "17",
        "justclick_ad_id": "0",
    }
    (click,) = door.clicks
    assert (click.account_id, click.partner, click.product_id, click.way) == (
        door.shop.id, "bob", door.course.id, "link",
    )  # fmt: skip
    assert click.marks == {"utm_medium": "affiliate", "utm_source": "bob"}
    assert (click.ip, click.agent, click.ahead) == ("192.0.2.7", "Firefox", False)


async def test_a_product_may_be_named_by_its_number(door: Door, visitor: httpx.AsyncClient) -> None:
    assert (await visitor.get(f"/aff/sl/{door.course.id}/bob/")).status_code == 302
    assert door.clicks[0].product_id == door.course.id


async def test_a_product_without_a_sales_page_has_our_order_page(door: Door, visitor: httpx.AsyncClient) -> None:
    location = (await visitor.get("/aff/sl/книга/bob/")).headers["location"]
    assert location.startswith("/order/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B0/?utm_medium=affiliate&utm_source=bob&")


async def test_the_partners_own_marks_travel_along_and_he_cannot_pass_for_another(
    door: Door, visitor: httpx.AsyncClient
) -> None:
    query = "aff_source=blog&aff_term=a%20b%26c&utm_campaign=spring&utm_source=eve&utm_medium=cpc&ad=7&x=1"
    location = (await visitor.get(f"/aff/sl/course/bob/?{query}")).headers["location"]
    expected = {
        "utm_medium": "affiliate",
        "utm_source": "bob",
        "utm_campaign": "spring",
        "aff_source": "blog",
        "aff_term": "a b&c",
    }
    assert marks_in(location) == expected | {"lang": "en", "justclick_partner_id": "17", "justclick_ad_id": "7"}
    assert door.clicks[0].marks == expected


async def test_the_click_is_kept_in_a_cookie_of_ours(door: Door, visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/aff/sl/course/bob/?aff_source=blog")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("enlist_clicks=")
    assert "; Path=/; Max-Age=34560000; SameSite=Lax" in cookie
    assert "Secure" not in cookie
    now = datetime.now(UTC)
    (touch,) = click_marks.read(cookie.partition(";")[0].partition("=")[2], now)
    assert touch.marks == {"utm_medium": "affiliate", "utm_source": "bob", "aff_source": "blog"}
    assert abs((now - touch.at).total_seconds()) < 5
    await visitor.get("/aff/sl/course/bob/?aff_source=blog")  # the same click once more
    await visitor.get("/aff/sl/course/eve/")
    history = click_marks.read(visitor.cookies["enlist_clicks"], now)
    assert [touch.marks["utm_source"] for touch in history] == ["bob", "eve"]


async def test_who_is_no_member_is_not_mentioned(door: Door, visitor: httpx.AsyncClient) -> None:
    door.outcome = NOBODY
    answer = await visitor.get("/aff/sl/course/nobody/")
    assert answer.headers["location"] == "https://landing.example/course?lang=en#buy"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("trouble", [busy, DatabaseAway("gone")])
async def test_the_visitor_gets_there_even_if_the_click_cannot_be_recorded(
    door: Door, visitor: httpx.AsyncClient, trouble: Exception
) -> None:
    door.outcome = trouble
    answer = await visitor.get("/aff/sl/course/bob/")
    assert answer.status_code == 302
    assert marks_in(answer.headers["location"])["utm_source"] == "bob"
    assert "justclick_partner_id" not in answer.headers["location"]


@pytest.mark.parametrize(
    ("name", "value", "ahead"),
    [
        ("Sec-Purpose", "prefetch;prerender", True),
        ("Purpose", "prefetch", True),
        ("X-Moz", "prefetch", True),
        ("X-Purpose", "preview", True),
        ("Sec-Purpose", "", False),
        ("Accept", "prefetch", False),
    ],
)
async def test_who_only_looks_ahead_is_told_apart(
    door: Door, visitor: httpx.AsyncClient, name: str, value: str, ahead: bool
) -> None:
    await visitor.get("/aff/sl/course/bob/", headers={name: value})
    assert door.clicks[0].ahead is ahead


async def test_a_head_request_is_no_click(door: Door, visitor: httpx.AsyncClient) -> None:
    answer = await visitor.head("/aff/sl/course/bob/")
    assert answer.status_code == 302
    assert door.clicks == []


async def test_visitors_are_told_apart_without_a_cookie(door: Door, visitor: httpx.AsyncClient) -> None:
    for agent in ("Firefox", "Firefox", "Safari"):
        visitor.cookies.clear()
        await visitor.get("/aff/sl/course/bob/", headers={"User-Agent": agent})
    names = [click.visitor for click in door.clicks]
    assert names[0] == names[1] != names[2]


@pytest.mark.parametrize(
    "path",
    [
        "/aff/sl/nothing/bob/", "/aff/sl/theirs/bob/", "/aff/sl/course/", "/aff/sl/course", "/aff/sl//bob/", "/aff/sl/",
        "/aff/sl/course/bob/x/", "/aff/sl/course/%00/", "/aff/sl/%00/bob/", "/aff/clicks", "/media/clicks.json",
    ],
)  # fmt: skip
async def test_there_is_nothing_at_other_addresses(door: Door, visitor: httpx.AsyncClient, path: str) -> None:
    assert (await visitor.get(path)).status_code == 404
    assert door.clicks == []


@pytest.mark.parametrize(
    ("host", "status"),
    [("SHOP.shops.example", 302), ("shop.example.com", 302), ("other.localhost", 404), ("closed.localhost", 404),
     ("nobody.localhost", 404), ("localhost", 404)],
)  # fmt: skip
async def test_a_link_belongs_to_its_owners_host(
    door: Door, visitor: httpx.AsyncClient, host: str, status: int
) -> None:
    assert (await visitor.get("/aff/sl/course/bob/", headers={"Host": host})).status_code == status


@pytest.mark.parametrize("query", ["utm_source=%ff", "a=%00", "&".join(f"a{n}=1" for n in range(200))])
async def test_a_damaged_query_is_refused(door: Door, visitor: httpx.AsyncClient, query: str) -> None:
    assert (await visitor.get(f"/aff/sl/course/bob/?{query}")).status_code == 400
    assert door.clicks == []


async def test_no_header_can_be_smuggled_in(door: Door, visitor: httpx.AsyncClient) -> None:
    answer = await visitor.get("/aff/sl/course/bo%0d%0aSet-Cookie:%20x=1/?utm_campaign=%0d%0aX-Evil:1;%20Path=/x")
    assert answer.status_code == 302
    for value in answer.headers.values():
        assert "\n" not in value
        assert "\r" not in value
    assert "x-evil" not in answer.headers
    assert answer.headers["set-cookie"].count(";") == 3


async def test_other_methods_do_nothing(door: Door, visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/aff/sl/course/bob/")).status_code == 404
    assert (await visitor.put("/aff/click")).status_code == 404
    assert door.clicks == []
