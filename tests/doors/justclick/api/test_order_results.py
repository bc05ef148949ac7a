"""What the reading functions tell of an order."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from enlist.domain.commissions import FeeRow as Fee
from enlist.domain.orders import Item, Order
from enlist.domain.products import Product
from enlist.doors.justclick.api import order_results

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
BRIEF = ["id", "first_name", "last_name", "middle_name", "email", "phone", "city", "country", "address", "region", "postalcode", "created", "pay_status", "paid", "type", "payway", "comment", "domain", "link", "price", "utm"]  # fmt: skip
FULL = [*BRIEF, "good_count", "bill_sum_topay", "tag", "kupon", "coupon"]


def an_item(place: int, product_id: int, sum_: str) -> Item:
    return Item(place, product_id, f"good{product_id}", f"Good {product_id}", Decimal("20.00"), Decimal(sum_), "")


def an_order(**properties: Any) -> Order:
    said: dict[str, Any] = dict.fromkeys(Order.__struct_fields__, "") | {
        "account_id": 1,
        "id": 5,
        "contact_id": 9,
        "state": "waiting",
        "total": Decimal("30.00"),
        "received": Decimal("0.00"),
        "manager_id": None,
        "marks": {},
        "extra": {},
        "created_at": NOON,
        "cancel_at": None,
        "paid_at": None,
        "sent_at": None,
        "ended_at": None,
        "items": (an_item(0, 1, "10.00"), an_item(1, 2, "20.00")),
        "fees": (),
    }
    return Order(**said | properties)


def a_product(id_: int, **properties: Any) -> Product:
    said: dict[str, Any] = {"kind": "digital", "title": "", "price": Decimal(1), "created_at": NOON}
    return Product(account_id=1, id=id_, name=f"good{id_}", **said | properties)


def link(account_id: int, order_id: int, domain: str) -> str:
    return f"/bill/{account_id}-{order_id}/ on {domain}"


def test_each_function_tells_its_documented_fields() -> None:
    order, sold = an_order(), {1: a_product(1), 2: a_product(2)}
    assert list(order_results.brief(order, sold, link)) == BRIEF
    assert list(order_results.full(order, sold, link)) == FULL
    assert list(order_results.detailed(order, sold, link)) == [*FULL, "items"]
    assert list(order_results.listed(order, sold, link)) == [*FULL, "is_recurrent", "items"]
    assert list(order_results.of_goods(order, sold)) == ["good_ids", "prepayment_enabled", "prepayment_minsum"]


@pytest.mark.parametrize(
    ("state", "paid_at", "word"),
    [("waiting", None, "waiting"), ("paid", NOON, "paid"), ("sent", NOON, "paid"), ("sent", None, "waiting"),
     ("cancelled", None, "cancel"), ("returned", NOON, "return"), ("refunded", NOON, "return")],
)  # fmt: skip
def test_every_state_has_its_word(state: Any, paid_at: datetime | None, word: str) -> None:
    assert order_results.pay_status(an_order(state=state, paid_at=paid_at)) == word


def test_the_link_is_that_of_the_order_on_its_domain() -> None:
    assert order_results.brief(an_order(domain="a.example"), {}, link)["link"] == "/bill/1-5/ on a.example"


def test_times_are_unix_seconds_and_none_is_nought() -> None:
    told = order_results.brief(an_order(paid_at=NOON), {}, link)
    assert (told["created"], told["paid"]) == (1772625600, 1772625600)
    assert order_results.brief(an_order(), {}, link)["paid"] == 0


def test_the_marks_of_partners_stay_inside() -> None:
    marks = {"utm_medium": "cpc", "utm_term": "x", "aff_term": "y", "aff": "12"}
    assert order_results.brief(an_order(marks=marks), {}, link)["utm"] == {"medium": "cpc", "term": "x"}


def test_something_to_be_sent_makes_the_type_1() -> None:
    sold = {1: a_product(1), 2: a_product(2, kind="physical")}
    assert order_results.brief(an_order(), sold, link)["type"] == 1
    assert order_results.brief(an_order(), {1: a_product(1)}, link)["type"] == 0


def test_partners_stand_beside_the_item_that_they_earn_by() -> None:
    fees = (Fee(1, 1, 7, "bob", Decimal("2.00")), Fee(1, 2, 8, "eve", Decimal("1.00")))
    items = order_results.detailed(an_order(fees=fees), {}, link)["items"]
    assert items[0] == {
        "id": "good1",
        "title": "Good 1",
        "sum": "10.00",
        "price": "20.00",
        "partners": [],
        "pincode": "",
    }
    assert items[1]["partners"] == [
        {"partner_lvl": 1, "partner_id": 7, "partner_name": "bob", "partner_fee": "2.00"},
        {"partner_lvl": 2, "partner_id": 8, "partner_name": "eve", "partner_fee": "1.00"},
    ]


@pytest.mark.parametrize(
    ("first", "second", "enabled", "least"),
    [(None, None, False, "0.00"), ("3.00", None, True, "23.00"), ("3.00", "4.00", True, "7.00"),
     ("15.00", None, True, "30.00")],
)  # fmt: skip
def test_the_least_part_is_what_the_products_say(
    first: str | None, second: str | None, enabled: bool, least: str
) -> None:
    parts = [None if text is None else Decimal(text) for text in (first, second)]
    sold = {number: a_product(number, least_payment=part) for number, part in enumerate(parts, 1)}
    told = order_results.of_goods(an_order(), sold)
    assert told == {"good_ids": [1, 2], "prepayment_enabled": enabled, "prepayment_minsum": least}


def test_money_left_to_pay_is_told_with_two_places() -> None:
    told = order_results.full(an_order(received=Decimal("10.50")), {}, link)
    assert (told["price"], told["bill_sum_topay"]) == ("30.00", "19.50")
    assert msgspec.json.encode(told)
