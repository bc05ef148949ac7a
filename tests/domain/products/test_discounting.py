"""What coupons take off: exact to the cent, never less than nothing."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain.products import Coupon, applies, discounted
from enlist.kit import money

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
TEN = Coupon(
    account_id=1,
    id=1,
    code="TEN",
    discount_sum=None,
    discount_percent=Decimal(10),
    valid_from=None,
    valid_until=None,
    product_ids=(),
    partner_id=None,
    most_uses=None,
    uses=0,
    disabled_at=None,
    created_at=NOON,
)

sums = st.decimals(min_value=0, max_value=money.LARGEST, places=2)
items = st.lists(st.tuples(st.integers(1, 4), sums), max_size=12)
percentages = st.decimals(min_value=0, max_value=100, places=4).filter(bool)
covered = st.lists(st.integers(1, 4), max_size=3).map(tuple)


def coupon(**properties: Any) -> Coupon:
    return msgspec.structs.replace(TEN, **properties)


def worth(amount: str, **properties: Any) -> Coupon:
    return coupon(discount_sum=Decimal(amount), discount_percent=None, **properties)


@pytest.mark.parametrize(
    ("properties", "product_ids", "applied"),
    [
        ({}, [1], True),
        ({}, [], False),
        ({"product_ids": (2, 3)}, [1, 3], True),
        ({"product_ids": (2, 3)}, [1, 4], False),
        ({"disabled_at": NOON - timedelta(days=1)}, [1], False),
        ({"most_uses": 2, "uses": 1}, [1], True),
        ({"most_uses": 2, "uses": 2}, [1], False),
        ({"valid_from": NOON}, [1], True),
        ({"valid_from": NOON + timedelta(microseconds=1)}, [1], False),
        ({"valid_until": NOON}, [1], False),
        ({"valid_until": NOON + timedelta(microseconds=1)}, [1], True),
    ],
)
def test_a_coupon_applies_to_what_it_covers_while_it_is_valid(
    properties: dict[str, Any], product_ids: list[int], applied: bool
) -> None:
    assert applies(coupon(**properties), product_ids, NOON) is applied


def test_a_percentage_comes_off_each_item_covered_and_a_sum_off_all_of_them_together() -> None:
    basket = [(1, Decimal("100.00")), (2, Decimal("0.05")), (1, Decimal("33.33"))]
    assert discounted(TEN, basket) == [Decimal("90.00"), Decimal("0.04"), Decimal("30.00")]
    assert discounted(coupon(product_ids=(2,)), basket)[0] == 100
    assert discounted(worth("50", product_ids=(1,)), basket) == [Decimal("62.50"), Decimal("0.05"), Decimal("20.83")]
    assert discounted(worth("1000"), basket) == [0, 0, 0]
    assert discounted(worth("10", product_ids=(9,)), basket) == [price for _, price in basket]
    assert discounted(worth("10"), []) == []


@given(items, percentages, covered)
def test_a_percentage_is_taken_to_the_cent_from_each_item_alone(
    basket: list[tuple[int, Decimal]], per_cent: Decimal, product_ids: tuple[int, ...]
) -> None:
    prices = discounted(coupon(discount_percent=per_cent, product_ids=product_ids), basket)
    for (product_id, price), paid in zip(basket, prices, strict=True):
        off = Decimal(0)
        if not product_ids or product_id in product_ids:
            off = (price * per_cent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert paid == price - off
        assert 0 <= paid <= price


@given(items, sums.filter(bool), covered)
def test_a_sum_comes_off_exactly_and_only_from_what_is_covered(
    basket: list[tuple[int, Decimal]], amount: Decimal, product_ids: tuple[int, ...]
) -> None:
    prices = discounted(worth(str(amount), product_ids=product_ids), basket)
    included = [not product_ids or product_id in product_ids for product_id, _ in basket]
    whole = sum((price for (_, price), inside in zip(basket, included, strict=True) if inside), money.ZERO)
    assert sum(prices) == sum(price for _, price in basket) - min(amount, whole)
    for (_, price), paid, inside in zip(basket, prices, included, strict=True):
        assert 0 <= paid <= price
        assert inside or paid == price
        assert paid == round(paid, 2)


@given(items, percentages)
def test_equal_items_are_discounted_alike_by_a_percentage_and_within_a_cent_by_a_sum(
    basket: list[tuple[int, Decimal]], per_cent: Decimal
) -> None:
    twice = basket + basket
    half = len(basket)
    by_percentage = discounted(coupon(discount_percent=per_cent), twice)
    assert by_percentage[:half] == by_percentage[half:]
    by_sum = discounted(worth("100"), twice)
    assert all(abs(one - other) <= money.CENT for one, other in zip(by_sum[:half], by_sum[half:], strict=True))
