"""Updating marks: what is made out of `data`, which subscriptions it means, what changes."""

import json

import httpx
import pytest

from tests.doors.just import requests
from tests.doors.just.conftest import OTHER_TOKEN, Door
from tests.doors.just.requests import create, said, send

PATH = "subscription/update/utm-metric/channel/"
EMAIL = "123@123.com"
SAMPLE = (
    '"{"email":"123@123.com","refid":2,"number":99988800066,'
    '"refid":"ch-api_src-tyuuyt-api","refidm":"wwwtttoedhtiuyuburoncoreg11893200170333w0722"}"'
)
UPDATED = (200, "Metrics updated")
INVALID = (400, "Invalid data")
UNPROCESSABLE = (422, "Unprocessable Entity")

every_encoding = pytest.mark.parametrize("encode", requests.ENCODINGS.values(), ids=requests.ENCODINGS)


async def marks(door: Door) -> list[tuple[str, ...]]:
    async with door.world.reading() as tx:
        rows = await tx.fetch(
            "SELECT refid, refidm, utm_source, utm_medium, utm_campaign, reg_url FROM subscriptions"
            " ORDER BY site_id, channel, address_key, created_at, profile_id"
        )
    return [tuple(value or "" for value in row.values()) for row in rows]


@pytest.fixture
async def juid(client: httpx.AsyncClient) -> str:
    """Of a profile with an address on either channel."""
    juid = await create(client)
    await send(
        client, "POST", "subscription/subscribe/email", {"juid": juid, "email": EMAIL, "refid": "e", "utmSource": "u"}
    )
    await send(client, "POST", "subscription/subscribe/sms", {"juid": juid, "number": "99988800066", "refid": "s"})
    return juid


@every_encoding
@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_the_sample_changes_the_marks_of_the_address_and_the_second_refid_counts(
    door: Door, client: httpx.AsyncClient, juid: str, method: str, encode: requests.Encoding
) -> None:
    assert said(await send(client, method, PATH + "email", {"data": SAMPLE}, encode)) == UPDATED
    email, sms = await marks(door)
    assert email == ("ch-api_src-tyuuyt-api", "wwwtttoedhtiuyuburoncoreg11893200170333w0722", "u", "", "", "")
    assert sms[0] == "s"


@every_encoding
async def test_a_number_of_digits_finds_the_subscription_of_the_other_channel(
    door: Door, client: httpx.AsyncClient, juid: str, encode: requests.Encoding
) -> None:
    assert said(await send(client, "PUT", PATH + "sms/", {"data": SAMPLE}, encode)) == UPDATED
    email, sms = await marks(door)
    assert (email[0], sms[0]) == ("e", "ch-api_src-tyuuyt-api")


async def test_every_mark_can_be_changed_and_null_and_empty_ones_are_emptied(
    door: Door, client: httpx.AsyncClient, juid: str
) -> None:
    names = ["refid", "refidm", "utmSource", "utmMedium", "utmCampaign", "regUrl"]
    data = {"email": " 123@123.COM "} | {name: f" {name} " for name in names}
    assert said(await send(client, "PUT", PATH + "email", {"data": json.dumps(data)})) == UPDATED
    assert (await marks(door))[0] == tuple(names)
    data = {"email": EMAIL, "refid": "", "refidm": None, "utmSource": False, "utmMedium": True, "utmCampaign": -1.50}  # type: ignore[dict-item]
    assert said(await send(client, "PUT", PATH + "email", {"data": json.dumps(data)})) == UPDATED
    assert (await marks(door))[0] == ("", "", "", "1", "-1.5", "regUrl")


@pytest.mark.parametrize("channel", ["email", "sms"])
async def test_the_juid_will_do_on_every_channel(
    door: Door, client: httpx.AsyncClient, juid: str, channel: str
) -> None:
    data = json.dumps({"juid": juid, "refid": "new"})
    assert said(await send(client, "PUT", PATH + channel, {"data": data})) == UPDATED
    assert sum(row[0] == "new" for row in await marks(door)) == 1
    assert said(await send(client, "PUT", PATH + "push", {"data": data})) == UNPROCESSABLE  # nothing pushed yet


