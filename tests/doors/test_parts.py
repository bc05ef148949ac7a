"""Two doors, one rule: what the API tells of paying in parts is what the payment page takes, for every mixture."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import orders, products
from enlist.doors.justclick.api import order_results
from enlist.doors.pages import paying
from enlist.kit import money
from tests.support.mixtures import NOON, a_product, an_order, mixtures


def taken(order: orders.Order, sold: dict[int, products.Product], typed: str) -> Decimal | None:
    """Return what the page takes when somebody types an amount; None if it points out a mistake."""
    payable = orders.payable(order, sold, NOON)
    assert payable is not None
    try:
        return payable.part(paying.chosen(typed))
    except orders.PartImpossible:
        return None


@given(mixtures(), st.decimals(min_value=0, max_value=7000, places=2))
def test_the_page_takes_what_the_api_tells(mixture: tuple[orders.Order, dict[int, Any]], amount: Decimal) -> None:
    order, sold = mixture
    if not order.total:
        return
    told = order_results.of_goods(order, sold)
    least = Decimal(told["prepayment_minsum"])
    for typed in (amount, least, least - money.CENT, order.total):
        found = taken(order, sold, f"{typed}")
        if told["prepayment_enabled"] and least < order.total:
            assert found == (typed if least <= typed <= order.total else None)
        else:
            assert found == order.total  # sold at once, whatever was typed
    assert taken(order, sold, "") == order.total


@given(st.sampled_from(["nonsense", "-1", "1e99", "NaN", "0", "٣"]))
def test_what_is_no_sum_is_no_part(typed: str) -> None:
    sold = {1: a_product(1, Decimal(4))}
    assert taken(an_order((1, Decimal(10))), sold, typed) is None
