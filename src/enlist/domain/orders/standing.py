"""How an order stands, what may be paid of it now, and who may cancel it: one answer for every door, no database."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec

from enlist.domain import products
from enlist.domain.orders.errors import PartImpossible
from enlist.domain.orders.model import TRANSITIONS, Order
from enlist.kit import money

Standing = Literal["waiting", "part", "paid", "sent", "expired", "cancelled", "returned", "refunded"]
# Who asks: the account's owner; the buyer, proven by the link to the order; or anybody who typed the buyer's address.
Asker = Literal["owner", "buyer", "visitor"]
Sold = Mapping[int, products.Product]

_PAYABLE: Final[frozenset[Standing]] = frozenset({"waiting", "part", "sent"})


class Payable(msgspec.Struct, frozen=True):
    """What may be paid of an order now: all that is ``due``, or a part of ``least`` or more (None: only all of it)."""

    order_id: int
    due: Decimal
    least: Decimal | None

    def part(self, chosen: Decimal | None) -> Decimal:
        """Return how much is paid when the buyer chose this (None: nothing in particular, which means all).

        What is sold at once is paid at once, whatever was chosen. Refuses with PartImpossible.
        """
        if self.least is None or chosen is None:
            return self.due
        if not self.least <= chosen <= self.due:
            raise PartImpossible(order_id=self.order_id, least=money.write(self.least), due=money.write(self.due))
        return chosen


def standing(order: Order, now: datetime) -> Standing:
    """Tell how an order stands; one whose deadline has passed unpaid is expired before it is cancelled for that."""
    late = order.cancel_at is not None and (order.ended_at or now) >= order.cancel_at
    if order.state == "cancelled" or (order.state == "waiting" and late):
        return "expired" if late else "cancelled"
    if order.state == "waiting":
        return "part" if order.received else "waiting"
    return order.state


def payable(order: Order, sold: Sold, now: datetime) -> Payable | None:
    """Tell what buyers and visitors may pay now; None: nothing. ``sold`` are the order's products by number."""
    if not order.due or standing(order, now) not in _PAYABLE:
        return None
    first = first_part(order, sold)
    return Payable(order.id, order.due, first if first is not None and first < order.due else None)


def first_part(order: Order, sold: Sold) -> Decimal | None:
    """Tell the least that must be paid at first if an order may be paid in parts; None: it may not.

    It may if one of its products may. The first part is the sum of each item's least part, and the whole price of
    those that are sold at once (api-1.0.md §12).
    """
    least = [sold[item.product_id].least_payment if item.product_id in sold else None for item in order.items]
    if not any(part is not None for part in least):
        return None
    parts = (item.sum if part is None else min(part, item.sum) for item, part in zip(order.items, least, strict=True))
    return sum(parts, money.ZERO)


def may_cancel(order: Order, asker: Asker) -> bool:
    """Tell whether ``asker`` may cancel an order: nothing was paid for it, and they are not just any visitor."""
    return asker != "visitor" and "cancelled" in TRANSITIONS[order.state] and not order.received


def is_paid_at_delivery(order: Order, sold: Sold) -> bool:
    """Tell whether all products of an order may be paid when they arrive."""
    return all(product.cash_on_delivery for product in products_of(order, sold))


def products_of(order: Order, sold: Sold) -> Iterator[products.Product]:
    """Give the products of an order, each once, in its order."""
    for product_id in dict.fromkeys(item.product_id for item in order.items):
        if product_id in sold:
            yield sold[product_id]
