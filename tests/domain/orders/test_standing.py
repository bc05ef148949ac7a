"""How orders stand, what may be paid of them, and who may cancel them: for every mixture of products and states."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enlist.domain import orders, products
from enlist.kit import money
from tests.support.mixtures import NOON, a_product, an_order, mixtures, sums

SECOND = timedelta(seconds=1)
STATES: tuple[orders.State, ...] = get_args(orders.State)


@given(mixtures())
def test_the_first_part_is_the_least_of_what_may_be_paid_in_parts_and_the_whole_of_the_rest(
    mixture: tuple[orders.Order, dict[int, products.Product]],
) -> None:
    order, sold = mixture
    expected, in_parts = money.ZERO, False
    for item in order.items:
        least = sold[item.product_id].least_payment
        in_parts = in_parts or least is not None
        expected += item.sum if least is None or least > item.sum else least
    first = orders.first_part(order, sold)
    assert first == (expected if in_parts else None)
    assert first is None or money.ZERO <= first <= order.total


@given(mixtures(), sums)
def test_no_less_than_the_first_part_and_no_more_than_is_due_can_be_paid(
    mixture: tuple[orders.Order, dict[int, products.Product]], chosen: Decimal
) -> None:
    order, sold = mixture
    assume(order.total)
    payable = orders.payable(order, sold, NOON)
    assert payable is not None
    first = orders.first_part(order, sold)
    assert payable.part(None) == payable.due == order.total
    if first is None or first == order.total:
        assert payable.part(chosen) == payable.due  # sold at once, whatever was chosen
    elif first <= chosen <= order.total:
        assert payable.part(chosen) == chosen > 0
    else:
        with pytest.raises(orders.PartImpossible):
            payable.part(chosen)


@given(mixtures(), sums)
def test_the_last_part_may_be_smaller_than_the_others(
    mixture: tuple[orders.Order, dict[int, products.Product]], received: Decimal
) -> None:
    order, sold = mixture
    assume(received < order.total)
    payable = orders.payable(an_order(*((i.product_id, i.sum) for i in order.items), received=received), sold, NOON)
    assert payable is not None
    assert payable.due == order.total - received
    assert payable.least is None or payable.least < payable.due


def test_a_product_that_is_not_known_any_more_is_paid_at_once() -> None:
    order = an_order((1, Decimal(10)), (2, Decimal(20)))
    assert orders.first_part(order, {}) is None
    assert orders.first_part(order, {1: a_product(1, Decimal(3))}) == Decimal(23)


@pytest.mark.parametrize(
    ("properties", "stands"),
    [
        ({}, "waiting"),
        ({"received": Decimal(1)}, "part"),
        ({"cancel_at": NOON + SECOND}, "waiting"),
        ({"cancel_at": NOON}, "expired"),
        ({"state": "cancelled", "ended_at": NOON}, "cancelled"),
        ({"state": "cancelled", "ended_at": NOON, "cancel_at": NOON - SECOND}, "expired"),
        ({"state": "cancelled", "ended_at": NOON - SECOND, "cancel_at": NOON}, "cancelled"),
        ({"state": "paid", "cancel_at": NOON - SECOND}, "paid"),
        ({"state": "sent"}, "sent"),
        ({"state": "returned"}, "returned"),
        ({"state": "refunded"}, "refunded"),
    ],
)
def test_how_an_order_stands(properties: dict[str, Any], stands: orders.Standing) -> None:
    assert orders.standing(an_order((1, Decimal(10)), **properties), NOON) == stands


@given(
    st.sampled_from(STATES), st.sampled_from([0, 4, 10]), st.booleans(), st.sampled_from([None, NOON, NOON + SECOND])
)
def test_only_what_waits_or_was_sent_unpaid_can_be_paid(
    state: orders.State, received: int, paid: bool, cancel_at: datetime | None
) -> None:
    order = an_order(
        (1, Decimal(10)), state=state, received=Decimal(received), cancel_at=cancel_at, paid_at=NOON if paid else None
    )
    payable = orders.payable(order, {}, NOON)
    stands = orders.standing(order, NOON)
    assert (payable is not None) == (stands in ("waiting", "part", "sent") and not paid and received < 10)


@given(st.sampled_from(STATES), st.sampled_from([0, 4]), st.sampled_from(get_args(orders.Asker)))
def test_nobody_cancels_what_was_paid_for_and_no_visitor_anything(
    state: orders.State, received: int, asker: orders.Asker
) -> None:
    order = an_order((1, Decimal(10)), state=state, received=Decimal(received))
    assert orders.may_cancel(order, asker) == (state == "waiting" and not received and asker != "visitor")


def test_paying_at_delivery_takes_all_products_of_an_order() -> None:
    order = an_order((1, Decimal(10)), (2, Decimal(20)), (1, Decimal(10)))
    sold = {1: a_product(1, cash_on_delivery=True), 2: a_product(2)}
    assert not orders.is_paid_at_delivery(order, sold)
    assert orders.is_paid_at_delivery(order, dict.fromkeys(sold, sold[1]))
    assert [product.id for product in orders.products_of(order, sold)] == [1, 2]
