"""Makes signed calls for the tests and checks the signature of what comes back."""

from urllib.parse import urlencode

import httpx

from enlist.doors.justclick import signing
from tests.support.world import KEY

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def post(client: httpx.AsyncClient, function: str, pairs: list[tuple[str, str]]) -> dict[str, object]:
    """Make a signed call with ``pairs`` and return the answer, its signature checked."""
    return await _ask(client, function, signing.sign(pairs, "testshop", KEY))


async def post_with_key(
    client: httpx.AsyncClient, function: str, pairs: list[tuple[str, str]], key: str = KEY
) -> dict[str, object]:
    """Make a call of the second generation with ``pairs`` and return the answer, its signature checked."""
    return await _ask(client, function, urlencode([("rpsKey", key), *pairs]))


async def _ask(client: httpx.AsyncClient, function: str, body: str) -> dict[str, object]:
    answer = await client.post(f"/api/{function}", content=body, headers=FORM)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    said: dict[str, object] = answer.json()
    assert set(said) == {"error_code", "error_text", "hash", "result"}
    assert said["hash"] == signing.response_hash(int(str(said["error_code"])), str(said["error_text"]), KEY)
    return said
