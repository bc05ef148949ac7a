"""Transcripts: exchanges with the signed door, byte for byte, one file per function and code."""

from pathlib import Path

import httpx
import pytest

from enlist.doors.justclick.api import contacts, leads, products
from enlist.doors.justclick.api.calls import Function

TRANSCRIPTS = sorted(Path(__file__).parents[1].joinpath("transcripts").glob("*.txt"))


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
async def test_the_exchange_is_the_same_byte_for_byte(client: httpx.AsyncClient, file: Path) -> None:
    exchanges = file.read_text().rstrip("\n").split("\n----\n")
    assert exchanges
    for exchange in exchanges:
        request, _, expected = exchange.partition("\n\n<<< ")
        head, _, body = request.partition("\n\n")
        method, path = head.splitlines()[0].removeprefix(">>> ").split()
        headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
        answer = await client.request(method, path, headers=headers, content=body.encode())
        said = f"{answer.status_code} {answer.headers['content-type']}\n{answer.content.decode()}"
        assert said == expected


def test_every_code_has_its_transcript() -> None:
    codes = {file.stem.rpartition("-")[2] for file in TRANSCRIPTS}
    documented = {
        *range(9),
        *range(100, 105),
        *range(200, 204),
        302,
        303,
        400,
        500,
        501,
        *range(600, 606),
        700,
        800,
        801,
    }
    assert {str(code) for code in documented} <= codes


# Those of the orders stand in test_orders. What takes more than calls is not here: addupdatelead's 101, in test_leads.
CODES = {
    "AddLeadToGroup": {0, 100, 101, 102, 103, 104},
    "UpdateSubscriberData": {0, 3, 100, 801},
    "DeleteSubscribe": {0, 100, 800, 801},
    "GetLeadGroups": {0, 100, 500, 501},
    "GetLeadGroupStatuses": {0, 100, 500, 501},
    "GetAllGroups": {0},
    "GetCountSubscribe": {0, 800},
    "addupdatelead": {0, 3, 104, 600, 800},
    "addtagtolead": {0, 3, 100, 801},
    "removetagfromlead": {0, 100, 801},
    "removeleadfromlist": {0, 3, 100, 104, 800, 801},
    "getalllists": {0},
    "getpersonalmanagers": {0},
    "GetAllGoods": {0, 700},
    "AddGood": {0, 3},
    "UpdateGood": {0, 3, 604},
    "DeleteGood": {0, 3, 604},
    "getgoods": {0},
    "getcoupons": {0},
}


@pytest.mark.parametrize("function", [*contacts.FUNCTIONS, *leads.FUNCTIONS, *products.FUNCTIONS], ids=lambda f: f.name)
def test_every_code_of_a_function_has_its_transcript(function: Function) -> None:
    found = {int(file.stem.rpartition("-")[2]) for file in TRANSCRIPTS if file.stem.startswith(f"{function.name}-")}
    assert function.name in CODES, "say in CODES which codes it gives"
    assert CODES[function.name] <= found
