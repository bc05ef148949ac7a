"""Finding orders, with their items and what partners earn by them; hidden ones are not found."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from enlist.domain import commissions
from enlist.domain.orders import reading_queries as queries
from enlist.domain.orders.checking import is_number
from enlist.domain.orders.errors import OrderNotFound
from enlist.domain.orders.model import Change, Order
from enlist.kit import money
from enlist.runtime.actors import read_actor
from enlist.runtime.db import Tx

MOST: Final = 10_000


async def find(tx: Tx, account_id: int, order_id: int, *, hidden: bool = False) -> Order | None:
    """Find an order by its number; a ``hidden`` one, too, if asked for."""
    if not is_number(order_id):
        return None
    key = account_id, order_id
    found = (await queries.get_all(tx, [key], hidden=hidden)).get(key)
    return (await _with_fees(tx, [found]))[0] if found else None


async def get(tx: Tx, account_id: int, order_id: int, *, hidden: bool = False) -> Order:
    """Return an order by its number; a ``hidden`` one, too, if asked for. Refuses with OrderNotFound."""
    found = await find(tx, account_id, order_id, hidden=hidden)
    if found is None:
        raise OrderNotFound(order_id=order_id)
    return found


async def list_(
    tx: Tx,
    account_id: int,
    *,
    since: datetime,
    until: datetime,
    paid: bool = False,
    product_ids: Collection[int] = (),
    after: tuple[datetime, int] | None = None,
    limit: int = MOST,
) -> list[Order]:
    """List orders made in [``since``, ``until``), or with ``paid`` those paid in full then, ascending by that time.

    ``product_ids``: only orders with one of these products. ``after``: start after this (time, number), those of the
    last order of the page before. At most ``limit``, and never more than ``MOST``.
    """
    numbers = [number for number in product_ids if is_number(number)]
    if product_ids and not numbers:
        return []
    found = await queries.list_(
        tx,
        account_id,
        since=since,
        until=until,
        paid=paid,
        product_ids=numbers,
        after=after,
        limit=min(limit, MOST),
    )
    return await _with_fees(tx, found)


async def history_of(tx: Tx, account_id: int, order_id: int) -> list[Change]:
    """List what happened to an order, a hidden one too, from its placing on."""
    order = await find(tx, account_id, order_id, hidden=True)
    if order is None:
        return []
    said = {"amount": money.write(order.total), "currency": order.currency}
    if order.coupon:
        said["coupon"] = order.coupon
    placed = Change(order.created_at, read_actor(None, None, order.source), "placed", said)
    return [placed, *await queries.changes_of(tx, account_id, order_id)]


async def tell(tx: Tx, order: Order) -> Order:
    """Return an order as it is by now."""
    return await get(tx, order.account_id, order.id, hidden=True)


async def _with_fees(tx: Tx, found: Sequence[Order]) -> list[Order]:
    fees = await commissions.fees(tx, [(order.account_id, order.id) for order in found])
    if not fees:
        return list(found)
    return [replace(order, fees=fees.get((order.account_id, order.id), ())) for order in found]
