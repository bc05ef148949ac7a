"""What the orders slice refuses."""

from enlist.kit.errors import Refusal


class OrderExists(Refusal):
    """The same buyer has the same products in an order that waits unpaid already (field ``order_id``)."""

    code = "order_exists"


class NoProducts(Refusal):
    """An order needs a product at least."""

    code = "no_products"


class DeliveryDataMissing(Refusal):
    """A physical product cannot be sent without this (field ``field``, as in Buyer)."""

    code = "delivery_data_missing"


class BadOrder(Refusal):
    """Something in the order cannot be kept (fields ``field`` and ``reason``)."""

    code = "bad_order"


class CountryNotServed(Refusal):
    """A product of the order is not delivered there (fields ``country`` and ``product``)."""

    code = "country_not_served"


class SumTooSmall(Refusal):
    """A product costs more than the buyer is ready to pay (fields ``product``, and ``least``, its price)."""

    code = "sum_too_small"


class OrderNotFound(Refusal):
    """The account has no such order, or it is hidden (field ``order_id``)."""

    code = "order_not_found"


class IllegalTransition(Refusal):
    """The order cannot go from its state to that one (fields ``order_id``, ``state`` and ``wanted``)."""

    code = "illegal_transition"


class CancellingForbidden(Refusal):
    """Whoever asks has not shown to be the order's buyer (field ``order_id``)."""

    code = "cancelling_forbidden"


class PartImpossible(Refusal):
    """A part of an order cannot be as small, or as large (fields ``order_id``, ``least`` and ``due``, as sums)."""

    code = "part_impossible"


class PaymentImpossible(Refusal):
    """A payment or refund cannot be recorded (fields ``order_id`` and ``reason``)."""

    code = "payment_impossible"


class OrderIsPaid(Refusal):
    """An order that money came for cannot be hidden (field ``order_id``)."""

    code = "order_is_paid"


class BadPaymentChannel(Refusal):
    """A payment channel cannot be set up like that (fields ``channel`` and ``reason``)."""

    code = "bad_payment_channel"


class PaymentChannelNotFound(Refusal):
    """The account has not set up this payment channel (field ``channel``)."""

    code = "payment_channel_not_found"
