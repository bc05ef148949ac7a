"""What orders and payments can be like, which needs no database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from enlist.domain.orders.errors import BadOrder, NoProducts, PaymentImpossible
from enlist.domain.orders.model import NewOrder
from enlist.kit import money
from enlist.kit.errors import Refusal
from enlist.kit.text import cut, fault

# The longest that texts may be, in characters: of the buyer (name, phone and city go into contacts as well) ...
_OF_BUYER: Final = (
    ("first_name", 255), ("last_name", 255), ("middle_name", 255), ("phone", 64), ("country", 255), ("region", 255),
    ("city", 255), ("address", 1000), ("postal_code", 64), ("ip", 64),
)  # fmt: skip
# ... and of the order.
_OF_ORDER: Final = (("coupon", 255), ("tag", 255), ("comment", 10_000), ("domain", 255), ("payment_method", 255))
LONGEST_TRACKING_NUMBER: Final = 255
LONGEST_REFERENCE: Final = 255
LONGEST_NOTE: Final = 1000
LONGEST_MARK: Final = 1024
LONGEST_NAME: Final = 100
MOST_MARKS: Final = 100
MOST_ITEMS: Final = 100
MOST_AFFILIATES: Final = 10

# Clocks differ: so far ahead an instant is taken for the present one, and further ahead it is a mistake.
AHEAD: Final = timedelta(minutes=10)
EARLIEST: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
LARGEST_NUMBER: Final = 2**63 - 1

BY_HAND: Final = frozenset({"manual", "api"})  # somebody says that money came; other channels know it


def check(new: NewOrder, now: datetime) -> Refusal | None:
    """Tell why an order cannot be kept, whatever the database holds; None if it can."""
    if not new.wanted:
        return NoProducts()
    if len(new.wanted) > MOST_ITEMS:
        return BadOrder(field="products", reason=f"are more than {MOST_ITEMS}")
    for wanted in new.wanted:
        if wanted.sum is not None and not is_sum(wanted.sum):
            return BadOrder(field="sum", reason=f"must be from 0 to {money.LARGEST}, in whole cents")
    for part, limits in ((new.buyer, _OF_BUYER), (new, _OF_ORDER)):
        for field, longest in limits:
            text = getattr(part, field)
            if text and (reason := fault(text, longest)):
                return BadOrder(field=field, reason=reason)
    return _check_instants(new, now) or _check_words(new)


def is_sum(value: Decimal) -> bool:
    """Tell whether ``value`` is a sum of money, not negative and in whole cents."""
    return value.is_finite() and 0 <= value <= money.LARGEST and value == value.quantize(money.CENT)


def moment(at: datetime | None, now: datetime) -> datetime | None:
    """Return when something happened (None: now), at the latest ``now``; None if that is in the future."""
    if at is None or now < at <= now + AHEAD:
        return now
    return at if EARLIEST <= at <= now else None


def check_payment(
    order_id: int, amount: Decimal | None, channel: str, reference: str, at: datetime | None, note: str, now: datetime
) -> datetime:
    """Return when the money moved. Refuses with PaymentImpossible what no payment and no refund can be like."""
    if amount is not None and not (is_sum(amount) and amount):
        raise PaymentImpossible(order_id=order_id, reason=f"the sum must be above 0, at most {money.LARGEST}")
    for text, longest in ((channel, LONGEST_NAME), (reference, LONGEST_REFERENCE), (note, LONGEST_NOTE)):
        if reason := fault(text, longest):
            raise PaymentImpossible(order_id=order_id, reason=f"a text {reason}")
    moved = moment(at, now)
    if moved is None and channel not in BY_HAND:
        return now  # a payment channel with a wrong clock: that money came is what matters
    if moved is None:
        raise PaymentImpossible(order_id=order_id, reason="the date is yet to come, or before 1970")
    return moved


def is_number(number: int) -> bool:
    """Tell whether something can have this number."""
    return 0 < number <= LARGEST_NUMBER


def _check_instants(new: NewOrder, now: datetime) -> BadOrder | None:
    if new.created_at is not None and moment(new.created_at, now) is None:
        return BadOrder(field="created_at", reason="is yet to come, or before 1970")
    if isinstance(new.cancel, datetime) and new.cancel < EARLIEST:
        return BadOrder(field="cancel_at", reason="is before 1970")
    if new.manager_id is not None and not is_number(new.manager_id):
        return BadOrder(field="manager_id", reason="is no number of a manager")
    return None


def _check_words(new: NewOrder) -> BadOrder | None:
    for field, text in _words(new):
        if reason := fault(text, LONGEST_MARK) or fault(field, LONGEST_NAME):
            return BadOrder(field=cut(field, LONGEST_NAME), reason=reason)
    if len(new.marks or ()) > MOST_MARKS or len(new.extra or ()) > MOST_MARKS:
        return BadOrder(field="marks", reason=f"are more than {MOST_MARKS}")
    if len(new.affiliates) > MOST_AFFILIATES:
        return BadOrder(field="affiliates", reason=f"are more than {MOST_AFFILIATES}")
    return None


def _words(new: NewOrder) -> Iterator[tuple[str, str]]:
    for words in (new.marks, new.extra):
        for name, text in (words or {}).items():
            yield name, text
            yield "marks", name
    for login in new.affiliates:
        yield "affiliates", login
    for wanted in new.wanted:
        yield "product", wanted.product
