"""The protocol's codes with their exact texts (wire.md §5)."""

from typing import Any, Final

import msgspec

from enlist.domain import groups
from enlist.doors.justclick import group_names


class Reply(msgspec.Struct, frozen=True):
    """What a call is answered with, before it is signed."""

    code: int
    text: str
    result: Any = ()


OK: Final = Reply(0, "ok")
ACTIVATION_SENT: Final = Reply(0, "activation email sent to subscriber")
STATUS_CHANGED: Final = Reply(0, "order status changed")
ORDER_DELETED: Final = Reply(0, "order deleted")
NO_HASH: Final = Reply(1, "not transferred hash")
NO_DATA: Final = Reply(2, "no transmitted data")
WRONG_DATA: Final = Reply(3, "wrong posted data")
WRONG_HASH: Final = Reply(4, "incorrect hash")
UNKNOWN_USER: Final = Reply(5, "invalid user name")
DISABLED: Final = Reply(7, "account disabled")
# The original's text for 8 is not known (wire.md §5); readings.md#2 gives the one for a busy service.
TOO_MANY: Final = Reply(8, "api request limit exceeded")
BUSY: Final = Reply(8, "service busy, try again later")
EMAIL_MISSING: Final = Reply(100, "email is missing")
ALREADY_REGISTERED: Final = Reply(102, "the subscriber is already registered")
UNKNOWN_GROUP: Final = Reply(103, "has an invalid subscriptions group")
NONEXISTENT_ORDER: Final = Reply(200, "nonexistent order")
WRONG_STATUS: Final = Reply(201, "wrong status")
NOT_PAID: Final = Reply(202, "order not paid")
ORDER_NUMBER_EMPTY: Final = Reply(203, "order number is empty")
# Twins of 200 and 201; readings.md#12 says which call answers with which.
NO_SUCH_ORDER: Final = Reply(302, "nonexistent order")
WRONG_ORDER_STATUS: Final = Reply(303, "wrong status")
NO_ORDERS: Final = Reply(400, "order not found")  # of this email address
ORDER_NOT_FOUND: Final = Reply(400, "Order not found")  # of this number
SUBSCRIBER_NOT_FOUND: Final = Reply(500, "subscriber not found")
IN_NO_GROUP: Final = Reply(501, "group not found")
WRONG_EMAIL: Final = Reply(600, "wrong email")
ORDER_NOT_CREATED: Final = Reply(602, "error creating order")
MISSING_PRODUCTS: Final = Reply(603, "missing products")
NO_DELIVERY_DATA: Final = Reply(605, "not having any data for delivery products")
NO_PRODUCTS: Final = Reply(700, "no products")
GROUP_NOT_FOUND: Final = Reply(800, "group subscribers is not found")
ADDRESS_NOT_FOUND: Final = Reply(801, "subscriber with such address is not found")


def in_capitals(reply: Reply) -> Reply:
    """Say success as the second generation does (readings.md#5)."""
    return Reply(reply.code, "OK", reply.result) if reply.text == OK.text else reply


def permission_denied(ip: str) -> Reply:
    """Code 6, which names the caller's address."""
    return Reply(6, f"permission denied for ip {ip}")


def subscription_error(description: str) -> Reply:
    """Code 101, whose text ends with a description."""
    return Reply(101, f"subscription error: {description}")


def forbidden_group(refusal: groups.GroupForbidden) -> Reply:
    """Code 104, whose text ends with the group's name."""
    return Reply(104, f"subscription forbidden for {group_names.theirs(str(refusal.fields['group']))}")


def order_exists(result: Any) -> Reply:
    """Code 601, which brings the number of the order that is there already."""
    return Reply(601, "order already exist. his number send in result array.", result)


def product_missing(good_name: str) -> Reply:
    """Code 604, which brings the product that is not there (readings.md#12)."""
    return Reply(604, "product not exist", {"good_name": good_name})
