"""Recording payments, and what a payment in full brings about."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from enlist.domain import products
from enlist.domain.orders import crediting, finding, fulfilling, queries
from enlist.domain.orders.checking import BY_HAND, check_payment
from enlist.domain.orders.errors import IllegalTransition, PaymentImpossible
from enlist.domain.orders.events import OrderPaid, OrderPartlyPaid
from enlist.domain.orders.locking import lock_with_buyer
from enlist.domain.orders.model import LockedOrder, Order, about_money, after_payment
from enlist.kit import money
from enlist.runtime import events
from enlist.runtime.db import Tx

# Far more than anything costs, and less than can be kept as received.
MOST_RECEIVED: Final = 5 * money.LARGEST


async def pay(
    tx: Tx,
    account_id: int,
    order_id: int,
    amount: Decimal | None,
    *,
    channel: str,
    reference: str = "",
    at: datetime | None = None,
    note: str = "",
) -> Order:
    """Record that ``amount`` came for an order (None: all that is due); return the order as it is then.

    The same ``reference`` of the same ``channel`` again changes nothing, and neither does None when nothing is due.
    Payment in full enrols the buyer, hands out pin codes and queues letters, once; in parts it takes the deadline
    away. What a channel other than ``manual`` and ``api`` reports is recorded whatever the order's state is, also for
    a hidden one; the first such channel becomes the order's payment method if it has none. ``at`` is when the money
    moved (None: now). Refuses with OrderNotFound, IllegalTransition, PaymentImpossible.
    """
    moved = check_payment(order_id, amount, channel, reference, at, note, tx.now)
    by_hand = channel in BY_HAND
    locked = await lock_with_buyer(tx, account_id, order_id, hidden=not by_hand)
    order = locked.order
    if reference and await _is_known(tx, order, channel, reference):
        return await finding.tell(tx, order)
    if by_hand:
        _check_state(order)
    if amount is None and order.paid_at is not None:
        return await finding.tell(tx, order)
    rest = _rest(order)
    sum_ = rest if amount is None else amount
    _check_sum(order, sum_, rest if by_hand else None)
    if sum_ and not await queries.insert_payment(tx, order, "payment", sum_, channel, reference, moved, note):
        raise PaymentImpossible(order_id=order_id, reason=f"{channel} {reference} is recorded for another order")
    paid = after_payment(order, sum_, moved)
    if not by_hand and not order.payment_method:
        paid = replace(paid, payment_method=channel)
    await take(tx, locked, paid, sum_, about_money(sum_, order.currency, channel, reference))
    return await finding.tell(tx, order)


async def take(tx: Tx, before: LockedOrder, order: Order, amount: Decimal, said: Mapping[str, str]) -> None:
    """Write what a payment of ``amount`` makes of an order, and bring about what follows from that.

    ``said`` are the fields of the payment in the order's history.
    """
    account_id, order_id, old = order.account_id, order.id, before.order
    await queries.write(tx, order)
    await queries.note(tx, [(account_id, order_id, "payment", said), *_remarks(old, order)])
    if old.state == "cancelled" and order.state != "cancelled" and before.coupon_id is not None:
        # It was given back when the order was cancelled; whether there is one left now is no matter any more.
        await products.use_coupon(tx, account_id, before.coupon_id)
    if order.paid_at is not None and old.paid_at is None:
        await fulfilling.fulfil(tx, [order])
        await events.publish(tx, [OrderPaid(owner_id=account_id, order_id=order_id, amount=amount)])
        await crediting.charge(tx, order)
    elif order.state in ("waiting", "sent") and order.due and not order.hidden:
        await events.publish(tx, [OrderPartlyPaid(owner_id=account_id, order_id=order_id, amount=amount)])


async def _is_known(tx: Tx, order: Order, channel: str, reference: str) -> bool:
    known = await queries.payment_referenced(tx, order.account_id, channel, "payment", reference)
    if known is not None and known != order.id:
        raise PaymentImpossible(order_id=order.id, reason=f"{channel} {reference} is recorded for order {known}")
    return known is not None


def _check_state(order: Order) -> None:
    if order.state in ("returned", "refunded"):
        raise IllegalTransition(order_id=order.id, state=order.state, wanted="paid")


def _rest(order: Order) -> Decimal:
    """Tell what is missing, for a cancelled order, too; 0 once it was paid in full."""
    return money.ZERO if order.paid_at is not None else max(order.total - order.received, money.ZERO)


def _check_sum(order: Order, amount: Decimal, most: Decimal | None) -> None:
    if most is not None and amount > most:
        reason = f"{money.write(amount)} is more than the {money.write(most)} that are due"
        raise PaymentImpossible(order_id=order.id, reason=reason)
    if order.received + amount > MOST_RECEIVED:
        raise PaymentImpossible(order_id=order.id, reason=f"more than {MOST_RECEIVED} cannot be kept")


def _remarks(old: Order, order: Order) -> list[tuple[int, int, str, Mapping[str, str]]]:
    """Say in the order's history what else it means that money came."""
    remarks: list[tuple[str, dict[str, str]]] = []
    if order.hidden or order.state in ("returned", "refunded"):
        state = "hidden" if order.hidden else order.state
        remarks.append(("attention", {"reason": "money_came", "state": state}))
    elif order.received > order.total:
        more = money.write(order.received - order.total)
        remarks.append(("attention", {"reason": "overpaid", "amount": more, "currency": order.currency}))
    if old.state == "cancelled" and order.state != "cancelled":
        remarks.append(("revived", {}))
    if order.paid_at is not None and old.paid_at is None:
        remarks.append(("paid", {}))
    return [(order.account_id, order.id, event, fields) for event, fields in remarks]
