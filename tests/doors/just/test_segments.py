"""The segments of a profile, by all eight forms of the call."""

import httpx
import pytest

from tests.doors.just import requests
from tests.doors.just.conftest import OTHER_TOKEN, TOKEN, Door
from tests.doors.just.requests import create, said, send

FORMS = [
    (method, word + slash)
    for method in ("GET", "POST")
    for word in ("info/segments", "info/segment")
    for slash in ("", "/")
]
NOBODY = "de6f0132ea9e412599ae31262c45633b"

every_form = pytest.mark.parametrize(("method", "path"), FORMS)


async def put_into(door: Door, juid: str, *numbers: int) -> None:
    """Make the profile a member of segments with these numbers."""
    async with door.world.transaction() as tx:
        for number in numbers:
            await tx.execute(
                "INSERT INTO segments (account_id, site_id, id, name, rule, created_at)"
                " VALUES ($1, $2, $3, $4, '{}', $5)",
                door.site.account_id,
                door.site.id,
                number,
                f"segment {number}",
                tx.now,
            )
            await tx.execute(
                "INSERT INTO segment_members (account_id, site_id, profile_id, segment_id, since)"
                " VALUES ($1, $2, $3::uuid, $4, $5)",
                door.site.account_id,
                door.site.id,
                juid,
                number,
                tx.now,
            )


@every_form
async def test_the_segments_are_told_in_ascending_order(
    door: Door, client: httpx.AsyncClient, method: str, path: str
) -> None:
    juid = await create(client)
    await put_into(door, juid, 36, 35, 4)
    answer = await send(client, method, path, {"juid": juid}, requests.query)
    assert (answer.status_code, answer.content) == (200, b"[4,35,36]")
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", [path for method, path in FORMS if method == "POST"])
@pytest.mark.parametrize("encode", requests.ENCODINGS.values(), ids=requests.ENCODINGS)
async def test_a_post_may_have_the_juid_in_its_body(
    client: httpx.AsyncClient, path: str, encode: requests.Encoding
) -> None:
    answer = await send(client, "POST", path, {"juid": f'"{await create(client)}"'}, encode)
    assert (answer.status_code, answer.content) == (200, b"[]")


@every_form
@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({}, (404, "JUID not found")),
        ({"juid": ""}, (404, "JUID not found")),
        ({"juid": '""'}, (404, "JUID not found")),
        ({"JUID": NOBODY}, (404, "JUID not found")),
        ({"juid": NOBODY}, (404, "User not found")),
        ({"juid": TOKEN}, (404, "User not found")),
        ({"juid": "1"}, (404, "User not found")),
        ({"juid": "x" * 5000}, (404, "User not found")),
    ],
)
async def test_without_a_profile_there_are_none(
    client: httpx.AsyncClient, method: str, path: str, query: dict[str, str], answer: tuple[int, str]
) -> None:
    assert said(await send(client, method, path, query, requests.query)) == answer


async def test_the_body_of_a_get_is_no_matter(client: httpx.AsyncClient) -> None:
    """Go sends a multipart form without parts; a form that names another profile is not looked at either."""
    juid = await create(client)
    for body in (b"\r\n--B--\r\n", b"--B\r\nbroken", f'{{"juid":"{NOBODY}"}}'.encode()):
        answer = await client.request(
            "GET",
            f"/api/user/v1/info/segment/?juid={juid}",
            content=body,
            headers={"Content-Type": "multipart/form-data; boundary=B"},
        )
        assert (answer.status_code, answer.content) == (200, b"[]")


async def test_a_profile_of_another_site_is_unknown(door: Door, client: httpx.AsyncClient) -> None:
    juid = await create(client)
    async with door.client(OTHER_TOKEN) as stranger:
        answer = await send(stranger, "GET", "info/segment/", {"juid": juid}, requests.query)
    assert said(answer) == (404, "User not found")


async def test_a_head_says_how_long_the_answer_would_be(client: httpx.AsyncClient) -> None:
    juid = await create(client)
    answer = await client.head(f"/api/user/v1/info/segments?juid={juid}")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "2")
