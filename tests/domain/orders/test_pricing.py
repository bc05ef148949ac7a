"""What items cost: floating prices have a minimum for every caller, and buyers on a page name nothing else."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import orders, products
from enlist.domain.orders import pricing
from enlist.kit import money
from enlist.kit.email import EmailAddress

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
Source = Literal["api", "page", "owner"]
SOURCES: tuple[Source, ...] = ("api", "page", "owner")

amounts = st.decimals(min_value=0, max_value=1000, places=2)


def a_product(number: int, price: Decimal, kind: products.Kind) -> products.Product:
    return products.Product(
        account_id=1, id=number, name=f"p{number}", kind=kind, title="P", price=price, created_at=NOON
    )


def a_wish(source: Source, *sums: Decimal | None, coupon: str = "") -> orders.NewOrder:
    account: Any = None
    return orders.NewOrder(
        account=account,
        buyer=orders.Buyer(email=EmailAddress("a@example.com", "a@example.com")),
        wanted=tuple(orders.Wanted(f"p{place}", sum_) for place, sum_ in enumerate(sums)),
        source=source,
        coupon=coupon,
    )


def a_coupon(**said: Any) -> products.Coupon:
    ten: dict[str, Any] = dict.fromkeys(products.Coupon.__struct_fields__)
    ten |= {"account_id": 1, "id": 7, "code": "TEN", "discount_percent": Decimal(10), "product_ids": (), "uses": 0}
    return products.Coupon(**ten | said)


@pytest.mark.parametrize("source", SOURCES)
@given(price=amounts, named=st.none() | amounts)
def test_a_floating_product_costs_at_least_its_price(source: Source, price: Decimal, named: Decimal | None) -> None:
    wish, sold = a_wish(source, named), [a_product(0, price, "floating")]
    refused = pricing.check_sums(wish, sold)
    if refused is None:
        (sum_,) = pricing.sums(wish, sold, None)
        assert sum_ >= price
        assert sum_ == (price if named is None else named)
        assert sum_ or source != "page"
    else:
        assert refused.fields == {"product": "p0", "least": money.write(price)}
        assert named is None or named < price or not named


@pytest.mark.parametrize(
    ("source", "price", "named", "refused"),
    [
        ("api", "5", "4.99", True),
        ("owner", "5", "4.99", True),
        ("page", "5", "4.99", True),
        ("page", "5", "5", False),
        ("api", "5", None, False),
        ("page", "5", None, True),
        ("page", "0", "0", True),
        ("api", "0", "0", False),
    ],
)
def test_whoever_proved_themselves_may_leave_the_sum_out(
    source: Source, price: str, named: str | None, refused: bool
) -> None:
    wish = a_wish(source, None if named is None else Decimal(named))
    found = pricing.check_sums(wish, [a_product(0, Decimal(price), "floating")])
    assert isinstance(found, orders.SumTooSmall) is refused


@given(price=amounts, named=amounts, kind=st.sampled_from(["digital", "physical"]))
def test_on_a_page_nobody_names_the_sum_of_what_has_a_price(price: Decimal, named: Decimal, kind: Any) -> None:
    sold = [a_product(0, price, kind)]
    assert pricing.check_sums(a_wish("page", named), sold) is None
    assert pricing.sums(a_wish("page", named), sold, None) == [price]
    assert pricing.sums(a_wish("api", named), sold, None) == [named]


@given(st.lists(st.tuples(amounts, st.none() | amounts), min_size=1, max_size=6))
def test_a_coupon_reduces_own_prices_only(items: list[tuple[Decimal, Decimal | None]]) -> None:
    sold = [a_product(place, price, "digital") for place, (price, _) in enumerate(items)]
    found = pricing.sums(a_wish("api", *(named for _, named in items)), sold, a_coupon())
    for (price, named), sum_ in zip(items, found, strict=True):
        assert sum_ == (price - money.percent(price, Decimal(10)) if named is None else named)


@pytest.mark.parametrize(("source", "by_number"), [("api", True), ("owner", True), ("page", False)])
def test_only_callers_who_proved_themselves_name_a_coupon_by_its_number(source: Source, by_number: bool) -> None:
    sold = [a_product(0, Decimal(100), "digital")]
    assert pricing.reduces(a_coupon(), a_wish(source, None, coupon=" ten "), sold, NOON)
    assert pricing.reduces(a_coupon(), a_wish(source, None, coupon="7"), sold, NOON) is by_number
    named_seven = a_coupon(id=9, code="7")
    assert pricing.reduces(named_seven, a_wish(source, None, coupon="7"), sold, NOON)


@pytest.mark.parametrize(
    ("source", "kind", "fails"),
    [("page", "digital", True), ("page", "floating", False), ("api", "digital", False), ("owner", "digital", False)],
)
def test_only_somebody_on_a_page_is_told_that_a_code_fails(source: Source, kind: products.Kind, fails: bool) -> None:
    sold, wish = [a_product(0, Decimal(100), kind)], a_wish(source, None, coupon="over")
    assert pricing.check_coupon(wish, sold, None) == (products.CouponFails(coupon="over") if fails else None)
    assert pricing.check_coupon(wish, sold, a_coupon()) is None
    assert pricing.check_coupon(a_wish(source, None), sold, None) is None
