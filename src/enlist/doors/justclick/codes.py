"""The protocol's codes with their exact texts (wire.md §5)."""

from typing import Any, Final

import msgspec


class Reply(msgspec.Struct, frozen=True):
    """What a call is answered with, before it is signed."""

    code: int
    text: str
    result: Any = ()


OK: Final = Reply(0, "ok")
ACTIVATION_SENT: Final = Reply(0, "activation email sent to subscriber")
NO_HASH: Final = Reply(1, "not transferred hash")
NO_DATA: Final = Reply(2, "no transmitted data")
WRONG_DATA: Final = Reply(3, "wrong posted data")
WRONG_HASH: Final = Reply(4, "incorrect hash")
UNKNOWN_USER: Final = Reply(5, "invalid user name")
DISABLED: Final = Reply(7, "account disabled")
# The original's text for 8 is not known (wire.md §5); decision 2 gives the one for a busy service.
TOO_MANY: Final = Reply(8, "api request limit exceeded")
BUSY: Final = Reply(8, "service busy, try again later")
EMAIL_MISSING: Final = Reply(100, "email is missing")
ALREADY_REGISTERED: Final = Reply(102, "the subscriber is already registered")
UNKNOWN_GROUP: Final = Reply(103, "has an invalid subscriptions group")
SUBSCRIBER_NOT_FOUND: Final = Reply(500, "subscriber not found")
IN_NO_GROUP: Final = Reply(501, "group not found")
GROUP_NOT_FOUND: Final = Reply(800, "group subscribers is not found")
ADDRESS_NOT_FOUND: Final = Reply(801, "subscriber with such address is not found")


def permission_denied(ip: str) -> Reply:
    """Code 6, which names the caller's address."""
    return Reply(6, f"permission denied for ip {ip}")


def subscription_error(description: str) -> Reply:
    """Code 101, whose text ends with a description."""
    return Reply(101, f"subscription error: {description}")


def forbidden_group(group: str) -> Reply:
    """Code 104, whose text ends with the group's name."""
    return Reply(104, f"subscription forbidden for {group}")
