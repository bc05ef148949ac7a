"""The gate: whose account, which order of checks, what is never answered by accident."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import md5
from typing import Any
from unittest.mock import AsyncMock

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from enlist.domain import accounts, contacts, groups
from enlist.doors.justclick import api, signing
from enlist.doors.justclick.api.calls import Services
from enlist.doors.justclick.api.contacts import FUNCTIONS
from enlist.plan.settings import Settings, read_settings
from enlist.runtime.batch import Busy
from enlist.runtime.db import Database, DatabaseAway
from enlist.runtime.settings import RequestLimit
from tests.doors.justclick.api.conftest import SETTINGS, payment_link
from tests.doors.justclick.api.requests import FORM, post
from tests.support.wire import AppTransport
from tests.support.world import KEY, VAULT, World


def door(world: World, settings: Settings = SETTINGS, enrol: Any = None, peer: str = "192.0.2.7") -> httpx.AsyncClient:
    directory = accounts.Directory(world.database, VAULT, settings.domains)
    app = api.build(Services(world.database, enrol, AsyncMock(), payment_link), directory, settings)
    transport = AppTransport(app, peer)
    return httpx.AsyncClient(transport=transport, base_url="http://testshop.localhost")


async def code(
    client: httpx.AsyncClient, host: str = "testshop.localhost", body: str = "hash=x", **headers: str
) -> int:
    answer = await client.post("/api/GetAllGroups", content=body, headers=FORM | {"Host": host} | headers)
    return int(answer.json()["error_code"])


async def test_checks_come_in_their_order(at_noon: World, shop: accounts.Account) -> None:
    off = await at_noon.account(
        "offshop", networks=read_settings({"ENLIST_TRUSTED_PROXIES": "10.0.0.0/8"}).trusted_proxies
    )
    async with door(at_noon, replace(SETTINGS, request_limit=RequestLimit(1, timedelta(hours=1)))) as client:
        assert await code(client, "nobody.localhost", "") == 5
        await at_noon.do(accounts.disable, off.login)
        assert await code(client, "offshop.localhost", "") == 7
        await at_noon.do(accounts.enable, off.login)
    async with door(at_noon, replace(SETTINGS, request_limit=RequestLimit(1, timedelta(hours=1)))) as client:
        assert await code(client, "offshop.localhost", "") == 6
        assert await code(client, "offshop.localhost", "") == 8
    async with door(at_noon) as client:
        assert await code(client, body="") == 2
        assert await code(client, body="a=b") == 1
        assert await code(client, body="a=b&hash=") == 4


async def test_the_address_refused_is_named(at_noon: World) -> None:
    networks = read_settings({"ENLIST_TRUSTED_PROXIES": "10.0.0.0/8"}).trusted_proxies
    await at_noon.account("closedshop", networks=networks)
    async with door(at_noon) as client:
        answer = await client.post(
            "/api/GetAllGroups", content="hash=x", headers=FORM | {"Host": "closedshop.localhost"}
        )
        assert answer.json()["error_text"] == "permission denied for ip 192.0.2.7"
        # Nobody trusts this caller to speak for others.
        assert await code(client, "closedshop.localhost", **{"X-Forwarded-For": "10.1.2.3"}) == 6
    trusting = replace(
        SETTINGS, trusted_proxies=read_settings({"ENLIST_TRUSTED_PROXIES": "192.0.2.0/24"}).trusted_proxies
    )
    async with door(at_noon, trusting) as client:
        assert await code(client, "closedshop.localhost", **{"X-Forwarded-For": "203.0.113.9, 10.1.2.3"}) == 4


async def test_a_body_too_large_is_3_and_ends_the_connection(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/AddLeadToGroup", content=b"x" * 10_000_000, headers=FORM)
    assert answer.json()["error_code"] == 3
    assert answer.headers["connection"] == "close"
    said = answer.json()
    assert said["hash"] == signing.response_hash(3, said["error_text"], KEY)


async def test_a_body_too_large_of_unknown_length_is_3_too(client: httpx.AsyncClient) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 100_000

    answer = await client.post("/api/AddLeadToGroup", content=endless(), headers=FORM)
    assert (answer.json()["error_code"], answer.headers["connection"]) == (3, "close")


async def test_thousands_of_fields_are_3(client: httpx.AsyncClient) -> None:
    assert (await post(client, "AddLeadToGroup", [(f"f{n}", "x") for n in range(5000)]))["error_code"] == 3


async def test_broken_percent_escapes_are_kept_as_they_are(client: httpx.AsyncClient) -> None:
    body = "rid%5B0%5D=open&lead_email=a%40example.com&lead_name=100%&lead_city=%zz"
    signed = md5(f"{body}::testshop::{KEY}".encode()).hexdigest()
    answer = await client.post("/api/AddLeadToGroup", content=f"{body}&hash={signed}", headers=FORM)
    assert answer.json()["error_code"] == 0


async def test_a_multipart_call_is_signed_over_its_fields(client: httpx.AsyncClient) -> None:
    pairs = [("rid[0]", "open"), ("lead_email", "multi@example.com"), ("lead_name", "Жан ~ (x)")]
    hash_ = signing.sign(pairs, "testshop", KEY).rpartition("hash=")[2]
    fields = {name: (None, value) for name, value in [*pairs, ("hash", hash_)]}
    answer = await client.post("/api/AddLeadToGroup", files=fields)
    assert answer.json()["error_code"] == 0
    answer = await client.post("/api/AddLeadToGroup", files=fields | {"lead_name": (None, "Jan")})
    assert answer.json()["error_code"] == 4


async def test_an_upper_case_hash_is_taken(client: httpx.AsyncClient) -> None:
    body = signing.sign([], "testshop", KEY)
    answer = await client.post("/api/GetAllGroups", content=f"hash={body[5:].upper()}", headers=FORM)
    assert answer.json()["error_code"] == 0


@pytest.mark.parametrize("reason", [Busy("full"), DatabaseAway("gone")])
async def test_busy_is_8_signed(at_noon: World, shop: accounts.Account, reason: Exception) -> None:
    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise reason

    async with door(at_noon, enrol=enrol) as client:
        said = await post(client, "AddLeadToGroup", [("rid[0]", "open"), ("lead_email", "a@example.com")])
    assert (said["error_code"], said["error_text"]) == (8, "service busy, try again later")


async def test_a_fault_of_ours_is_8_and_says_nothing_of_itself(
    at_noon: World, shop: accounts.Account, caplog: pytest.LogCaptureFixture
) -> None:
    async def enrol(_: groups.Enrolment) -> groups.Enrolled:
        raise RuntimeError("secret detail")

    async with door(at_noon, enrol=enrol) as client:
        said = await post(client, "AddLeadToGroup", [("rid[0]", "open"), ("lead_email", "a@example.com")])
    assert said["error_code"] == 8
    assert "secret detail" not in json.dumps(said)


async def test_an_account_never_seen_before_is_answered_with_an_empty_key_while_the_database_is_away(dsn: str) -> None:
    away = World(Database(dsn))
    await away.database.open()
    await away.close()
    async with door(away) as client:
        answer = await client.post("/api/GetAllGroups", content="hash=x", headers=FORM)
    said = answer.json()
    assert (said["error_code"], said["hash"]) == (8, signing.response_hash(8, said["error_text"], ""))


async def test_a_hundred_simultaneous_calls_with_one_new_address_make_one_contact(
    client: httpx.AsyncClient, at_noon: World
) -> None:
    pairs = [("rid[0]", "news"), ("lead_email", "everybody@example.com")]
    answers = await asyncio.gather(*[post(client, "AddLeadToGroup", pairs) for _ in range(100)])
    assert {answer["error_text"] for answer in answers} == {"activation email sent to subscriber"}
    for table in ("contacts", "memberships", "letters"):
        assert await at_noon.count(table) == 1


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(body=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"hash={text}&rid[0]=open".encode()),
       kind=st.sampled_from(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", "multipart/x"]))  # fmt: skip
async def test_whatever_is_sent_gets_a_coded_answer(client: httpx.AsyncClient, body: bytes, kind: str) -> None:
    answer = await client.post("/api/AddLeadToGroup", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 200
    assert answer.json()["error_code"] in (1, 2, 3, 4)


def test_every_refusal_that_a_function_can_give_has_its_code() -> None:
    can_give = {
        "AddLeadToGroup": {contacts.BadContact, groups.BadEnrolment, groups.AddressUndeliverable, groups.AlreadyMember, groups.GroupNotFound, groups.GroupForbidden},
        "UpdateSubscriberData": {contacts.BadContact, contacts.ContactNotFound},
        "DeleteSubscribe": {groups.GroupNotFound, groups.GroupForbidden, groups.NotMember, contacts.ContactNotFound},
        "GetLeadGroups": {contacts.ContactNotFound},
        "GetLeadGroupStatuses": {contacts.ContactNotFound},
        "GetCountSubscribe": {groups.GroupNotFound},
        "GetAllGroups": set(),
    }  # fmt: skip
    assert {function.name: set(function.refusals) for function in FUNCTIONS} == can_give
