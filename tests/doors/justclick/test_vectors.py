"""The requests that real clients send, replayed at the door byte for byte."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from enlist.kit import signing
from tests.cast import KEY

FILE = Path(__file__).parents[2] / "vectors" / "justclick.json"
VECTORS = json.loads(FILE.read_text())["vectors"]
# The clients' functions that this door serves; the others pass the gate and are refused as unknown.
SERVED = {"AddLeadToGroup", "UpdateSubscriberData", "DeleteSubscribe", "GetLeadGroups", "GetLeadGroupStatuses", "GetAllGroups", "GetCountSubscribe"}  # fmt: skip


async def replay(client: httpx.AsyncClient, vector: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(
        vector["path"],
        content=vector["raw_body"].encode(),
        headers={"Host": vector["host"], "Content-Type": vector["content_type"]},
    )
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    assert said["hash"] == signing.response_hash(said["error_code"], said["error_text"], KEY)
    return said


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
async def test_the_gate_takes_what_should_verify_and_says_4_to_the_rest(
    client: httpx.AsyncClient, vector: dict[str, Any]
) -> None:
    said = await replay(client, vector)
    if not vector["accept"]:
        # Decision 4 overrules the file for an empty hash, which is a wrong one and not a missing one.
        assert (said["error_code"], said["error_text"]) == (4, "incorrect hash")
    elif vector["function"] in SERVED:
        assert said["error_code"] in (0, 103, 500, 800, 801), said
    else:
        assert said["error_code"] == 3


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["client"] == "official-php-sample" and v["function"] == "AddLeadToGroup"], ids=lambda vector: vector["id"])  # fmt: skip
async def test_the_official_samples_add_their_contact(client: httpx.AsyncClient, vector: dict[str, Any]) -> None:
    said = await replay(client, vector)
    demanded = "activation" in dict(vector["params"])
    assert said["error_code"] == 0
    assert said["error_text"] == ("activation email sent to subscriber" if demanded else "ok")
