"""What Stripe's events tell: of a paid Checkout session, and of money that went back."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import msgspec

from enlist.channels.stripe_amounts import from_smallest_units
from enlist.domain.orders import Received

# What we write on a session, and on the charge that comes of it, to know our own again.
ACCOUNT: Final = "enlist_account"
ORDER: Final = "enlist_order"
CURRENCY: Final = "enlist_currency"
_LARGEST_NUMBER: Final = 2**63 - 1

_Units = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=2**35)]


class _Data(msgspec.Struct):
    object: msgspec.Raw
    previous_attributes: msgspec.Raw = msgspec.Raw(b"{}")


class _Event(msgspec.Struct):
    type: str
    created: _Seconds
    data: _Data


class _Session(msgspec.Struct):
    id: str
    payment_status: str
    amount_total: _Units | None = None
    currency: str | None = None
    metadata: dict[str, str] | None = None


class _Charge(msgspec.Struct):
    id: str
    amount_refunded: _Units
    currency: str
    metadata: dict[str, str] | None = None


class _ChargeBefore(msgspec.Struct):
    amount_refunded: _Units = 0


def read(body: bytes) -> Received | None:
    """Read an event whose signature has been checked; None if no money of an order of ours moved.

    Raises ValueError or msgspec.DecodeError for what is no event of Stripe's.
    """
    event = msgspec.json.decode(body, type=_Event)
    reader = _READERS.get(event.type)
    return reader(event) if reader else None


def _session(event: _Event) -> Received | None:
    """Read a session that was completed; one not paid yet will be told of again when its money has come."""
    session = msgspec.json.decode(event.data.object, type=_Session)
    if session.payment_status != "paid" or session.amount_total is None or session.currency is None:
        return None
    return _received("payment", event, session.metadata, session.amount_total, session.currency, session.id)


def _refund(event: _Event) -> Received | None:
    """Read a refund: the charge tells what has gone back so far, so what went back now is the difference."""
    charge = msgspec.json.decode(event.data.object, type=_Charge)
    before = msgspec.json.decode(event.data.previous_attributes, type=_ChargeBefore)
    units = charge.amount_refunded - before.amount_refunded
    reference = f"{charge.id}/{charge.amount_refunded}"
    return _received("refund", event, charge.metadata, units, charge.currency, reference)


_READERS: Final[Mapping[str, Callable[[_Event], Received | None]]] = {
    "checkout.session.completed": _session,
    "checkout.session.async_payment_succeeded": _session,
    "charge.refunded": _refund,
}


def _received(
    kind: Literal["payment", "refund"],
    event: _Event,
    metadata: Mapping[str, str] | None,
    units: int,
    currency: str,
    reference: str,
) -> Received | None:
    ours = metadata or {}
    account, order = _number(ours.get(ACCOUNT, "")), _number(ours.get(ORDER, ""))
    if account is None or order is None or units <= 0:
        return None
    if currency.lower() != ours.get(CURRENCY):
        raise ValueError(f"order {order} is to be paid in {ours.get(CURRENCY)}, not in {currency}")
    at = datetime.fromtimestamp(event.created, UTC)
    return Received(kind, account, order, from_smallest_units(units, currency), reference, at)


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    number = int(text)
    return number if number <= _LARGEST_NUMBER else None