async def test_all_subscriptions_of_the_site_with_the_address_change_and_of_no_other_site(
    door: Door, client: httpx.AsyncClient, juid: str
) -> None:
    await send(client, "POST", "subscription/subscribe/email", {"juid": await create(client), "email": "123@123.COM"})
    data = {"data": json.dumps({"email": EMAIL, "refid": "new"})}
    async with door.client(OTHER_TOKEN) as stranger:
        assert said(await send(stranger, "PUT", PATH + "email", data)) == UNPROCESSABLE
        theirs = await create(stranger)
        await send(
            stranger, "POST", "subscription/subscribe/email", {"juid": theirs, "email": EMAIL, "refid": "theirs"}
        )
        assert said(await send(client, "PUT", PATH + "email", data)) == UPDATED
        assert [row[0] for row in await marks(door)] == ["new", "new", "s", "theirs"]
        by_juid = {"data": json.dumps({"juid": juid, "refid": "x"})}
        assert said(await send(stranger, "PUT", PATH + "email", by_juid)) == UNPROCESSABLE


async def test_an_inactive_subscription_changes_too(door: Door, client: httpx.AsyncClient, juid: str) -> None:
    await send(client, "PUT", "subscription/unsubscribe/email", {"juid": juid, "email": EMAIL})
    assert said(await send(client, "PUT", PATH + "email", {"data": SAMPLE})) == UPDATED


@pytest.mark.parametrize(
    ("channel", "data", "answer"),
    [
        ("email", "", INVALID),
        ("email", "{", INVALID),
        ("email", "[]", INVALID),
        ("email", '"text"', INVALID),
        ("email", "{}", INVALID),
        ("email", '{"refid":"x"}', INVALID),
        ("email", '{"email":"","refid":"x"}', INVALID),
        ("email", '{"email":null,"refid":"x"}', INVALID),
        ("email", '{"email":["123@123.com"],"refid":"x"}', INVALID),
        ("email", '{"number":99988800066,"refid":"x"}', INVALID),
        ("sms", '{"email":"123@123.com","refid":"x"}', INVALID),
        ("push", '{"email":"123@123.com","number":99988800066,"refid":"x"}', INVALID),
        ("email", '{"email":"123@123.com","refid":"\\u0000"}', INVALID),
        ("email", '{"email":"123@123.com","refid":"\\ud800"}', INVALID),
        ("email", "[" * 15_000, INVALID),
        ("telegram", SAMPLE, INVALID),
        ("EMAIL", SAMPLE, INVALID),
        ("email", '{"email":"123@123.com"}', UNPROCESSABLE),
        ("email", '{"email":"123@123.com","refid":[1],"other":2}', UNPROCESSABLE),
        ("email", '{"email":"124@123.com","refid":"x"}', UNPROCESSABLE),
        ("email", '{"email":"no address","refid":"x"}', UNPROCESSABLE),
        ("sms", '{"number":' + "9" * 5000 + ',"refid":"x"}', UNPROCESSABLE),
        ("email", '{"juid":"cLH6gah9CVp1j9kNoGrvl0i1rzLXSWDS","refid":"x"}', UNPROCESSABLE),
        ("email", '{"email":"123@123.com","refid":"' + "x" * 50_000 + '"}', UNPROCESSABLE),
    ],
)
@every_encoding
async def test_what_the_update_refuses(
    door: Door,
    client: httpx.AsyncClient,
    juid: str,
    channel: str,
    data: str,
    answer: tuple[int, str],
    encode: requests.Encoding,
) -> None:
    before = await marks(door)
    assert said(await send(client, "PUT", PATH + channel, {"data": data}, encode)) == answer
    assert await marks(door) == before


async def test_an_object_in_fields_of_its_own_and_a_json_body_that_is_the_object(
    door: Door, client: httpx.AsyncClient, juid: str
) -> None:
    for number, (_, encode) in enumerate(requests.ENCODINGS.items()):
        fields = {"data[email]": EMAIL, "data[refid]": f"n{number}"}
        if encode is requests.json_object:
            fields = {"email": EMAIL, "refid": f"n{number}"}
        assert said(await send(client, "PUT", PATH + "email", fields, encode)) == UPDATED
        assert (await marks(door))[0][0] == f"n{number}"
    body = {"data": {"email": EMAIL, "refid": 7}}
    assert said(await client.put(requests.PREFIX + PATH + "email", json=body)) == UPDATED
    assert (await marks(door))[0][0] == "7"


async def test_without_any_field_the_data_are_invalid(client: httpx.AsyncClient) -> None:
    assert said(await client.put(requests.PREFIX + PATH + "email")) == INVALID
