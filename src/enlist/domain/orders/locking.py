"""Locking an order before it is changed, in the order of docs/locks.md."""

from enlist.domain import contacts
from enlist.domain.orders import queries
from enlist.domain.orders.checking import is_number
from enlist.domain.orders.errors import OrderNotFound
from enlist.domain.orders.model import LockedOrder
from enlist.kit.email import normalise
from enlist.runtime.db import Tx


async def lock(tx: Tx, account_id: int, order_id: int, *, hidden: bool = False) -> LockedOrder:
    """Return an order and keep everybody else from changing it. Refuses with OrderNotFound, also for a hidden one."""
    found = await queries.lock(tx, account_id, order_id) if is_number(order_id) else None
    if found is None or (found.order.hidden and not hidden):
        raise OrderNotFound(order_id=order_id)
    return found


async def lock_with_buyer(tx: Tx, account_id: int, order_id: int, *, hidden: bool = False) -> LockedOrder:
    """Do as ``lock``, and lock the contact first: they may join groups, and contacts go before orders."""
    email = await queries.email_of(tx, account_id, order_id) if is_number(order_id) else None
    if email is None:
        raise OrderNotFound(order_id=order_id)
    address = normalise(email)
    if address is not None:
        await contacts.add_or_fill(tx, [(account_id, contacts.Person(address))])
    return await lock(tx, account_id, order_id, hidden=hidden)
