"""Hiding orders, which is all that deleting does, and showing them again."""

from uuid import UUID

from msgspec.structs import replace

from enlist.domain import products
from enlist.domain.orders import paying, queries
from enlist.domain.orders.drafting import open_key
from enlist.domain.orders.errors import OrderIsPaid
from enlist.domain.orders.locking import lock, lock_with_buyer
from enlist.domain.orders.model import LockedOrder, Order, after_payment
from enlist.kit import money
from enlist.kit.email import normalise
from enlist.runtime.db import Tx


async def delete(tx: Tx, account_id: int, order_id: int) -> None:
    """Hide an order from all readers; what it is stays as it is, but for a deadline, which it has no more.

    Refuses with OrderNotFound, also for one that is hidden, and with OrderIsPaid for one that money is there for
    (readings.md#12).
    """
    locked = await lock(tx, account_id, order_id)
    order = locked.order
    if order.received or (order.paid_at is not None and order.state != "refunded"):
        raise OrderIsPaid(order_id=order_id)
    await queries.hide(tx, account_id, order_id)
    await queries.note(tx, [(account_id, order_id, "hidden", {})])
    if _holds_coupon(locked):
        await products.release_coupons(tx, [(account_id, locked.coupon_id or 0)])


async def restore(tx: Tx, account_id: int, order_id: int) -> None:
    """Show a hidden order again; nothing happens to one that is not hidden. Refuses with OrderNotFound.

    Money that came while it was hidden counts from now on.
    """
    locked = await lock_with_buyer(tx, account_id, order_id, hidden=True)
    hidden = locked.order
    if not hidden.hidden:
        return
    shown = replace(hidden, hidden=False)
    waits = shown.state == "waiting" and not shown.received
    await queries.show(tx, account_id, order_id, _open_key(shown) if waits else None)
    await queries.note(tx, [(account_id, order_id, "shown", {})])
    if _holds_coupon(locked):
        await products.use_coupon(tx, account_id, locked.coupon_id or 0)
    if shown.received and shown.paid_at is None and shown.state in ("waiting", "cancelled", "sent"):
        after = after_payment(shown, money.ZERO, tx.now)
        await paying.take(tx, LockedOrder(shown, locked.coupon_id), after, shown.received, {"while_hidden": "yes"})


def _holds_coupon(locked: LockedOrder) -> bool:
    return locked.coupon_id is not None and locked.order.state == "waiting" and not locked.order.received


def _open_key(order: Order) -> UUID | None:
    address = normalise(order.email)
    return open_key(address.key, [item.product_id for item in order.items]) if address else None
