"""What the orders slice announces; amounts are in the currency of the order."""

from decimal import Decimal

from enlist.runtime.events import Event


class OrderPlaced(Event, frozen=True, tag="orders.order_placed"):
    """A new order was placed."""

    order_id: int


class OrderPartlyPaid(Event, frozen=True, tag="orders.order_partly_paid"):
    """Money came for an order, and more is due."""

    order_id: int
    amount: Decimal


class OrderPaid(Event, frozen=True, tag="orders.order_paid"):
    """An order was paid in full; ``amount`` is its last payment, zero if nothing was to be paid."""

    order_id: int
    amount: Decimal


class OrderSent(Event, frozen=True, tag="orders.order_sent"):
    """An order went to the post."""

    order_id: int


class OrderReturned(Event, frozen=True, tag="orders.order_returned"):
    """The buyer sent an order back, or did not fetch it."""

    order_id: int


class OrderCancelled(Event, frozen=True, tag="orders.order_cancelled"):
    """An unpaid order was cancelled, by somebody or by its deadline."""

    order_id: int


class OrderRefunded(Event, frozen=True, tag="orders.order_refunded"):
    """Money of an order went back; ``whole`` when all of it has."""

    order_id: int
    amount: Decimal
    whole: bool
