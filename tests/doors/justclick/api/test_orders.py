"""The functions about orders: what the transcripts cannot show."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from enlist.domain import accounts, orders, partners, products
from enlist.doors.justclick import api, signing
from enlist.doors.justclick.api import codes
from enlist.doors.justclick.api import orders as door
from enlist.doors.justclick.api.calls import Services
from enlist.runtime.batch import Busy
from tests.doors.justclick.api.conftest import NOON, SETTINGS, payment_link
from tests.doors.justclick.api.requests import FORM, post, post_with_key
from tests.doors.justclick.api.test_transcripts import TRANSCRIPTS
from tests.support.wire import AppTransport
from tests.support.world import KEY, VAULT, World

Pairs = list[tuple[str, str]]

ANNA: Pairs = [("bill_email", "anna@example.com")]
SECONDS = str(int(NOON.timestamp()))


def goods(*names: str) -> Pairs:
    return [(f"goods[{place}][good_name]", name) for place, name in enumerate(names)]


async def order(client: httpx.AsyncClient, *names: str, email: str = "anna@example.com") -> int:
    said = await post(client, "CreateOrder", [*goods(*names), ("bill_email", email)])
    assert said["error_code"] == 0, said
    return int(said["result"]["bill_id"])  # type: ignore[index]


async def details(client: httpx.AsyncClient, order_id: int, *more: tuple[str, str]) -> dict[str, Any]:
    said = await post(client, "getOrderDetails", [("bill_id", str(order_id)), *more])
    assert said["error_code"] == 0, said
    result: dict[str, Any] = said["result"]  # type: ignore[assignment]
    return result


async def code(client: httpx.AsyncClient, function: str, *pairs: tuple[str, str]) -> int:
    return int(str((await post(client, function, list(pairs)))["error_code"]))


async def state(client: httpx.AsyncClient, order_id: int, word: str, *more: tuple[str, str]) -> int:
    pairs = [("bill_id", str(order_id)), ("status", word), ("date", SECONDS), ("rpo", "RP 1"), *more]
    return await code(client, "UpdateOrderStatus", *pairs)


@pytest.fixture
async def sold(client: httpx.AsyncClient, at_noon: World, shop: accounts.Account) -> None:
    """The shop sells an invoice (1,500) and, in parts, a book to be sent (500, of which 100 at once)."""
    await at_noon.product(shop, "invoice", title="Invoice", price="1500")
    await at_noon.product(shop, "book", kind="physical", title="Book", price="500", least_payment=Decimal(100))


@pytest.fixture
async def neighbour(at_noon: World, services: Services, client: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the same door that calls for another account, `nextshop`."""
    directory = accounts.Directory(at_noon.database, VAULT, SETTINGS.domains)
    if await directory.find("nextshop.localhost") is None:
        await at_noon.account("nextshop")
        directory.forget()
    app = api.build(services, directory, SETTINGS)
    transport = AppTransport(app, "192.0.2.7")
    async with httpx.AsyncClient(transport=transport, base_url="http://nextshop.localhost") as other:
        yield other


async def post_as_neighbour(client: httpx.AsyncClient, function: str, pairs: Pairs) -> dict[str, Any]:
    answer = await client.post(f"/api/{function}", content=signing.sign(pairs, "nextshop", KEY), headers=FORM)
    said: dict[str, Any] = answer.json()
    return said


@pytest.mark.usefixtures("sold")
async def test_a_hundred_simultaneous_orders_of_one_buyer_are_one_order_and_one_number(
    client: httpx.AsyncClient, at_noon: World
) -> None:
    answers = await asyncio.gather(*[post(client, "CreateOrder", [*goods("invoice"), *ANNA]) for _ in range(100)])
    assert sorted(str(answer["error_code"]) for answer in answers) == ["0", *["601"] * 99]
    assert {str(answer["result"]) for answer in answers} == {"{'bill_id': 1, 'link': '/bill/1-1/'}"}
    for table in ("orders", "order_items", "contacts"):
        assert await at_noon.count(table) == 1


