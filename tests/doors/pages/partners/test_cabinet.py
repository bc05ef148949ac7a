"""The partner's cabinet: what stands on its pages, and that nothing on them is anybody else's."""

import html
import re
from datetime import timedelta

import httpx
import pytest

from enlist.domain import attribution, commissions, partners
from enlist.doors.pages import cabinet, cabinet_postback
from tests.doors.pages.partners.conftest import Members
from tests.doors.web.helpers import heading_of, inputs_in

PAGES = ["", "clicks/", "contacts/", "orders/", "payouts/", "links/", "postback/"]


def cells_in(page: str) -> list[list[str]]:
    """Read the rows of the table in a page."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def tiles_in(page: str) -> dict[str, str]:
    """Read the figures in a page."""
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))


async def test_the_overview_tells_the_sums_and_the_days(bob: httpx.AsyncClient) -> None:
    page = (await bob.get("/partner/")).text
    assert heading_of(page) == "Overview"
    # Ten per cent of his own paid order, five of that of the partner he recruited, and what was paid out.
    assert re.search(r'<p class="balance"><span>.*?</span>(.*?)</p>', page)[1] == "$110"  # type: ignore[index]
    figures = {
        "Clicks": "1",
        "Contacts": "1",
        "Conversion": "100.0%",
        "Paid orders": "1",
        "Partners": "1",
        "Earned": "$150",
        "Paid out": "$40",
    }
    assert tiles_in(page) == figures
    (row,) = cells_in(page)
    assert row[1:] == ["1", "1", "2", "1", "1", "$150", "$40"]
    assert "No spam &amp; no &lt;tricks&gt;." in page


async def test_a_span_of_days_is_summed_up(members: Members, bob: httpx.AsyncClient) -> None:
    today = members.door.world.now.date()
    page = (await bob.get(f"/partner/?since={today - timedelta(days=3)}&until={today - timedelta(days=2)}")).text
    assert page.count("<dl") == 2
    assert "<dd>$0</dd>" in page
    assert "Nothing here yet." in page
    page = (await bob.get(f"/partner/?since={today - timedelta(days=1)}&until={today + timedelta(days=1)}")).text
    assert len(cells_in(page)) == 1
    for query in ("since=x", "until=2026-02-30", "since=&until=", "since=" + "9" * 500, "since=1000-01-01"):
        assert (await bob.get(f"/partner/?{query}")).status_code == 200


async def test_clicks_are_listed_with_the_reason_why_they_do_not_count(bob: httpx.AsyncClient) -> None:
    rows = cells_in((await bob.get("/partner/clicks/")).text)
    assert [row[1:] for row in rows] == [
        ["link", "The bobs course", "no, a bot", "source: bobs-blog"],
        ["link", "The bobs course", "no, repeated", "source: bobs-blog"],
        ["link", "The bobs course", "yes", "source: bobs-blog"],
    ]


async def test_contacts_are_listed_without_names(bob: httpx.AsyncClient, members: Members) -> None:
    (row,) = cells_in((await bob.get("/partner/contacts/")).text)
    assert row[2] == "source: bobs-blog"
    # A number that stands for the contact's, which would tell how many people the whole installation knows.
    assert row[0].isdecimal()
    assert int(row[0]) not in range(7000, 8000)
    assert (await bob.get("/partner/contacts/")).text.count(row[0]) == 1


async def test_orders_are_listed_with_what_they_earn(bob: httpx.AsyncClient, members: Members) -> None:
    rows = cells_in((await bob.get("/partner/orders/")).text)
    found = {row[0]: row[2:] for row in rows}
    waiting, paid = str(9000 + members.bob.id), str(8000 + members.bob.id)
    assert found[waiting] == ["The bobs course", "1", "not yet", "$100", "", "source: bobs-blog"]
    assert found[paid][:2] == ["The bobs course", "1"]
    assert found[paid][2] != "not yet"
    second = found[str(8000 + members.eve.id)]
    assert (second[1], second[3]) == ("2", "$50")
    assert "eves-blog" not in str(second)


async def test_payouts_are_listed(bob: httpx.AsyncClient) -> None:
    page = (await bob.get("/partner/payouts/")).text
    (row,) = cells_in(page)
    assert row[2:] == ["$40", "bobs payout"]
    assert "Balance: $110. Payout methods: PayPal." in page


async def test_links_are_built_with_own_marks(bob: httpx.AsyncClient) -> None:
    page = (await bob.get("/partner/links/", params={"aff_source": "my blog&<x>", "aff_term": "x" * 500})).text
    fields = re.findall(r'<input type="text"[^>]*? value="([^"]*)" readonly', page)
    marks = f"aff_source=my+blog%26%3Cx%3E&aff_term={'x' * 255}"
    assert [html.unescape(field) for field in fields] == [
        f"http://demo.localhost:8080/aff/sl/bobs_course/bob/?{marks}",
        f"https://landing.example/bobs?a=1&utm_medium=affiliate&utm_source=bob&{marks}",
        f"http://demo.localhost:8080/aff/sl/eves_course/bob/?{marks}",
        f"https://landing.example/eves?a=1&utm_medium=affiliate&utm_source=bob&{marks}",
        "http://demo.localhost:8080/partner/register/bob/",
    ]
    assert inputs_in(page)["aff_source"] == "my blog&<x>"
    assert "Hidden" not in page


async def test_the_postback_is_kept_and_taken_away(bob: httpx.AsyncClient, members: Members) -> None:
    async def kept() -> commissions.Postback | None:
        async with members.door.world.reading() as tx:
            return await commissions.postback(tx, members.door.demo.id, members.bob.id)

    page = (await bob.get("/partner/postback/")).text
    assert inputs_in(page)["url"] == "https://bobs.example/told"
    assert page.count(" checked") == 1
    answer = await bob.post(
        "/partner/postback/", data={"url": " https://t.example/?x={$bill} ", "with_profit": "1", "with_evil": "1"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/partner/postback/?saved=1")
    assert "Saved." in (await bob.get(answer.headers["location"])).text
    assert await kept() == commissions.Postback("https://t.example/?x={$bill}", ("profit",))
    for wrong in ("ftp://t.example/", "javascript:alert(1)", "t.example", "http://"):
        answer = await bob.post("/partner/postback/", data={"url": wrong})
        assert answer.status_code == 422
        assert inputs_in(answer.text)["url"] == wrong
    assert await kept() is not None
    await bob.post("/partner/postback/", data={"url": "", "with_bill": "1"})
    assert await kept() is None
    async with members.door.world.transaction() as tx:
        first = commissions.Postback("https://bobs.example/told", ("bill",))
        await commissions.set_postback(tx, members.door.demo.id, members.bob.id, first, known=cabinet_postback.WORDS)


@pytest.mark.parametrize("page", PAGES)
async def test_nobody_sees_a_page_without_signing_in(stranger: httpx.AsyncClient, page: str) -> None:
    answer = await stranger.get(f"/partner/{page}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/partner/sign-in/")
    assert answer.content == b""


@pytest.mark.parametrize("page", PAGES)
async def test_nothing_of_one_partner_or_account_is_seen_by_another(members: Members, page: str) -> None:
    strangers = {
        members.bob: ("eves-blog", "eves payout", "others", "eves.example", str(7000 + members.eve.id)),
        members.eve: ("bobs-blog", "bobs payout", "others", "bobs.example", str(7000 + members.bob.id), "bob@"),
        members.other_bob: ("bobs", "eves", "demo", str(7000 + members.eve.id)),
    }
    for partner in (members.bob, members.eve, members.other_bob):
        async with members.browser(partner) as client:
            answer = await client.get(f"/partner/{page}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        for word in (*strangers[partner], "owners-secret"):
            assert word not in answer.text, word


@pytest.mark.parametrize("page", PAGES)
async def test_a_russian_cabinet_speaks_russian(members: Members, page: str) -> None:
    async with members.browser(members.other_bob) as client:
        text = (await client.get(f"/partner/{page}")).text
    assert '<html lang="ru">' in text
    assert "Выйти" in text


async def test_a_session_is_good_on_its_own_host_only(members: Members, bob: httpx.AsyncClient) -> None:
    cookie = bob.cookies["enlist_partner"]
    async with members.browser() as client:
        answer = await client.get(
            "/partner/", headers={"Host": "ruslan.localhost:8080", "Cookie": f"enlist_partner={cookie}"}
        )
        assert answer.status_code == 303
        answer = await client.get(
            "/partner/", headers={"Host": "shop.example.com", "Cookie": f"enlist_partner={cookie}"}
        )
        assert answer.status_code == 200
        for host in ("closed.localhost", "nobody.localhost", "localhost"):
            assert (await client.get("/partner/", headers={"Host": host})).status_code == 404


@pytest.mark.parametrize("query", ["before=0", "before=x", "before=-1", "before=" + "9" * 30, "before=٣"])
@pytest.mark.parametrize("page", ["clicks/", "contacts/", "orders/", "payouts/"])
async def test_a_strange_place_to_go_on_from_does_no_harm(bob: httpx.AsyncClient, page: str, query: str) -> None:
    assert (await bob.get(f"/partner/{page}?{query}")).status_code == 200


async def test_long_lists_come_in_pages(members: Members) -> None:
    account = members.door.demo
    async with members.door.world.transaction() as tx:
        busy = await partners.create(tx, account.id, partners.NewPartner(login="busy", email="busy@demo.example"))
        await attribution.record_clicks(
            tx,
            [
                attribution.NewClick(account_id=account.id, partner="busy", visitor=str(n), page=f"page {n}", agent="x")
                for n in range(120)
            ],
        )
    seen: list[str] = []
    path = "/partner/clicks/"
    async with members.browser(busy) as client:
        while path:
            page = (await client.get(path)).text
            seen += [row[2] for row in cells_in(page)]
            older = re.search(r'href="(\?before=\d+)"', page)
            path = f"/partner/clicks/{older[1]}" if older else ""
    assert seen == [f"page {n}" for n in reversed(range(120))]


@pytest.mark.parametrize(("state", "words"), [("suspended", "Your account is suspended")])
async def test_who_is_shut_out_sees_what_he_earned(members: Members, state: str, words: str) -> None:
    await members.door.world.do(partners.suspend, members.door.demo.id, "eve")
    async with members.browser(members.eve) as client:
        page = (await client.get("/partner/")).text
        links = (await client.get("/partner/links/")).text
        async with members.door.world.transaction() as tx:
            await partners.approve(tx, members.door.demo.id, "eve")
        assert "/partner/register/eve/" in (await client.get("/partner/links/")).text
    assert "/partner/register/" not in links  # whoever followed it would find nothing
    assert words in page
    assert "$100" in page


@pytest.mark.parametrize("origin", ["http://evil.localhost:8080", "null", "http://demo.localhost", "x"])
@pytest.mark.parametrize("path", ["/partner/postback/", "/partner/sign-out/"])
async def test_other_sites_cannot_act_for_a_partner(
    bob: httpx.AsyncClient, members: Members, path: str, origin: str
) -> None:
    answer = await bob.post(path, data={"url": ""}, headers={"Origin": origin})
    assert answer.status_code in (200, 303)
    assert "set-cookie" not in answer.headers
    async with members.door.world.reading() as tx:
        assert await commissions.postback(tx, members.door.demo.id, members.bob.id) is not None


def test_every_page_of_the_cabinet_is_served() -> None:
    assert cabinet.MENU.keys() == {page.rstrip("/") or "overview" for page in PAGES}
