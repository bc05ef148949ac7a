"""What orders, their items and payments are."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from enlist.domain import accounts, attribution, commissions
from enlist.kit import money
from enlist.kit.email import EmailAddress
from enlist.runtime.actors import Actor

State = Literal["waiting", "paid", "sent", "returned", "cancelled", "refunded"]


# Which states an order can be brought to by whoever keeps it. Payments and refunds move it as well, see `after_payment`
# and `after_refund`; from returned and refunded nothing leads back.
TRANSITIONS: Final[Mapping[State, frozenset[State]]] = {
    "waiting": frozenset({"sent", "cancelled"}),
    "paid": frozenset({"sent", "returned"}),
    "sent": frozenset({"returned"}),
    "returned": frozenset(),
    "cancelled": frozenset(),
    "refunded": frozenset(),
}


class Buyer(msgspec.Struct, frozen=True, kw_only=True):
    """Who orders, as said in this order; empty texts say nothing."""

    email: EmailAddress
    first_name: str = ""
    last_name: str = ""
    middle_name: str = ""
    phone: str = ""
    country: str = ""
    region: str = ""
    city: str = ""
    address: str = ""
    postal_code: str = ""
    ip: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """A product in an order to be placed: by its name, or by its number as text; ``sum`` None: its own price.

    A ``sum`` that is given is final: a coupon does not change it. For a product with a floating price it is at least
    that price; buyers on a page (see ``NewOrder.source``) name a sum for such a product, and for no other.
    """

    product: str
    sum: Decimal | None = None


class NewOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The wish to order."""

    account: accounts.Account
    buyer: Buyer
    wanted: tuple[Wanted, ...]
    coupon: str = ""  # its code, or its number as text; one that does not apply is ignored
    tag: str = ""
    comment: str = ""
    domain: str = ""
    source: Literal["api", "page", "owner"] = "api"
    cancel: Literal["by product", "never"] | datetime = "by product"
    created_at: datetime | None = None  # None: now
    payment_method: str = ""
    manager_id: int | None = None
    marks: Mapping[str, str] | None = None  # utm_*, aff_* and old numeric ones, those that were sent
    touches: tuple[attribution.Touch, ...] = ()  # clicks that a page or form knows of, beside the marks
    affiliates: tuple[str, ...] = ()  # logins of partners named outright, first level first; an empty one: nobody
    extra: Mapping[str, str] | None = None  # further words of the client's, kept and shown with the order


class Placed(msgspec.Struct, frozen=True):
    """The outcome for a new order: its number."""

    order_id: int


class Item(msgspec.Struct, frozen=True):
    """One product in an order; ``price`` was its own then, ``sum`` is what is to be paid for it."""

    place: int
    product_id: int
    name: str
    title: str
    price: Decimal
    sum: Decimal
    pin_code: str


class Change(msgspec.Struct, frozen=True):
    """Something that happened to an order: ``actor`` did it, ``event`` names it, ``fields`` say more.

    ``in_words`` is what older releases wrote instead of fields; it may be the only thing known of an old event.
    """

    at: datetime
    actor: Actor
    event: str
    fields: Mapping[str, str]
    in_words: str = ""


def about_money(amount: Decimal, currency: str, channel: str, reference: str) -> dict[str, str]:
    """Return the fields of an event of an order that is about money which came or went."""
    said = {"amount": money.write(amount), "currency": currency, "channel": channel}
    return said | {"reference": reference} if reference else said


class Links(msgspec.Struct, frozen=True):
    """Makes the address of an order's payment page from (account, order); the plan supplies it."""

    pay: Callable[[int, int], str]


class Payment(msgspec.Struct, frozen=True):
    """Money that came (payment) or went back (refund)."""

    id: int
    kind: Literal["payment", "refund"]
    amount: Decimal
    channel: str
    reference: str
    at: datetime
    recorded_at: datetime
    note: str


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order as its readers see it, with its items.

    ``state`` says how far it is, ``paid_at`` when it was paid in full; ``received`` is payments less refunds. ``fees``
    are filled in for those who ask for them.
    """

    account_id: int
    id: int
    contact_id: int
    state: State
    email: str
    first_name: str
    last_name: str
    middle_name: str
    phone: str
    country: str
    region: str
    city: str
    address: str
    postal_code: str
    ip: str
    currency: str
    total: Decimal
    received: Decimal
    coupon: str
    tag: str
    comment: str
    domain: str
    source: str
    payment_method: str
    tracking_number: str
    manager_id: int | None
    marks: Mapping[str, str]
    extra: Mapping[str, str]
    created_at: datetime
    cancel_at: datetime | None
    paid_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None
    items: tuple[Item, ...]
    fees: tuple[commissions.FeeRow, ...] = ()
    hidden: bool = False

    @property
    def due(self) -> Decimal:
        """What is still to be paid; 0 once it was paid in full, cancelled, returned or refunded."""
        if self.paid_at is not None or self.state in ("cancelled", "returned", "refunded"):
            return money.ZERO
        return max(self.total - self.received, money.ZERO)


class LockedOrder(msgspec.Struct, frozen=True):
    """An order that nobody else changes until the end of the transaction, and the coupon that it uses."""

    order: Order
    coupon_id: int | None


class CancelledOrder(NamedTuple):
    """An order that was cancelled, and the coupon that it used."""

    account_id: int
    order_id: int
    coupon_id: int | None


class AwaitingItem(NamedTuple):
    """A paid item for which there was no pin code, and the buyer's address."""

    account_id: int
    order_id: int
    place: int
    product_id: int
    email: str


def after_payment(order: Order, amount: Decimal, at: datetime) -> Order:
    """Return the order as it is after ``amount`` came at the instant ``at``.

    One that waits or was cancelled is paid then, or waits for the rest. One that was returned, refunded or hidden stays
    as it is, and so does one that was sent, but for ``paid_at``: the money is there all the same.
    """
    changed = replace(order, received=order.received + amount, cancel_at=None)
    if order.hidden or order.state in ("returned", "refunded"):
        return changed
    full = changed.received >= order.total
    if order.state in ("waiting", "cancelled"):
        changed = replace(changed, state="paid" if full else "waiting", ended_at=None)
    return replace(changed, paid_at=at) if full and order.paid_at is None else changed


def after_refund(order: Order, amount: Decimal, at: datetime) -> Order:
    """Return the order as it is after ``amount`` went back at the instant ``at``: refunded if nothing is left."""
    changed = replace(order, received=order.received - amount)
    return replace(changed, state="refunded", ended_at=at) if not changed.received else changed


def can_be_refunded(order: Order) -> bool:
    """Tell whether there is anything to give back; an order that cost nothing can be refunded, too."""
    return order.received > 0 or (order.paid_at is not None and not order.total and order.state != "refunded")