@pytest.mark.usefixtures("sold")
async def test_paying_many_times_at_once_is_one_payment(client: httpx.AsyncClient, at_noon: World) -> None:
    number = await order(client, "invoice")
    assert set(await asyncio.gather(*[state(client, number, "paid") for _ in range(20)])) == {0}
    (payment,) = await at_noon.ask(orders.payments_of, 1, number)
    assert (payment.amount, payment.channel, payment.at) == (Decimal(1500), "api", NOON)


@pytest.mark.usefixtures("sold")
async def test_orders_of_another_account_are_not_there(client: httpx.AsyncClient, neighbour: httpx.AsyncClient) -> None:
    number = ("bill_id", str(await order(client, "invoice")))
    today: Pairs = [("date_s", SECONDS), ("date_e", SECONDS)]
    for function, pairs, expected in (
        ("getOrderDetails", [number], 400),
        ("GetOrderInfo", [number], 400),
        ("GetBills", [("email", "anna@example.com")], 400),
        ("DeleteOrder", [number], 302),
        ("UpdateOrderStatus", [number, ("status", "paid"), ("date", SECONDS)], 200),
        ("CreateOrder", [*goods("invoice"), *ANNA], 604),
    ):
        assert (await post_as_neighbour(neighbour, function, pairs))["error_code"] == expected, function
    for function in ("GetOrders", "getOrdersWithGoods"):
        assert (await post_as_neighbour(neighbour, function, today))["result"] == []
    assert (await details(client, 1))["pay_status"] == "waiting"


