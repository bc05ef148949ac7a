"""Joining a programme by its registration page, brought by a partner or by nobody."""

import httpx
import pytest

from enlist.domain import partners
from tests.doors.pages.partners.conftest import Members
from tests.doors.web.helpers import browser_of, heading_of, inputs_in
from tests.support.wire import AppTransport


async def found(members: Members, login: str, account_id: int | None = None) -> partners.Partner | None:
    async with members.door.world.reading() as tx:
        return await partners.find(tx, account_id or members.door.demo.id, login)


async def test_who_registers_is_in_and_gets_a_link(members: Members, stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/partner/register/")
    assert heading_of(page.text) == "Become a partner of The <Shop>"
    assert "No spam &amp; no &lt;tricks&gt;." in page.text
    fields = inputs_in(page.text) | {"login": "carol", "name": "Carol", "email": "carol@people.example"}
    answer = await stranger.post("/partner/register/", data=fields)
    assert heading_of(answer.text) == "Welcome"
    assert await members.letters("carol@people.example") == ["partners.sign_in"]
    carol = await found(members, "carol")
    assert carol is not None
    assert (carol.name, carol.state, carol.recruited_by) == ("Carol", "active", None)
    assert await found(members, "carol", members.door.ruslan.id) is None


async def test_who_is_registered_by_others_is_not_flooded_with_letters(
    members: Members, stranger: httpx.AsyncClient
) -> None:
    for number in range(7):
        said = {"login": f"victim{number}", "email": "Victim@people.example"}
        assert (await stranger.post("/partner/register/", data=said)).status_code == 200
    assert len(await members.letters("Victim@people.example")) == 5
    await stranger.post("/partner/sign-in/", data={"email": "victim@people.example"})
    assert len(await members.letters("Victim@people.example")) == 5


async def test_tries_that_fail_count_as_well(members: Members) -> None:
    transport = AppTransport(members.door.app, "2001:db8:66::1")
    async with httpx.AsyncClient(transport=transport, base_url="http://demo.localhost:8080") as client:
        said = {"login": "bob", "email": "guesser@people.example"}
        statuses = [(await client.post("/partner/register/", data=said)).status_code for _ in range(62)]
        assert statuses == [422] * 60 + [429] * 2
        assert (await client.post("/partner/sign-in/", data={"email": "x@people.example"})).status_code == 429
        assert (await client.get("/partner/register/")).status_code == 200


async def test_a_partner_brings_another(members: Members, stranger: httpx.AsyncClient) -> None:
    await stranger.post("/partner/register/eve/", data={"login": "dave", "email": "dave@people.example"})
    dave = await found(members, "dave")
    assert dave is not None
    assert dave.recruited_by == members.eve.id


async def test_who_must_be_approved_waits_without_a_link(members: Members, ruslan: httpx.AsyncClient) -> None:
    answer = await ruslan.post("/partner/register/", data={"login": "ivan", "email": "ivan@people.example"})
    assert "когда заявку одобрят" in answer.text
    assert await members.letters("ivan@people.example") == []
    ivan = await found(members, "ivan", members.door.ruslan.id)
    assert ivan is not None
    assert ivan.state == "waiting"
    async with members.browser(ivan) as client:
        assert "ждёт одобрения" in (await client.get("/partner/")).text


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"login": "BOB", "email": "x@y.example"}, "This login is taken"),
        ({"login": "", "email": "x@y.example"}, "A login has"),
        ({"login": "a b", "email": "x@y.example"}, "A login has"),
        ({"login": "боб", "email": "x@y.example"}, "A login has"),
        ({"login": "17", "email": "x@y.example"}, "A login has"),
        ({"login": "frank", "email": ""}, "a complete email address"),
        ({"login": "frank", "email": "frank@"}, "a complete email address"),
        ({"login": "frank", "email": "x@y.example", "name": "<b>" * 200}, "This name is too long"),
    ],
)
async def test_a_mistake_is_pointed_out_and_nothing_typed_is_lost(
    members: Members, stranger: httpx.AsyncClient, typed: dict[str, str], wrong: str
) -> None:
    answer = await stranger.post("/partner/register/", data=typed)
    assert answer.status_code == 422
    assert wrong in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert inputs_in(answer.text) == {"login": "", "name": "", "email": ""} | typed
    assert await found(members, "frank") is None


@pytest.mark.parametrize("recruiter", ["nobody", "%00", "x" * 3000, "ivan"])
async def test_nobody_is_brought_by_who_is_no_partner(stranger: httpx.AsyncClient, recruiter: str) -> None:
    assert (await stranger.get(f"/partner/register/{recruiter}/")).status_code == 404
    answer = await stranger.post(f"/partner/register/{recruiter}/", data={"login": "x1", "email": "x@y.example"})
    assert answer.status_code == 404


async def test_a_closed_programme_takes_nobody_in(members: Members, stranger: httpx.AsyncClient) -> None:
    async with members.door.world.transaction() as tx:
        open_ = await partners.programme(tx, members.door.demo.id)
        await partners.set_programme(tx, members.door.demo.id, partners.Programme())
    try:
        assert (await stranger.get("/partner/register/")).status_code == 404
        answer = await stranger.post("/partner/register/", data={"login": "grace", "email": "grace@people.example"})
        assert (answer.status_code, heading_of(answer.text)) == (404, "Registration is closed")
    finally:
        async with members.door.world.transaction() as tx:
            await partners.set_programme(tx, members.door.demo.id, open_)
    assert await found(members, "grace") is None


@pytest.mark.parametrize("host", ["closed.localhost", "nobody.localhost", "localhost"])
async def test_registration_belongs_to_its_owners_host(members: Members, host: str) -> None:
    async with browser_of(members.door.app, host) as client:
        assert (await client.get("/partner/register/")).status_code == 404
        assert (await client.get("/partner/sign-in/")).status_code == 404
