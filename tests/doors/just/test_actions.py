"""An action is accepted, whatever it contains; what cannot be kept shows in the diagnostics."""

from typing import Any

import httpx
import pytest

from tests.doors.just import requests
from tests.doors.just.conftest import OTHER_TOKEN, Door
from tests.doors.just.requests import create, said, send

ACCEPTED = (200, "Request accepted")
NOBODY = "de6f0132ea9e412599ae31262c45633b"

every_encoding = pytest.mark.parametrize("encode", requests.ENCODINGS.values(), ids=requests.ENCODINGS)


async def actions(door: Door) -> list[dict[str, Any]]:
    async with door.world.reading() as tx:
        return [dict(row) for row in await tx.fetch("SELECT * FROM actions")]


async def reasons(door: Door) -> list[str]:
    async with door.world.reading() as tx:
        rows = await tx.fetch("SELECT reason FROM action_diagnostics WHERE site_id = $1 ORDER BY number", door.site.id)
    return [row["reason"] for row in rows]


@every_encoding
@pytest.mark.parametrize("path", ["action/", "action"])
async def test_an_action_is_kept(door: Door, client: httpx.AsyncClient, path: str, encode: requests.Encoding) -> None:
    juid = await create(client)
    fields = {"juid": f'"{juid}"', "tags": '"1,2 , ,2,news"', "label": "login", "article": "42"}
    assert said(await send(client, "POST", path, fields, encode)) == ACCEPTED
    (row,) = await actions(door)
    assert (row["profile_id"].hex, row["site_id"], row["label"], row["article"]) == (juid, door.site.id, "login", "42")
    assert sorted(row["tags"]) == ["1", "2", "news"]
    assert await reasons(door) == []


@pytest.mark.parametrize("left_out", ["article", "tags"])
async def test_a_label_alone_will_do(door: Door, client: httpx.AsyncClient, left_out: str) -> None:
    fields = {"juid": await create(client), "tags": "1", "label": "login", "article": "42"}
    del fields[left_out]
    assert said(await send(client, "POST", "action", fields)) == ACCEPTED
    assert len(await actions(door)) == 1


@every_encoding
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"juid": "", "label": "login"},
        {"juid": NOBODY, "tags": "1", "label": "login"},
        {"juid": "x" * 5000, "tags": "1", "label": "login"},
    ],
)
async def test_what_cannot_be_kept_is_accepted_and_noted(
    door: Door, client: httpx.AsyncClient, fields: dict[str, str], encode: requests.Encoding
) -> None:
    assert said(await send(client, "POST", "action/", fields, encode)) == ACCEPTED
    assert await actions(door) == []
    assert len(await reasons(door)) == 1


async def test_an_action_of_another_site_is_noted(door: Door, client: httpx.AsyncClient) -> None:
    async with door.client(OTHER_TOKEN) as stranger:
        theirs = await create(stranger)
    assert said(await send(client, "POST", "action/", {"juid": theirs, "label": "login"})) == ACCEPTED
    assert await actions(door) == []
    assert len(await reasons(door)) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe", ""),
        (b"juid=%00", "application/x-www-form-urlencoded"),
        (b"juid=a", "multipart/form-data"),
        (b"--B\r\n", "multipart/form-data; boundary=B"),
        (b"[" * 500_000, "application/json"),
        (b'{"juid":"\\u0000"}', "application/json"),
    ],
)
async def test_a_body_that_cannot_be_read_is_accepted_and_noted(
    door: Door, client: httpx.AsyncClient, body: bytes, content_type: str
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    assert said(await client.post("/api/user/v1/action/", content=body, headers=headers)) == ACCEPTED
    (reason,) = await reasons(door)
    assert reason.startswith("the body ")


@pytest.mark.parametrize("size", [1000, 100_000])
@pytest.mark.parametrize("name", ["tags", "label", "article"])
async def test_fields_of_any_size_are_accepted(door: Door, client: httpx.AsyncClient, name: str, size: int) -> None:
    fields = {"juid": await create(client), "label": "login", "tags": "1"} | {name: "x" * size}
    assert said(await send(client, "POST", "action", fields)) == ACCEPTED
    assert len(await actions(door)) + len(await reasons(door)) == 1


async def test_many_tags_are_accepted(door: Door, client: httpx.AsyncClient) -> None:
    fields = {"juid": await create(client), "label": "login", "tags": ",".join(map(str, range(50_000)))}
    assert said(await send(client, "POST", "action", fields)) == ACCEPTED
    assert len(await actions(door)) + len(await reasons(door)) >= 1
