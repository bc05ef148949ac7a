"""The samples of the documents as their clients really send them, replayed byte for byte."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.doors.just.conftest import BASE, OTHER_TOKEN, Door
from tests.doors.just.requests import create, send
from tests.support.wire import AppTransport

FILE = Path(__file__).parents[2] / "vectors" / "just.json"
VECTORS = json.loads(FILE.read_text())["vectors"]
RUNNING = [vector for vector in VECTORS if vector["ran"]]
JUID = "de6f0132ea9e412599ae31262c45633b"

# What the spec gives each sample, when neither profile nor subscription of the sample exists, and when they do.
UNKNOWN = {
    "create-profile": (200, None),
    "subscribe-email": (404, "User not found"),
    "subscribe-sms": (404, "User not found"),
    "unsubscribe-email": (404, "User not found"),
    "unsubscribe-sms": (404, "User not found"),  # the subscribe call, by a slip of the samples
    "update-utm-metric": (422, "Unprocessable Entity"),
    "action": (200, "Request accepted"),
    "info-segment": (404, "User not found"),
    "stat-get-count-refid": (200, "[]"),
    "stat-by-refid": (200, "{}"),
}
KNOWN = UNKNOWN | {
    "subscribe-email": (200, ""),
    "subscribe-sms": (200, ""),
    "unsubscribe-email": (200, ""),
    "unsubscribe-sms": (200, ""),
    "update-utm-metric": (200, "Metrics updated"),
    "info-segment": (200, "[]"),
}


def name(vector: dict[str, Any]) -> str:
    return f"{vector['sample']}-{vector['language']}"


async def replay(door: Door, vector: dict[str, Any]) -> tuple[int, str | None]:
    # A JSON file cannot hold a derived request's headers: those of a sample that curl refuses to send.
    request = vector if vector["ran"] else vector["derived"]
    headers = vector.get("headers") or [
        ["Host", "api.justservices.cc"],
        ["X-AUTH-TOKEN", "cLH6gah9CVp1j9kNoGrvl0i1rzLXSWDS"],
    ]
    async with httpx.AsyncClient(transport=AppTransport(door.app)) as client:
        client.headers.clear()
        answer = await client.request(
            request["method"], BASE + request["path"], headers=headers, content=request.get("raw_body", "").encode()
        )
    if vector["sample"] == "create-profile":
        assert re.fullmatch("[0-9a-f]{32}", answer.text)
        return answer.status_code, None
    return answer.status_code, answer.text


@pytest.fixture
async def peopled(door: Door) -> None:
    """The profile of the samples with its addresses on its site, and an address on the other site."""
    for token, email in (("", "email@email.com"), (OTHER_TOKEN, "123@123.com")):
        async with door.client(*[token] if token else []) as client:
            juid = await create(client)
            await send(client, "POST", "subscription/subscribe/email", {"juid": juid, "email": email})
            if not token:
                async with door.world.transaction() as tx:
                    for table in ("subscriptions", "profiles"):
                        await tx.execute(f"UPDATE {table} SET profile_id = '{JUID}' WHERE profile_id = '{juid}'")


@pytest.mark.parametrize("vector", VECTORS, ids=name)
async def test_a_sample_about_nobody(door: Door, vector: dict[str, Any]) -> None:
    assert await replay(door, vector) == UNKNOWN[vector["sample"]]


@pytest.mark.parametrize("vector", VECTORS, ids=name)
async def test_a_sample_about_somebody(door: Door, peopled: None, vector: dict[str, Any]) -> None:
    assert await replay(door, vector) == KNOWN[vector["sample"]]


async def test_the_samples_after_one_another_as_a_site_would_call_them(door: Door, peopled: None) -> None:
    for _ in range(2):
        for vector in VECTORS:
            assert await replay(door, vector) == KNOWN[vector["sample"]], name(vector)


def test_every_sample_that_can_run_is_replayed() -> None:
    assert len(RUNNING) == 19
    assert {vector["sample"] for vector in RUNNING} == set(UNKNOWN)
