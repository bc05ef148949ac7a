"""Creating, subscribing, unsubscribing: each text with its status, in every encoding."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.doors.just import requests
from tests.doors.just.conftest import OTHER_TOKEN, TOKEN, Door
from tests.doors.just.requests import create, said, send
from tests.support.world import Clock

CREATE = "subscription/create/profile"
CHANNELS = [("email", "email", "email@email.com"), ("sms", "number", "00000000000")]
NOBODY = "de6f0132ea9e412599ae31262c45633b"
EMPTY = (200, "")

every_encoding = pytest.mark.parametrize("encode", requests.ENCODINGS.values(), ids=requests.ENCODINGS)
every_channel = pytest.mark.parametrize(("channel", "field", "address"), CHANNELS, ids=["email", "sms"])


async def rows(door: Door, sql: str, *values: object) -> list[dict[str, Any]]:
    async with door.world.reading() as tx:
        return [dict(row) for row in await tx.fetch(sql, *values)]


async def subscriptions(door: Door) -> list[dict[str, Any]]:
    return await rows(door, "SELECT * FROM subscriptions ORDER BY site_id, channel, address_key, profile_id")


async def test_a_profile_needs_nothing_and_is_told_as_32_bare_digits(client: httpx.AsyncClient) -> None:
    found = set()
    for headers in ({}, {"Cookie": "device_view=full"}, {"Content-Type": "application/json"}):
        answer = await client.post("/api/user/v1/" + CREATE, headers=headers)
        status, juid = said(answer)
        assert status == 200
        assert re.fullmatch("[0-9a-f]{32}", juid)
        found.add(juid)
    assert len(found) == 3


@every_encoding
async def test_a_profile_keeps_what_is_said_of_it(
    door: Door, client: httpx.AsyncClient, encode: requests.Encoding
) -> None:
    fields = {"ip": "85.214.132.117", "name": '"Bob"', "gender": "m", "birthDate": "-86400", "unknown": "x"}
    answer = await send(client, "POST", CREATE, fields, encode)
    (row,) = await rows(door, "SELECT * FROM profiles")
    assert row["profile_id"].hex == answer.text
    assert row["site_id"] == door.site.id
    assert (row["name"], row["gender"], row["country"], row["time_zone"]) == ("Bob", "m", "DE", "Europe/Berlin")


@pytest.mark.parametrize("ip", ["", "8.8.8.8", "no address", "10.0.0.1", "::1", "1" * 5000])
async def test_a_place_that_is_not_known_has_the_time_zone_of_the_site(
    door: Door, client: httpx.AsyncClient, ip: str
) -> None:
    await create(client, ip=ip)
    (row,) = await rows(door, "SELECT time_zone FROM profiles")
    assert row["time_zone"] == "Europe/Moscow"


@pytest.mark.parametrize("date", ["", "x", "1.5", "1e9", "1970-01-01", "1600000000000", "9" * 5000, "-", "٣"])
async def test_a_bad_birth_date_is_no_error(client: httpx.AsyncClient, date: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", await create(client, birthDate=date))


@pytest.mark.parametrize("date", ["0", "-62135596800", "253402300799", "+86400"])
async def test_any_birth_date_of_the_calendar_is_kept(door: Door, client: httpx.AsyncClient, date: str) -> None:
    await create(client, birthDate=date)
    assert await rows(door, "SELECT 1 FROM profiles")


@every_encoding
@every_channel
async def test_a_subscription_keeps_its_address_and_marks(
    door: Door, client: httpx.AsyncClient, channel: str, field: str, address: str, encode: requests.Encoding
) -> None:
    juid = await create(client)
    marks = {
        "regUrl": "https://a.b/c?d",
        "refid": "ch-api",
        "refidm": "w",
        "utmSource": "s",
        "utmMedium": "m",
        "utmCampaign": "k",
    }
    answer = await send(
        client, "POST", f"subscription/subscribe/{channel}", {"juid": juid, field: address} | marks, encode
    )
    assert said(answer) == EMPTY
    (row,) = await subscriptions(door)
    assert (row["profile_id"].hex, row["channel"], row["address"]) == (juid, channel, address)
    assert [row[name] for name in ("reg_url", "refid", "refidm", "utm_source", "utm_medium", "utm_campaign")] == list(
        marks.values()
    )


@every_channel
async def test_subscribing_again_overwrites_what_is_sent_and_nothing_else(
    door: Door, client: httpx.AsyncClient, clock: Clock, channel: str, field: str, address: str
) -> None:
    fields = {"juid": await create(client), field: address}
    await send(client, "POST", f"subscription/subscribe/{channel}", fields | {"refid": "a", "utmSource": "b"})
    (before,) = await subscriptions(door)
    clock.now += timedelta(hours=1)
    assert said(await send(client, "POST", f"subscription/subscribe/{channel}", fields | {"refid": "c"})) == EMPTY
    (after,) = await subscriptions(door)
    assert (after["refid"], after["utm_source"], after["created_at"]) == ("c", "b", before["created_at"])


@every_encoding
@pytest.mark.parametrize(
    ("channel", "left_out", "changed", "answer"),
    [
        ("email", ["juid"], {}, (400, "JuId empty")),
        ("email", ["juid", "email"], {}, (400, "JuId empty")),
        ("email", [], {"juid": '" "'}, (400, "JuId empty")),
        ("email", ["email"], {}, (400, "Not validate email")),
        ("email", [], {"email": ""}, (400, "Not validate email")),
        ("email", [], {"email": "email@email"}, (400, "Not validate email")),
        ("email", [], {"email": "https://email.com"}, (400, "Not validate email")),
        ("email", [], {"email": "x", "juid": NOBODY}, (400, "Not validate email")),
        ("email", [], {"juid": NOBODY}, (404, "User not found")),
        ("email", [], {"juid": TOKEN}, (404, "User not found")),
        ("email", [], {"juid": "x" * 5000}, (404, "User not found")),
        ("email", [], {"juid": "'; DROP TABLE profiles; --"}, (404, "User not found")),
        ("sms", ["juid"], {}, (400, "JuId empty")),
        ("sms", ["number"], {}, (400, "Not validate number")),
        ("sms", [], {"number": "1234"}, (400, "Not validate number")),
        ("sms", [], {"number": "email@email.com"}, (400, "Not validate number")),
        ("sms", [], {"juid": NOBODY}, (404, "User not found")),
    ],
)
async def test_what_subscribing_refuses(
    client: httpx.AsyncClient,
    channel: str,
    left_out: list[str],
    changed: dict[str, str],
    answer: tuple[int, str],
    encode: requests.Encoding,
) -> None:
    fields = {"juid": await create(client), "email": "email@email.com", "number": "00000000000"} | changed
    kept = {name: value for name, value in fields.items() if name not in left_out}
    assert said(await send(client, "POST", f"subscription/subscribe/{channel}", kept, encode)) == answer


async def test_a_mark_that_cannot_be_kept_is_no_fault_of_the_server(door: Door, client: httpx.AsyncClient) -> None:
    fields = {"juid": await create(client), "email": "email@email.com", "refid": "x" * 100_000}
    assert said(await send(client, "POST", "subscription/subscribe/email", fields)) == (422, "Unprocessable Entity")
    assert not await subscriptions(door)


@pytest.mark.parametrize("number", ["+7 (999) 888-00-66", "7-999-888-00-66", '"79998880066"'])
async def test_a_number_is_the_same_however_it_is_decorated(door: Door, client: httpx.AsyncClient, number: str) -> None:
    juid = await create(client)
    for written in ("79998880066", number):
        assert (
            said(await send(client, "POST", "subscription/subscribe/sms", {"juid": juid, "number": written})) == EMPTY
        )
    assert len(await subscriptions(door)) == 1
    assert said(await send(client, "PUT", "subscription/unsubscribe/sms", {"juid": juid, "number": number})) == EMPTY


@every_encoding
@every_channel
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_unsubscribing_deactivates_and_may_be_repeated(
    door: Door,
    client: httpx.AsyncClient,
    channel: str,
    field: str,
    address: str,
    method: str,
    encode: requests.Encoding,
) -> None:
    fields = {"juid": await create(client), field: address}
    await send(client, "POST", f"subscription/subscribe/{channel}", fields)
    fields[field] = address.upper()
    for _ in range(2):
        assert said(await send(client, method, f"subscription/unsubscribe/{channel}", fields, encode)) == EMPTY
    (row,) = await subscriptions(door)
    assert not row["active"]
    await send(client, "POST", f"subscription/subscribe/{channel}", fields)
    (row,) = await subscriptions(door)
    assert row["active"]


@every_encoding
@every_channel
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_what_unsubscribing_refuses(
    client: httpx.AsyncClient, channel: str, field: str, address: str, method: str, encode: requests.Encoding
) -> None:
    juid, another = await create(client), await create(client)
    await send(client, "POST", f"subscription/subscribe/{channel}", {"juid": juid, field: address})
    refused: list[tuple[dict[str, str], tuple[int, str]]] = [
        ({}, (400, "JuId is missing")),
        ({field: address}, (400, "JuId is missing")),
        ({"juid": "", field: address}, (400, "JuId is missing")),
        ({"juid": juid}, (400, "Mandatory parameter is missing")),
        ({"juid": juid, field: '""'}, (400, "Mandatory parameter is missing")),
        ({"juid": NOBODY}, (400, "Mandatory parameter is missing")),
        ({"juid": NOBODY, field: address}, (404, "User not found")),
        ({"juid": TOKEN, field: address}, (404, "User not found")),
        ({"juid": NOBODY, field: "https://api.justservices.cc/"}, (404, "User not found")),
        ({"juid": another, field: address}, (404, "Subscription not found")),
        ({"juid": juid, field: "79998880067"}, (404, "Subscription not found")),
        ({"juid": juid, field: "https://api.justservices.cc/api/user/v1/x"}, (404, "Subscription not found")),
    ]
    for fields, answer in refused:
        assert said(await send(client, method, f"subscription/unsubscribe/{channel}", fields, encode)) == answer, fields


async def test_the_slip_of_the_samples_subscribes_and_never_unsubscribes(door: Door, client: httpx.AsyncClient) -> None:
    fields = {"juid": await create(client), "number": "00000000000"}
    for _ in range(2):
        assert said(await send(client, "POST", "subscription/subscribe/sms", fields)) == EMPTY
    (row,) = await subscriptions(door)
    assert row["active"]


@every_channel
async def test_a_juid_is_unknown_to_another_site(
    door: Door, client: httpx.AsyncClient, channel: str, field: str, address: str
) -> None:
    fields = {"juid": await create(client), field: address}
    await send(client, "POST", f"subscription/subscribe/{channel}", fields)
    async with door.client(OTHER_TOKEN) as stranger:
        for what, method in (("subscribe", "POST"), ("unsubscribe", "PUT")):
            answer = await send(stranger, method, f"subscription/{what}/{channel}", fields)
            assert said(answer) == (404, "User not found")


async def test_a_profile_has_several_addresses_and_an_address_several_profiles(
    door: Door, client: httpx.AsyncClient
) -> None:
    first, second = await create(client), await create(client)
    for juid, email in ((first, "a@b.cd"), (first, "e@b.cd"), (second, "A@B.cd")):
        assert said(await send(client, "POST", "subscription/subscribe/email", {"juid": juid, "email": email})) == EMPTY
    assert len(await subscriptions(door)) == 3
