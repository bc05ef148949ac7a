"""What the orders slice refuses."""

from enlist.kit.errors import Refusal


class OrderExists(Refusal):
    """The same buyer has the same products in an order that waits unpaid already (field ``order_id``)."""

    code = "order_exists"
    sentence = "Order {order_id} with the same products already waits for payment."


class NoProducts(Refusal):
    """An order needs a product at least."""

    code = "no_products"
    sentence = "An order needs at least one product."


class DeliveryDataMissing(Refusal):
    """A physical product cannot be sent without this (field ``field``, as in Buyer)."""

    code = "delivery_data_missing"
    sentence = "The {field} is missing; a physical product cannot be delivered without it."


class BadOrder(Refusal):
    """Something in the order cannot be kept (fields ``field`` and ``reason``)."""

    code = "bad_order"
    sentence = "The {field} {reason}."


class CountryNotServed(Refusal):
    """A product of the order is not delivered there (fields ``country`` and ``product``)."""

    code = "country_not_served"
    sentence = "The product {product} is not delivered to {country}."


class SumTooSmall(Refusal):
    """A product costs more than the buyer is ready to pay (fields ``product``, and ``least``, its price)."""

    code = "sum_too_small"
    sentence = "The product {product} costs at least {least}."


class OrderNotFound(Refusal):
    """The account has no such order, or it is hidden (field ``order_id``)."""

    code = "order_not_found"
    sentence = "There is no order {order_id}; check its number."


class IllegalTransition(Refusal):
    """The order cannot go from its state to that one (fields ``order_id``, ``state`` and ``wanted``)."""

    code = "illegal_transition"
    sentence = "Order {order_id} is {state} and cannot become {wanted}."


class CancellingForbidden(Refusal):
    """Whoever asks has not shown to be the order's buyer (field ``order_id``)."""

    code = "cancelling_forbidden"
    sentence = "Only the buyer can cancel order {order_id}."


class PartImpossible(Refusal):
    """A part of an order cannot be as small, or as large (fields ``order_id``, ``least`` and ``due``, as sums)."""

    code = "part_impossible"
    sentence = "A part of the payment for order {order_id} must be from {least} to {due}."


class PaymentImpossible(Refusal):
    """A payment or refund cannot be recorded (fields ``order_id`` and ``reason``)."""

    code = "payment_impossible"
    sentence = "Cannot record this payment for order {order_id}: {reason}."


class OrderIsPaid(Refusal):
    """An order that money came for cannot be hidden (field ``order_id``)."""

    code = "order_is_paid"
    sentence = "Order {order_id} has payments; refund them before you hide it."


class BadPaymentChannel(Refusal):
    """A payment channel cannot be set up like that (fields ``channel`` and ``reason``)."""

    code = "bad_payment_channel"
    sentence = "Cannot set up {channel}: it {reason}."


class PaymentChannelNotFound(Refusal):
    """The account has not set up this payment channel (field ``channel``)."""

    code = "payment_channel_not_found"
    sentence = "The payment channel {channel} is not set up; `enlist payments list` shows those that are."