@pytest.mark.usefixtures("sold")
async def test_a_pin_code_is_told_once_it_is_paid(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    await at_noon.do(products.add_pin_codes, shop.id, "invoice", ["PIN-1"])
    number = await order(client, "invoice")
    assert (await details(client, number))["items"][0]["pincode"] == ""
    assert await state(client, number, "paid") == 0
    assert (await details(client, number))["items"][0]["pincode"] == "PIN-1"


@pytest.mark.usefixtures("sold")
async def test_a_part_payment_leaves_the_rest_to_pay(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    number = await order(client, "invoice")
    await at_noon.do(orders.pay, shop.id, number, Decimal("500.50"), channel="manual")
    told = await details(client, number)
    assert (told["pay_status"], told["price"], told["bill_sum_topay"], told["paid"]) == (
        "waiting",
        "1500.00",
        "999.50",
        0,
    )
    assert await state(client, number, "paid") == 0
    assert (await details(client, number))["bill_sum_topay"] == "0.00"


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize(
    "naming",
    [[("utm[utm_medium]", "affiliate"), ("utm[utm_source]", "bob")], [("bill_aff_name", "bob"), ("bill_paff_name", "eve")]],
    ids=["by marks", "by old fields"],
)  # fmt: skip
async def test_partners_and_what_they_earn_are_told(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account, naming: Pairs
) -> None:
    async with at_noon.transaction() as tx:
        commissions = (partners.Commission(percent=Decimal(10)), partners.Commission(sum=Decimal("7.50")))
        await partners.set_programme(tx, shop.id, partners.Programme(commissions=commissions))
        await partners.create(tx, shop.id, partners.NewPartner(login="eve"))
        await partners.create(tx, shop.id, partners.NewPartner(login="bob", recruited_by="eve"))
    said = await post(client, "CreateOrder", [*goods("invoice"), *ANNA, *naming])
    assert said["error_code"] == 0
    expected = [
        {"partner_lvl": 1, "partner_id": 2, "partner_name": "bob", "partner_fee": "150.00"},
        {"partner_lvl": 2, "partner_id": 1, "partner_name": "eve", "partner_fee": "7.50"},
    ]
    assert (await details(client, 1))["items"][0]["partners"] == expected
    listed: Any = (await post(client, "getOrdersWithGoods", []))["result"]
    assert listed[0]["items"][0]["partners"] == expected


@pytest.mark.usefixtures("sold")
async def test_who_is_named_for_the_second_level_earns_nothing_on_the_first(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    async with at_noon.transaction() as tx:
        commissions = (partners.Commission(percent=Decimal(10)), partners.Commission(sum=Decimal("7.50")))
        await partners.set_programme(tx, shop.id, partners.Programme(commissions=commissions))
        await partners.create(tx, shop.id, partners.NewPartner(login="eve"))
    assert await code(client, "CreateOrder", *goods("invoice"), *ANNA, ("bill_paff_name", "eve")) == 0
    (item,) = (await details(client, 1))["items"]
    assert item["partners"] == [{"partner_lvl": 2, "partner_id": 1, "partner_name": "eve", "partner_fee": "7.50"}]


@pytest.mark.usefixtures("sold")
async def test_a_coupon_that_does_not_apply_is_no_hindrance(client: httpx.AsyncClient) -> None:
    said = await post(client, "CreateOrder", [*goods("invoice"), *ANNA, ("bill_kupon", "AUTUMN")])
    assert said["error_code"] == 0
    told = await details(client, 1)
    assert (told["price"], told["kupon"], told["coupon"]) == ("1500.00", "", "")


@pytest.mark.usefixtures("sold")
async def test_asked_for_its_products_an_order_tells_about_paying_in_parts(client: httpx.AsyncClient) -> None:
    delivery: Pairs = [("bill_first_name", "Anna"), ("bill_surname", "Smith"), ("bill_country", "LVA"),
                       ("bill_city", "Riga"), ("bill_address", "Street 1")]  # fmt: skip
    said = await post(client, "CreateOrder", [*goods("invoice", "book"), *ANNA, *delivery])
    assert said["error_code"] == 0, said
    told = await details(client, 1, ("good_info", "TRUE"))
    assert (told["good_ids"], told["good_count"], told["type"]) == ([1, 2], 2, 1)
    assert (told["prepayment_enabled"], told["prepayment_minsum"]) == (True, "1600.00")
    assert "good_ids" not in await details(client, 1, ("good_info", "0"))


@pytest.mark.parametrize("function", ["CreateOrder", "createorder"])
async def test_a_floating_product_costs_at_least_its_price(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account, function: str
) -> None:
    await at_noon.product(shop, "tip", kind="floating", title="Tip", price="5")

    async def ask(sum_: str) -> dict[str, Any]:
        if function == "CreateOrder":
            return await post(client, function, [*goods("tip"), ("goods[0][good_sum]", sum_), *ANNA])
        said = {"rpsKey": KEY, "product_names": "tip", "product_prices": sum_, "customer_email": "anna@example.com"}
        answer: dict[str, Any] = (await client.post(f"/api/{function}", data=said)).json()
        return answer

    for sum_ in ("4.99", "0"):
        assert (await ask(sum_))["error_code"] == 602
    assert (await ask(""))["error_code"] == 0  # nothing is named: the price
    assert (await details(client, 1))["price"] == "5.00"
    assert (await ask("5"))["error_code"] == 601


@pytest.mark.usefixtures("sold")
async def test_products_are_still_found_by_their_number_when_they_are_deleted(client: httpx.AsyncClient) -> None:
    await order(client, "invoice")
    assert await code(client, "DeleteGood", ("good_name", "invoice")) == 0
    assert len((await post(client, "GetOrders", [("goods", "1")]))["result"]) == 1  # type: ignore[arg-type]
    assert (await post(client, "GetOrders", [("goods", "invoice")]))["result"] == []
    assert (await details(client, 1, ("good_info", "1")))["items"][0]["id"] == "invoice"


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize("paid", ["", "1"])
async def test_all_the_orders_of_a_span_come_in_one_answer(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, paid: str
) -> None:
    monkeypatch.setattr(door, "PAGE", 2)
    for number in range(5):
        await order(client, "invoice", email=f"buyer{number}@example.com")
        assert await state(client, number + 1, "paid") == 0
    for function in ("GetOrders", "getOrdersWithGoods"):
        said = await post(client, function, [("paid", paid)])
        assert [row["id"] for row in said["result"]] == [1, 2, 3, 4, 5]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("sold")
async def test_the_current_day_is_the_one_of_the_account(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    # At noon in London it is the next day on Kiritimati, 14 hours ahead.
    early = str(int((NOON - timedelta(hours=3)).timestamp()))
    assert await code(client, "CreateOrder", *goods("invoice"), *ANNA, ("bill_created", early)) == 0
    assert len((await post(client, "getOrdersWithGoods", []))["result"]) == 1  # type: ignore[arg-type]
    async with at_noon.transaction() as tx:
        await tx.execute("UPDATE accounts SET time_zone = 'Pacific/Kiritimati' WHERE id = $1", shop.id)
    try:
        directory = accounts.Directory(at_noon.database, VAULT, SETTINGS.domains)
        app = api.build(Services(at_noon.database, None, None, payment_link), directory, SETTINGS)  # type: ignore[arg-type]
        transport = AppTransport(app, "192.0.2.7")
        async with httpx.AsyncClient(transport=transport, base_url="http://testshop.localhost") as there:
            assert (await post(there, "getOrdersWithGoods", []))["result"] == []
            yesterday = [("begin_date", "04.03.2026"), ("end_date", "04.03.2026")]
            assert len((await post(there, "getOrdersWithGoods", yesterday))["result"]) == 1  # type: ignore[arg-type]
    finally:
        async with at_noon.transaction() as tx:
            await tx.execute("UPDATE accounts SET time_zone = 'UTC' WHERE id = $1", shop.id)


@pytest.mark.usefixtures("sold")
async def test_a_refused_payment_leaves_no_order_behind(client: httpx.AsyncClient, at_noon: World) -> None:
    pairs = [("product_names", "invoice"), ("customer_email", "anna@example.com"), ("order_status", "Paid")]
    said = await post_with_key(client, "createorder", [*pairs, ("order_paid_at", "2026-03-05 12:00:00")])
    assert said["error_code"] == 202
    assert await at_noon.count("orders") == 0


@pytest.mark.usefixtures("sold")
async def test_a_manager_of_the_account_looks_after_the_order(client: httpx.AsyncClient, at_noon: World) -> None:
    pairs = [("product_names", "1"), ("customer_email", "anna@example.com"), ("order_sales_manager", "1")]
    assert (await post_with_key(client, "createorder", pairs))["error_text"] == "OK"
    placed = await at_noon.ask(orders.get, 1, 1)
    assert placed.manager_id == 1


async def test_busy_is_8_signed(at_noon: World, shop: accounts.Account) -> None:
    async def place(_: orders.NewOrder) -> orders.Placed:
        raise Busy("full")

    directory = accounts.Directory(at_noon.database, VAULT, SETTINGS.domains)
    app = api.build(Services(at_noon.database, None, place, payment_link), directory, SETTINGS)  # type: ignore[arg-type]
    transport = AppTransport(app, "192.0.2.7")
    async with httpx.AsyncClient(transport=transport, base_url="http://testshop.localhost") as client:
        said = await post(client, "CreateOrder", [*goods("invoice"), *ANNA])
        assert (said["error_code"], said["error_text"]) == (codes.BUSY.code, codes.BUSY.text)
        pairs = [("product_names", "invoice"), ("customer_email", "anna@example.com")]
        assert (await post_with_key(client, "createorder", pairs))["error_code"] == 8


SIGNED_FIELDS = ("goods[0][good_name]", "goods[0][good_sum]", "goods", "bill_email", "bill_first_name", "bill_country",
                 "bill_timer_kill", "bill_created", "bill_domain", "bill_kupon", "utm[utm_source]", "bill_aff_name",
                 "bill_id", "status", "date", "rpo", "email", "pay_status", "date_s", "date_e", "begin_date",
                 "end_date", "paid", "good_info")  # fmt: skip
NAMES = [function.name for function in door.FUNCTIONS if function.name != "createorder"]
values = st.sampled_from(["invoice", "1", "0", "-1", "anna@example.com", "paid", "sent", "cancel", SECONDS, "9" * 30,
                          "01.03.2026", "1e9", "true", "' OR 1=1 --", "{$name}", "\u202e<script>", "x" * 5000])  # fmt: skip


@pytest.mark.usefixtures("sold")
@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(
    function=st.sampled_from(NAMES),
    fields=st.dictionaries(st.sampled_from(SIGNED_FIELDS), values | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)),
)  # fmt: skip
async def test_whatever_is_said_gets_a_coded_answer(
    client: httpx.AsyncClient, function: str, fields: dict[str, str]
) -> None:
    said = await post(client, function, [*fields.items(), ("x", "y")])
    assert said["error_code"] in (0, 3, 100, 200, 201, 202, 203, 302, 303, 400, 600, 601, 602, 603, 604, 605), said


KEYED_FIELDS = ("product_names", "product_prices", "customer_email", "customer_shipping", "order_created_at",
                "order_paid_at", "order_status", "order_confirmed", "order_sales_manager", "coupon", "affiliates",
                "utm_source", "payment_method", "note")  # fmt: skip
words = st.sampled_from(["invoice", "1", "9" * 30, "anna@example.com", "Paid", "Cancel", "MoneyBack", "1,2",
                         "30.01.2020 04:22:16", "' OR 1=1 --", "x" * 5000])  # fmt: skip


@pytest.mark.usefixtures("sold")
@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(KEYED_FIELDS), words))
async def test_whatever_is_said_with_the_key_gets_a_coded_answer(
    client: httpx.AsyncClient, fields: dict[str, str]
) -> None:
    said = await post_with_key(client, "createorder", list(({"product_names": "invoice"} | fields).items()))
    assert said["error_code"] in (0, 3, 201, 202, 600, 601, 602, 603, 604, 605), said


def test_every_code_of_every_function_has_its_transcript() -> None:
    creating = {0, 3, 600, 601, 602, 603, 604, 605}
    can_say = {
        "CreateOrder": creating,
        "createorder-keyed": creating | {201, 202},
        "UpdateOrderStatus": {0, 3, 200, 201, 202, 203},
        "DeleteOrder": {0, 203, 302, 303},
        "GetBills": {0, 3, 100, 400},
        "GetOrders": {0, 3},
        "getOrdersWithGoods": {0, 3},
        "GetOrderInfo": {0, 400},
        "getOrderDetails": {0, 400},
    }
    names = [file.stem for file in TRANSCRIPTS]
    for function, expected in can_say.items():
        assert {int(name.rpartition("-")[2]) for name in names if name.startswith(f"{function}-")} == expected, function


def test_every_refusal_that_a_function_can_give_has_its_code() -> None:
    placing = {
        orders.NoProducts,
        orders.BadOrder,
        orders.CountryNotServed,
        orders.DeliveryDataMissing,
        orders.SumTooSmall,
        products.ProductNotFound,
    }
    can_give = {
        "CreateOrder": placing,
        "createorder": placing | {orders.IllegalTransition, orders.PaymentImpossible},
        "UpdateOrderStatus": {
            orders.OrderNotFound,
            orders.IllegalTransition,
            orders.PaymentImpossible,
            orders.BadOrder,
        },
        "DeleteOrder": {orders.OrderNotFound, orders.OrderIsPaid},
        "GetBills": set(),
        "GetOrders": set(),
        "getOrdersWithGoods": set(),
        "GetOrderInfo": {orders.OrderNotFound},
        "getOrderDetails": {orders.OrderNotFound},
    }
    assert {function.name: set(function.refusals) for function in door.FUNCTIONS} == can_give
