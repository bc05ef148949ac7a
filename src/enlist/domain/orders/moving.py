"""Moving orders on: sent, returned, cancelled; each of them said twice is as good as once."""

from datetime import datetime

from msgspec.structs import replace

from enlist.domain.orders import expiring, finding, pin_queries, queries
from enlist.domain.orders.checking import LONGEST_TRACKING_NUMBER, moment
from enlist.domain.orders.errors import BadOrder, CancellingForbidden, IllegalTransition
from enlist.domain.orders.events import OrderReturned, OrderSent
from enlist.domain.orders.locking import lock
from enlist.domain.orders.model import TRANSITIONS, CancelledOrder, Order, State
from enlist.domain.orders.standing import Asker, may_cancel
from enlist.kit.text import fault
from enlist.runtime import events
from enlist.runtime.db import Tx


async def mark_sent(
    tx: Tx, account_id: int, order_id: int, *, tracking_number: str = "", at: datetime | None = None
) -> Order:
    """Note that an order, paid or to be paid at delivery, went to the post (None: now).

    Of one that went there before, another tracking number is noted, nothing else. Refuses with OrderNotFound,
    IllegalTransition, BadOrder.
    """
    if reason := fault(tracking_number, LONGEST_TRACKING_NUMBER):
        raise BadOrder(field="tracking_number", reason=reason)
    sent_at = _moment("sent_at", at, tx.now)
    order = (await lock(tx, account_id, order_id)).order
    number = tracking_number or order.tracking_number
    if order.state == "sent":
        if number != order.tracking_number:
            await queries.write(tx, replace(order, tracking_number=number))
            await queries.note(tx, [(account_id, order_id, "tracking_number", {"tracking_number": number})])
        return await finding.tell(tx, order)
    _check(order, "sent")
    await queries.write(tx, replace(order, state="sent", sent_at=sent_at, tracking_number=number, cancel_at=None))
    await queries.note(tx, [(account_id, order_id, "sent", {"tracking_number": number} if number else {})])
    await events.publish(tx, [OrderSent(owner_id=account_id, order_id=order_id)])
    return await finding.tell(tx, order)


async def mark_returned(tx: Tx, account_id: int, order_id: int, *, at: datetime | None = None) -> Order:
    """Note that an order came back (None: now). Refuses with OrderNotFound, IllegalTransition, BadOrder."""
    ended_at = _moment("ended_at", at, tx.now)
    order = (await lock(tx, account_id, order_id)).order
    if order.state != "returned":
        _check(order, "returned")
        await queries.write(tx, replace(order, state="returned", ended_at=ended_at))
        await pin_queries.await_no_pins(tx, account_id, order_id)
        await queries.note(tx, [(account_id, order_id, "returned", {})])
        await events.publish(tx, [OrderReturned(owner_id=account_id, order_id=order_id)])
    return await finding.tell(tx, order)


async def cancel(tx: Tx, account_id: int, order_id: int, *, asker: Asker = "owner") -> Order:
    """Cancel an order that nothing was paid for; ``asker`` is who wants that.

    Refuses with OrderNotFound, IllegalTransition, CancellingForbidden.
    """
    if asker == "visitor":
        raise CancellingForbidden(order_id=order_id)
    locked = await lock(tx, account_id, order_id)
    order = locked.order
    if order.state != "cancelled":
        if not may_cancel(order, asker):
            state = "partly paid" if order.received and order.state == "waiting" else order.state
            raise IllegalTransition(order_id=order_id, state=state, wanted="cancelled")
        await queries.write(tx, replace(order, state="cancelled", ended_at=tx.now, cancel_at=None))
        await expiring.announce(tx, [CancelledOrder(account_id, order_id, locked.coupon_id)])
    return await finding.tell(tx, order)


def _check(order: Order, wanted: State) -> None:
    if wanted not in TRANSITIONS[order.state]:
        raise IllegalTransition(order_id=order.id, state=order.state, wanted=wanted)


def _moment(field: str, at: datetime | None, now: datetime) -> datetime:
    happened = moment(at, now)
    if happened is None:
        raise BadOrder(field=field, reason="is yet to come, or before 1970")
    return happened
