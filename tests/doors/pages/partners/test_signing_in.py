"""Signing in by a link in a letter, and signing out."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from enlist.domain import commissions, delivery, partners
from enlist.doors.pages import sessions
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
    page = await stranger.get(link)
    assert heading_of(page.text) == "Sign in to the partner dashboard"
    assert "set-cookie" not in page.headers
    assert (await stranger.get("/partner/")).status_code == 303
    answer = await stranger.post(link)
    assert answer.headers["location"] == "/partner/"
    cookie = answer.headers["set-cookie"].lower()
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


async def test_a_link_lapses_after_an_hour(members: Members, stranger: httpx.AsyncClient) -> None:
    now = members.door.world.now
    for age, status in ((timedelta(minutes=59), 200), (timedelta(minutes=61), 404)):
        token = sessions.sign_in_token(LINKS_KEY, members.door.demo.id, members.bob.id, now - age)
        assert (await stranger.get(f"/partner/enter/{token}")).status_code == status
        assert (await stranger.post(f"/partner/enter/{token}")).status_code == (303 if status == 200 else 404)


@pytest.mark.parametrize("token", ["x", "A" * 5000, "%00", "%FF"])
async def test_a_link_that_is_not_ours_signs_nobody_in(stranger: httpx.AsyncClient, token: str) -> None:
    for method in ("GET", "POST"):
        answer = await stranger.request(method, f"/partner/enter/{token}")
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers


async def test_a_link_signs_in_at_its_own_owner_only(members: Members, stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post(members.link_of(members.other_bob))
    assert answer.status_code == 404


async def test_a_link_is_no_session_and_a_session_no_link(members: Members, bob: httpx.AsyncClient) -> None:
    link = members.link_of(members.bob).rpartition("/")[2]
    session = bob.cookies["enlist_partner"]
    async with members.browser() as client:
        assert (await client.get("/partner/", headers={"Cookie": f"enlist_partner={link}"})).status_code == 303
        assert (await client.post(f"/partner/enter/{session}")).status_code == 404


async def test_another_site_cannot_sign_a_visitor_in_as_somebody(members: Members, stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post(members.link_of(members.bob), headers={"Origin": "http://evil.localhost:8080"})
    assert answer.status_code == 404
    assert "set-cookie" not in answer.headers


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
