"""The requests that real clients send, replayed at the door byte for byte."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from enlist.domain import accounts, orders
from enlist.doors.justclick import signing
from enlist.kit.email import normalise
from tests.support.world import KEY, World

FILE = Path(__file__).parents[3] / "vectors" / "justclick.json"
VECTORS = json.loads(FILE.read_text())["vectors"]
# Each function's codes for a client whose data the account, as it is set out, may know or not.
POSSIBLE = {
    "AddLeadToGroup": (0, 103),
    "UpdateSubscriberData": (0, 801),
    "DeleteSubscribe": (800, 801),
    "GetLeadGroups": (500,),
    "GetLeadGroupStatuses": (500,),
    "GetAllGroups": (0,),
    "GetCountSubscribe": (0, 800),
    "CreateOrder": (604,),
    "UpdateOrderStatus": (200,),
    "DeleteOrder": (302,),
    "GetBills": (400,),
    "getOrdersWithGoods": (0,),
    "getOrderDetails": (400,),
    "GetAllGoods": (700,),
    "DeleteGood": (604,),
    "GetPartnerStats": (0, 3),
}
# What the orders' client was recorded with: it speaks of this order, on this day.
ORDER_ID = 102938
LATER = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AUTUMN = datetime(2020, 9, 10, 12, 0, tzinfo=UTC)
SHOPPING = {vector["id"]: vector for vector in VECTORS if vector["client"] == "rexont-vrm"}


@pytest.fixture(scope="module")
async def at_noon(dsn: str) -> AsyncIterator[World]:
    """The database on the day when the requests were recorded: clients send times of that day."""
    async with World.open(dsn, clock=lambda: LATER) as world:
        yield world


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
    if vector["accept"]:
        assert said["error_code"] in POSSIBLE[vector["function"]], said
    else:
        # readings.md#4 overrules the file for an empty hash, which is a wrong one and not a missing one.
        assert (said["error_code"], said["error_text"]) == (4, "incorrect hash")


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["client"] == "official-php-sample" and v["function"] == "AddLeadToGroup"], ids=lambda vector: vector["id"])  # fmt: skip
async def test_the_official_samples_add_their_contact(client: httpx.AsyncClient, vector: dict[str, Any]) -> None:
    said = await replay(client, vector)
    demanded = "activation" in dict(vector["params"])
    assert said["error_code"] == 0
    assert said["error_text"] == ("activation email sent to subscriber" if demanded else "ok")


@pytest.fixture
async def goods(client: httpx.AsyncClient, at_noon: World, shop: accounts.Account) -> None:
    """The shop sells what the client orders."""
    for name in ("good1", "good2"):
        await at_noon.product(shop, name, "1900")


@pytest.fixture
async def known_order(goods: None, at_noon: World, shop: accounts.Account) -> None:
    """The order that the client speaks of, made in September 2020 and not paid."""
    email = normalise("c@example.com")
    assert email is not None
    new = orders.NewOrder(
        account=shop,
        buyer=orders.Buyer(email=email, first_name="Иван", last_name="O'Neil", phone="+7 (900) 000-00-00"),
        wanted=(orders.Wanted("good1"), orders.Wanted("good2")),
        tag="t",
        created_at=AUTUMN,
        cancel="never",
        marks={"utm_source": "direct"},
    )
    async with at_noon.transaction() as tx:
        await tx.execute("UPDATE number_counters SET last = $1 WHERE kind = 'orders'", ORDER_ID - 1)
        assert await orders.place(tx, [new]) == [orders.Placed(ORDER_ID)]


@pytest.fixture
async def paid_order(known_order: None, at_noon: World, shop: accounts.Account) -> None:
    """The same order, paid on the day when it was made."""
    await at_noon.do(orders.pay, shop.id, ORDER_ID, None, channel="manual", at=AUTUMN)


@pytest.mark.usefixtures("goods")
async def test_the_client_gets_the_number_of_its_new_order_and_of_a_known_one(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    said = await replay(client, SHOPPING["rexont-vrm-06"])
    assert (said["error_code"], said["error_text"]) == (0, "ok")
    number = said["result"]["bill_id"]
    assert said["result"]["link"].startswith("https://testshop.justclick.ru/bill/")
    again = await replay(client, SHOPPING["rexont-vrm-06"])
    assert (again["error_code"], again["result"]["bill_id"]) == (601, number)
    placed = await at_noon.ask(orders.get, shop.id, number)
    assert (placed.first_name, placed.last_name, placed.phone) == ("Иван", "O'Neil", "+7 (900) 000-00-00")
    assert (placed.comment, placed.tag, placed.total) == ("a & b", "t", Decimal(1700))
    assert placed.created_at == datetime.fromtimestamp(1795225989, UTC)
    assert placed.marks == {
        "utm_source": "direct",
        "utm_medium": "cpc",
        "utm_campaign": "Моя Кампания",
        "aff_source": "aff",
        "aff_medium": "affiliate",
    }


@pytest.mark.usefixtures("paid_order")
@pytest.mark.parametrize("id_", ["rexont-vrm-07", "rexont-vrm-11"])
async def test_the_client_reads_what_it_needs_of_an_order(client: httpx.AsyncClient, id_: str) -> None:
    said = await replay(client, SHOPPING[id_])
    assert said["error_code"] == 0
    told = said["result"]
    assert int(told["id"]) == ORDER_ID
    assert (int(told["created"]), int(told["paid"])) == (int(AUTUMN.timestamp()), int(AUTUMN.timestamp()))
    assert (told["email"], told["first_name"], told["last_name"], told["middle_name"]) == (
        "c@example.com",
        "Иван",
        "O'Neil",
        "",
    )
    assert (told["pay_status"], float(told["price"]), float(told["bill_sum_topay"])) == ("paid", 3800.0, 0.0)
    assert (told["kupon"], told["tag"], told["utm"]) == ("", "t", {"source": "direct"})
    assert [(item["id"], float(item["sum"]), float(item["price"]), item["pincode"]) for item in told["items"]] == [
        ("good1", 1900.0, 1900.0, ""),
        ("good2", 1900.0, 1900.0, ""),
    ]
    assert ("good_ids" in told) == (id_ == "rexont-vrm-11")


@pytest.mark.usefixtures("paid_order")
async def test_the_client_sends_an_order_by_post(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    said = await replay(client, SHOPPING["rexont-vrm-08"])
    assert (said["error_code"], said["error_text"]) == (0, "order status changed")
    sent = await at_noon.ask(orders.get, shop.id, ORDER_ID)
    assert (sent.state, sent.tracking_number) == ("sent", "RP 1")
    assert sent.sent_at == datetime.fromtimestamp(1795225989, UTC)


@pytest.mark.usefixtures("known_order")
async def test_the_client_deletes_an_order_and_finds_it_no_more(client: httpx.AsyncClient) -> None:
    said = await replay(client, SHOPPING["rexont-vrm-09"])
    assert (said["error_code"], said["error_text"]) == (0, "order deleted")
    assert (await replay(client, SHOPPING["rexont-vrm-07"]))["error_code"] == 400


@pytest.mark.usefixtures("paid_order")
async def test_the_client_learns_what_a_customer_has_bought(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    said = await replay(client, SHOPPING["rexont-vrm-10"])
    assert said["result"] == {
        "102938": {
            "1": {"good_name": "good1", "good_title": "Product good1"},
            "2": {"good_name": "good2", "good_title": "Product good2"},
        }
    }


@pytest.mark.usefixtures("paid_order")
async def test_the_client_lists_the_orders_that_were_paid_with_products_named(client: httpx.AsyncClient) -> None:
    said = await replay(client, SHOPPING["rexont-vrm-12"])
    (told,) = said["result"]
    assert (told["id"], told["good_count"], told["is_recurrent"]) == (ORDER_ID, 2, False)
    assert [item["id"] for item in told["items"]] == ["good1", "good2"]


@pytest.mark.usefixtures("known_order")
async def test_the_client_lists_no_orders_that_wait(client: httpx.AsyncClient) -> None:
    said = await replay(client, SHOPPING["rexont-vrm-12"])
    assert (said["error_code"], said["result"]) == (0, [])


async def test_every_function_of_the_clients_is_served() -> None:
    assert {vector["function"] for vector in VECTORS} == set(POSSIBLE) - {"GetLeadGroups"}
