"""Signing in by a link in a letter, and signing out."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from enlist.domain import commissions, delivery, partners
from enlist.kit import tokens
from tests.doors.pages.partners.conftest import Members, composer
from tests.doors.web.helpers import LINKS_KEY, heading_of


async def written(members: Members, recipient: str) -> list[delivery.Content | None]:
    """Have the letters to somebody composed."""
    async with members.door.world.reading() as tx:
        rows = await tx.fetch(
            "SELECT account_id, id, kind, recipient, data::text, queued_at FROM letters WHERE recipient = $1 ORDER BY id",
            recipient,
        )
        return list(await composer(tx, [_queued(row) for row in rows]))


def _queued(row: Any, **changed: Any) -> delivery.QueuedLetter:
    values = {
        "account_id": row["account_id"],
        "id": row["id"],
        "kind": row["kind"],
        "recipient": row["recipient"],
        "data": msgspec.json.decode(row["data"]),
        "message_id": "x",
        "attempts": 1,
        "queued_at": row["queued_at"],
    }
    return delivery.QueuedLetter(**(values | changed))


async def test_from_the_address_to_the_cabinet_and_out_again(members: Members, stranger: httpx.AsyncClient) -> None:
    assert heading_of((await stranger.get("/partner/sign-in/")).text) == "Partner dashboard"
    answer = await stranger.post("/partner/sign-in/", data={"email": " EVE@demo.example "})
    assert heading_of(answer.text) == "Check your email"
    assert await members.letters("eve@demo.example") == ["partners.sign_in"]
    (letter,) = await written(members, "eve@demo.example")
    assert letter is not None
    assert letter.subject == "Your sign-in link"
    assert "partner dashboard at The <Shop>, as eve" in letter.text
    assert "The &lt;Shop&gt;" in letter.html
    (link,) = [
        line for line in letter.text.splitlines() if line.startswith("http://demo.localhost:8080/partner/enter/")
    ]
    onward = await stranger.get(link)
    assert (onward.status_code, onward.headers["location"]) == (303, "/partner/enter/")
    assert onward.headers["referrer-policy"] == "no-referrer"
    page = await stranger.get("/partner/enter/")
    assert heading_of(page.text) == "Sign in to the partner dashboard"
    assert link.rpartition("/")[2] not in page.text
    assert "set-cookie" not in page.headers
    assert (await stranger.get("/partner/")).status_code == 303
    answer = await stranger.post("/partner/enter/")
    assert answer.headers["location"] == "/partner/"
    gone, cookie = (one.lower() for one in answer.headers.get_list("set-cookie"))
    assert gone.startswith(('enlist_partner_link=""; ', "enlist_partner_link=; "))
    assert "max-age=0" in gone
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/;" in cookie + ";"
    assert "domain" not in cookie
    assert "Signed in as eve" in (await stranger.get("/partner/")).text
    answer = await stranger.post("/partner/sign-out/")
    assert answer.headers["location"] == "/partner/sign-in/"
    assert (await stranger.get("/partner/")).status_code == 303


async def test_whether_an_address_is_a_partners_is_not_told(members: Members, stranger: httpx.AsyncClient) -> None:
    answers = [
        (await stranger.post("/partner/sign-in/", data={"email": email})).text.replace(email, "")
        for email in ("bob@demo.example", "nobody@demo.example", "bob@ruslan.example")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert await members.letters("bob@ruslan.example") == []


@pytest.mark.parametrize("typed", ["", "bob", "bob@", "<script>"])
async def test_what_is_no_address_is_pointed_out(stranger: httpx.AsyncClient, typed: str) -> None:
    answer = await stranger.post("/partner/sign-in/", data={"email": typed})
    assert answer.status_code == 422
    assert "<script>" not in answer.text


async def test_nobody_is_flooded_with_letters(members: Members, stranger: httpx.AsyncClient) -> None:
    async with members.door.world.transaction() as tx:
        new = partners.NewPartner(login="flooded", email="flooded@demo.example")
        await partners.create(tx, members.door.demo.id, new)
    for _ in range(9):
        answer = await stranger.post("/partner/sign-in/", data={"email": "flooded@demo.example"})
        assert answer.status_code == 200
    assert len(await members.letters("flooded@demo.example")) == 5


async def test_one_address_cannot_try_for_ever(members: Members) -> None:
    async with members.browser() as client:
        client.headers["X-Forwarded-For"] = "203.0.113.50"
        statuses = {
            (await client.post("/partner/sign-in/", data={"email": f"n{n}@demo.example"})).status_code
            for n in range(70)
        }
    assert statuses == {200, 429}


async def test_a_link_works_once_and_looking_at_it_uses_nothing_up(
    members: Members, stranger: httpx.AsyncClient
) -> None:
    link = await members.link_of(members.bob)
    for method in ("GET", "HEAD", "GET"):
        assert (await stranger.request(method, link)).status_code == 303
        assert (await stranger.request(method, "/partner/enter/")).status_code == 200
    assert (await stranger.post(link)).status_code == 405
    async with members.browser() as other:
        assert (await other.get(link)).status_code == 303
        assert (await stranger.post("/partner/enter/")).headers["location"] == "/partner/"
        for answer in (await other.post("/partner/enter/"), await other.get("/partner/enter/"), await other.get(link)):
            assert answer.status_code == 404
            assert heading_of(answer.text) == "This link no longer works"
            assert "/partner/sign-in/" in answer.text
        assert (await other.get("/partner/")).status_code == 303
    assert "Signed in as bob" in (await stranger.get("/partner/")).text


async def test_two_presses_at_the_same_instant_give_one_session(members: Members) -> None:
    link = await members.link_of(members.bob)
    async with members.browser() as one, members.browser() as two:
        for client in (one, two):
            await client.get(link)
        answers = await asyncio.gather(*[client.post("/partner/enter/") for client in (one, two, one, two)])
    assert sorted(answer.status_code for answer in answers) == [303, 404, 404, 404]


async def test_a_link_lapses_after_an_hour(members: Members, stranger: httpx.AsyncClient) -> None:
    link = await members.link_of(members.eve)
    await stranger.get(link)
    async with members.door.world.transaction() as tx:
        await tx.execute(
            "UPDATE partner_links SET expires_at = $1 WHERE partner_id = $2", tx.now - timedelta(1), members.eve.id
        )
    assert (await stranger.get(link)).status_code == 404
    assert (await stranger.get("/partner/enter/")).status_code == 404
    assert (await stranger.post("/partner/enter/")).status_code == 404


@pytest.mark.parametrize("token", ["x", "A" * 5000, "%00", "%FF", "%ED%A0%80", "'; DROP TABLE partner_links; --"])
async def test_a_link_that_is_not_ours_signs_nobody_in(stranger: httpx.AsyncClient, token: str) -> None:
    for method, status in (("GET", 404), ("POST", 405)):
        answer = await stranger.request(method, f"/partner/enter/{token}")
        assert answer.status_code == status
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("cookie", ["", "x", "A" * 5000, '"\\000"', "%00", "\xff\xfe", "=;=;;", "a\x01b"])
async def test_a_hostile_cookie_is_no_session_and_no_link(stranger: httpx.AsyncClient, cookie: str) -> None:
    for method, path, status in (
        ("GET", "/partner/", 303),
        ("POST", "/partner/postback/", 303),
        ("POST", "/partner/sign-out/", 303),
        ("POST", "/partner/sign-out/everywhere/", 303),
        ("GET", "/partner/enter/", 404),
        ("POST", "/partner/enter/", 404),
    ):
        raw = f"enlist_partner={cookie}; enlist_partner_link={cookie}".encode("latin-1")
        answer = await stranger.request(method, path, headers=[(b"cookie", raw)])
        assert answer.status_code in (status, 400), (method, path)
        assert answer.headers.get("location", "/partner/sign-in/") == "/partner/sign-in/"


async def test_cookies_and_links_of_the_release_before_ask_to_sign_in_anew(stranger: httpx.AsyncClient) -> None:
    numbers = (1, 1, 4_000_000_000)
    cookie = tokens.issue(LINKS_KEY, "partner session", numbers)
    answer = await stranger.get("/partner/", headers={"Cookie": f"enlist_partner={cookie}"})
    assert answer.headers["location"] == "/partner/sign-in/"
    answer = await stranger.get(f"/partner/enter/{tokens.issue(LINKS_KEY, 'partner sign-in', numbers)}")
    assert answer.status_code == 404
    assert "/partner/sign-in/" in answer.text


async def test_a_link_signs_in_at_its_own_owner_only(members: Members, stranger: httpx.AsyncClient) -> None:
    link = await members.link_of(members.other_bob)
    assert (await stranger.get(link)).status_code == 404
    cookie = f"enlist_partner_link={link.rpartition('/')[2]}"
    assert (await stranger.post("/partner/enter/", headers={"Cookie": cookie})).status_code == 404


async def test_a_link_is_no_session_and_a_session_no_link(members: Members, bob: httpx.AsyncClient) -> None:
    link = (await members.link_of(members.bob)).rpartition("/")[2]
    session = bob.cookies["enlist_partner"]
    async with members.browser() as client:
        assert (await client.get("/partner/", headers={"Cookie": f"enlist_partner={link}"})).status_code == 303
        cookie = {"Cookie": f"enlist_partner_link={session}"}
        assert (await client.post("/partner/enter/", headers=cookie)).status_code == 404


async def test_another_site_cannot_sign_a_visitor_in_or_out(
    members: Members, stranger: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    evil = {"Origin": "http://evil.localhost:8080"}
    await stranger.get(await members.link_of(members.bob))
    answer = await stranger.post("/partner/enter/", headers=evil)
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers
    for path in ("/partner/sign-out/", "/partner/sign-out/everywhere/"):
        assert (await bob.post(path, headers=evil)).status_code == 303
    assert (await bob.get("/partner/")).status_code == 200
    assert (await stranger.post("/partner/enter/")).headers["location"] == "/partner/"  # the link was not used up


async def test_after_signing_out_the_old_cookie_is_worth_nothing(members: Members, bob: httpx.AsyncClient) -> None:
    cookie = {"Cookie": f"enlist_partner={bob.cookies['enlist_partner']}"}
    async with members.browser(members.bob) as elsewhere, members.browser() as thief:
        assert (await thief.get("/partner/", headers=cookie)).status_code == 200
        await bob.post("/partner/sign-out/")
        for path in ("", "postback/"):
            assert (await thief.get(f"/partner/{path}", headers=cookie)).status_code == 303
        assert (await elsewhere.get("/partner/")).status_code == 200


async def test_signing_out_everywhere_ends_the_sessions_of_all_browsers(members: Members) -> None:
    async with (
        members.browser(members.eve) as one,
        members.browser(members.eve) as two,
        members.browser(members.bob) as bob,
    ):
        assert "Sign out everywhere" in (await one.get("/partner/")).text
        answer = await one.post("/partner/sign-out/everywhere/", headers={"Origin": "http://demo.localhost:8080"})
        assert answer.headers["location"] == "/partner/sign-in/"
        assert [(await client.get("/partner/")).status_code for client in (one, two, bob)] == [303, 303, 200]


async def test_whoever_is_suspended_is_signed_out_and_may_look_again_but_set_nothing(members: Members) -> None:
    account = members.door.demo
    new = partners.NewPartner(login="shut", email="shut@demo.example")
    shut = await members.door.world.do(partners.create, account.id, new)
    async with members.browser(shut) as client:
        await client.post("/partner/postback/", data={"url": "https://shut.example/told"})
        await members.door.world.do(partners.suspend, account.id, "shut")
        assert (await client.get("/partner/")).status_code == 303
        answer = await client.post("/partner/postback/", data={"url": "https://shut.example/other"})
        assert answer.headers["location"] == "/partner/sign-in/"
    async with members.browser(shut) as client:
        assert (await client.get("/partner/")).status_code == 200
        answer = await client.post("/partner/postback/", data={"url": "https://shut.example/other"})
        assert answer.status_code == 200
        assert "Save" not in answer.text
    async with members.door.world.reading() as tx:
        kept = await commissions.postback(tx, account.id, shut.id)
    assert kept is not None
    assert kept.url == "https://shut.example/told"


async def test_a_letter_that_waited_too_long_is_not_sent(members: Members) -> None:
    async with members.door.world.transaction() as tx:
        new = partners.NewPartner(login="late", email="late@demo.example")
        partner = await partners.create(tx, members.door.demo.id, new)
        row = {
            "account_id": members.door.demo.id, "id": 1, "kind": "partners.sign_in", "recipient": "late@demo.example",
            "data": f'{{"partner_id": {partner.id}}}', "queued_at": tx.now - timedelta(hours=2),
        }  # fmt: skip
        assert await composer(tx, [_queued(row)]) == [None]
        assert await composer(tx, [_queued(row, queued_at=tx.now, data={"partner_id": 999_999})]) == [None]


async def test_partners_are_told_of_approval_and_payouts(members: Members) -> None:
    owner, bob = members.door.ruslan.id, members.other_bob.id
    async with members.door.world.transaction() as tx:
        await partners.announce_approvals(tx, [partners.PartnerApproved(owner_id=owner, partner_id=bob)])
        paid = commissions.PaidOut(owner_id=owner, payout_id=1, partner_id=bob, amount=1500)  # type: ignore[arg-type]
        await commissions.announce_payouts(tx, [paid])
        gone = partners.PartnerApproved(owner_id=owner, partner_id=999_999)
        await partners.announce_approvals(tx, [gone])
    approved, told = await written(members, "bob@ruslan.example")
    assert approved is not None
    assert told is not None
    assert approved.subject == "Вы — партнёр «ruslan»"
    assert "http://ruslan.localhost:8080/partner/\n" in approved.text
    assert told.subject.replace("\N{NO-BREAK SPACE}", " ") == "Выплата 1 500 ₽ от «ruslan»"
    assert set(partners.LETTERS) == {"partners.sign_in", "partners.approved", "partners.paid_out"}
