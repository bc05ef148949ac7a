"""Makes signed calls for the tests and checks the signature of what comes back."""

import sys
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


def exchange(function: str, pairs: list[tuple[str, str]], *, keyed: bool = False) -> str:
    """Write the request half of a transcript: a call with ``pairs``, signed, or with the key itself."""
    body = urlencode([("rpsKey", KEY), *pairs]) if keyed else signing.sign(pairs, "testshop", KEY)
    return f">>> POST /api/{function}\nHost: testshop.localhost\nContent-Type: {FORM['Content-Type']}\n\n{body}\n\n<<< "


if __name__ == "__main__":
    name, *said = sys.argv[1:]
    print(exchange(name, [(field, text) for field, _, text in (word.partition("=") for word in said)]))
