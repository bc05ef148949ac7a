"""Cancelling what was not paid in time."""

from collections.abc import Sequence
from typing import Final

from enlist.domain import products
from enlist.domain.orders import queries
from enlist.domain.orders.events import OrderCancelled
from enlist.domain.orders.model import CancelledOrder
from enlist.runtime import events
from enlist.runtime.actors import Actor
from enlist.runtime.db import Tx

DEADLINE: Final = Actor("system", "deadline")
_AT_ONCE: Final = 500


async def cancel_overdue(tx: Tx, limit: int = _AT_ONCE) -> int:
    """Cancel at most ``limit`` orders of all accounts whose deadline has passed without a payment; return how many.

    Several callers at once take different ones.
    """
    cancelled = await queries.cancel_overdue(tx, limit)
    await announce(tx.by(DEADLINE), cancelled)
    return len(cancelled)


async def announce(tx: Tx, cancelled: Sequence[CancelledOrder]) -> None:
    """Say that orders have been cancelled, and give back the uses of their coupons."""
    if not cancelled:
        return
    await queries.note(tx, [(account_id, order_id, "cancelled", {}) for account_id, order_id, _ in cancelled])
    await events.publish(
        tx, [OrderCancelled(owner_id=account_id, order_id=order_id) for account_id, order_id, _ in cancelled]
    )
    await products.release_coupons(
        tx, [(account_id, coupon_id) for account_id, _, coupon_id in cancelled if coupon_id is not None]
    )
