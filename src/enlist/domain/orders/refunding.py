"""Recording that money went back to buyers."""

from datetime import datetime
from decimal import Decimal

from enlist.domain.orders import crediting, finding, pin_queries, queries
from enlist.domain.orders.checking import BY_HAND, check_payment
from enlist.domain.orders.errors import IllegalTransition, PaymentImpossible
from enlist.domain.orders.events import OrderRefunded
from enlist.domain.orders.locking import lock
from enlist.domain.orders.model import Order, about_money, after_refund, can_be_refunded
from enlist.kit import money
from enlist.runtime import events
from enlist.runtime.db import Tx


async def refund(
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
    """Record that ``amount`` of an order went back (None: all that came); return the order as it is then.

    All of it: the order is refunded. The same ``reference`` of the same ``channel`` again changes nothing, and neither
    does None for an order that is refunded. Refuses with OrderNotFound, IllegalTransition (nothing has come), and
    PaymentImpossible, also for more than has come.
    """
    moved = check_payment(order_id, amount, channel, reference, at, note, tx.now)
    order = (await lock(tx, account_id, order_id, hidden=channel not in BY_HAND)).order
    if reference and await _is_known(tx, order, channel, reference):
        return await finding.tell(tx, order)
    if amount is None and not order.received and order.state == "refunded":
        return await finding.tell(tx, order)
    if amount is None and not can_be_refunded(order):
        raise IllegalTransition(order_id=order_id, state=order.state, wanted="refunded")
    sum_ = order.received if amount is None else amount
    if sum_ > order.received:
        reason = f"{money.write(sum_)} is more than the {money.write(order.received)} that have come"
        raise PaymentImpossible(order_id=order_id, reason=reason)
    if sum_ and not await queries.insert_payment(tx, order, "refund", sum_, channel, reference, moved, note):
        raise PaymentImpossible(order_id=order_id, reason=f"{channel} {reference} is recorded for another order")
    await _give_back(tx, order, sum_, moved, channel, reference)
    return await finding.tell(tx, order)


async def _give_back(tx: Tx, before: Order, amount: Decimal, at: datetime, channel: str, reference: str) -> None:
    order = after_refund(before, amount, at)
    account_id, order_id, whole = order.account_id, order.id, order.state == "refunded"
    await queries.write(tx, order)
    if whole:
        await pin_queries.await_no_pins(tx, account_id, order_id)
    said = about_money(amount, order.currency, channel, reference) | ({"whole": "yes"} if whole else {})
    await queries.note(tx, [(account_id, order_id, "refund", said)])
    await events.publish(tx, [OrderRefunded(owner_id=account_id, order_id=order_id, amount=amount, whole=whole)])
    await crediting.reverse(tx, order, at)


async def _is_known(tx: Tx, order: Order, channel: str, reference: str) -> bool:
    known = await queries.payment_referenced(tx, order.account_id, channel, "refund", reference)
    if known is not None and known != order.id:
        raise PaymentImpossible(order_id=order.id, reason=f"{channel} {reference} is recorded for order {known}")
    return known is not None
