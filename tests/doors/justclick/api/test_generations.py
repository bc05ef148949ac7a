"""Two generations on one path space: which function serves a call is told by how it proves itself."""

import httpx
import pytest

from enlist.domain import accounts
from enlist.doors.justclick import signing
from enlist.doors.justclick.api import app
from enlist.doors.justclick.api.calls import EITHER, FIRST, KEYED, SECOND, SIGNED, Call, Function, Services
from enlist.doors.justclick.api.codes import OK, Reply
from tests.doors.justclick.api.conftest import SETTINGS
from tests.doors.justclick.api.requests import FORM
from tests.support.wire import AppTransport
from tests.support.world import KEY, VAULT, World


async def old(call: Call) -> Reply:
    assert call.generation == SIGNED
    return Reply(0, "ok", "old")


async def new(call: Call) -> Reply:
    assert call.generation == KEYED
    return Reply(0, "ok", "new")


async def both(call: Call) -> Reply:
    return Reply(0, "ok", call.generation)


async def worded(call: Call) -> Reply:
    return Reply(0, "order deleted", "worded")


FUNCTIONS = (
    Function("CreateThing", old, {}, FIRST),
    Function("creatething", new, {}, SECOND),
    Function("OnlyOld", old, {}),
    Function("onlynew", new, {}, SECOND),
    Function("Reading", both, {}, EITHER),
    Function("Worded", worded, {}, SECOND),
)


@pytest.fixture
async def door(at_noon: World, shop: accounts.Account, services: Services) -> httpx.AsyncClient:
    directory = accounts.Directory(at_noon.database, VAULT, SETTINGS.domains)
    transport = AppTransport(app._Door(services, directory, SETTINGS, FUNCTIONS))
    return httpx.AsyncClient(transport=transport, base_url="http://testshop.localhost")


def signed(*pairs: tuple[str, str]) -> str:
    return signing.sign(pairs, "testshop", KEY)


RIGHT = signing.as_php([("rpsKey", KEY)])
WRONG_HASH = f"hash={'0' * 32}"


@pytest.mark.parametrize(
    ("function", "body", "said"),
    [
        ("CreateThing", signed(), (0, "ok", "old")),
        ("CreateThing", RIGHT, (0, "OK", "new")),
        ("creatething", signed(), (0, "ok", "old")),
        ("CREATETHING/", RIGHT, (0, "OK", "new")),
        # Both proofs: the key is enough, a right hash with a wrong key as well, and the other way round.
        ("CreateThing", signed(("rpsKey", KEY)), (0, "OK", "new")),
        ("CreateThing", signed(("rpsKey", "guess")), (0, "ok", "old")),
        ("CreateThing", f"{RIGHT}&{WRONG_HASH}", (0, "OK", "new")),
        ("CreateThing", f"rpsKey=guess&{WRONG_HASH}", (4, "incorrect hash", [])),
        ("CreateThing", "a=b", (1, "not transferred hash", [])),
        ("CreateThing", f"rps_key=guess&{RIGHT}", (0, "OK", "new")),
        # A function of one generation is not served in the other, whatever was proved for that.
        ("OnlyOld", RIGHT, (3, "wrong posted data", [])),
        ("OnlyOld", signed(("rpsKey", KEY)), (0, "ok", "old")),
        ("OnlyOld", f"{RIGHT}&{WRONG_HASH}", (3, "wrong posted data", [])),
        ("onlynew", signed(), (3, "wrong posted data", [])),
        ("onlynew", RIGHT, (0, "OK", "new")),
        ("onlynew", signed(("rpsKey", "guess")), (3, "wrong posted data", [])),
        ("Reading", signed(), (0, "ok", SIGNED)),
        ("Reading", RIGHT, (0, "OK", KEYED)),
        ("Worded", RIGHT, (0, "order deleted", "worded")),
        ("Nothing", RIGHT, (3, "wrong posted data", [])),
        ("Nothing", "rpsKey=guess", (4, "incorrect hash", [])),
    ],
)
async def test_the_proof_picks_the_function(
    door: httpx.AsyncClient, function: str, body: str, said: tuple[int, str, object]
) -> None:
    answer = (await door.post(f"/api/{function}", content=body, headers=FORM)).json()
    assert (answer["error_code"], answer["error_text"], answer["result"]) == said
    assert answer["hash"] == signing.response_hash(answer["error_code"], answer["error_text"], KEY)


async def test_the_generation_of_the_keys_is_not_reached_by_get(door: httpx.AsyncClient) -> None:
    assert (await door.get(f"/api/Reading?{RIGHT}")).json()["error_code"] == 2


def test_two_functions_cannot_share_a_name_and_a_generation() -> None:
    with pytest.raises(ValueError, match="twice"):
        app._by_name([Function("A", old, {}), Function("a", both, {}, EITHER)])


def test_all_names_are_served_in_the_generations_of_the_documents() -> None:
    assert OK.text == "ok"
    served = app._by_name(app.FUNCTIONS)
    assert {name for name, (_, named) in served.items() if KEYED in named} >= {
        "addupdatelead", "addtagtolead", "removetagfromlead", "removeleadfromlist", "getalllists", "getgoods",
        "getcoupons", "getpersonalmanagers",
    }  # fmt: skip
    assert set(served["getallgroups"][1]) == set(served["getalllists"][1]) == {SIGNED, KEYED}
    assert set(served["addleadtogroup"][1]) == {SIGNED}
