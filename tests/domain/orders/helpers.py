"""What the tests of orders share."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from enlist.domain import accounts, groups, orders
from enlist.kit.email import normalise
from enlist.kit.errors import Refusal
from enlist.runtime.actors import OWNER
from enlist.runtime.db import Tx
from tests.support.world import World
from tests.support.world import an_order as an_order

ADDRESS = {"first_name": "Anna", "last_name": "Berg", "country": "RU", "city": "Moscow", "address": "Street 1"}


async def place(world: World, *new: orders.NewOrder) -> list[Any]:
    """Place orders in one transaction."""
    return await world.place(*new)


async def placed(world: World, new: orders.NewOrder) -> orders.Order:
    """Place an order; return it."""
    return await world.order(new)


async def found(world: World, account: accounts.Account, order_id: int) -> orders.Order:
    """Return an order, a hidden one too."""
    return await world.ask(orders.get, account.id, order_id, hidden=True)


async def pay(
    world: World, order: orders.Order, amount: str | None = None, *, channel: str = "manual", **said: Any
) -> orders.Order:
    """Record a payment."""
    async with world.database.by(OWNER).transaction() as tx:
        value = None if amount is None else Decimal(amount)
        return await orders.pay(tx, order.account_id, order.id, value, channel=channel, **said)


async def refund(
    world: World, order: orders.Order, amount: str | None = None, *, channel: str = "manual", **said: Any
) -> orders.Order:
    """Record a refund."""
    async with world.database.by(OWNER).transaction() as tx:
        value = None if amount is None else Decimal(amount)
        return await orders.refund(tx, order.account_id, order.id, value, channel=channel, **said)


async def cancel(world: World, order: orders.Order) -> orders.Order:
    """Cancel an order."""
    async with world.database.by(OWNER).transaction() as tx:
        return await orders.cancel(tx, order.account_id, order.id)


async def send(world: World, order: orders.Order, **said: Any) -> orders.Order:
    """Send an order."""
    async with world.database.by(OWNER).transaction() as tx:
        return await orders.mark_sent(tx, order.account_id, order.id, **said)


async def take_back(world: World, order: orders.Order, **said: Any) -> orders.Order:
    """Note that an order came back."""
    async with world.database.by(OWNER).transaction() as tx:
        return await orders.mark_returned(tx, order.account_id, order.id, **said)


async def hide(world: World, order: orders.Order) -> None:
    """Hide an order."""
    async with world.database.by(OWNER).transaction() as tx:
        await orders.delete(tx, order.account_id, order.id)


async def show(world: World, order: orders.Order) -> None:
    """Show a hidden order."""
    async with world.database.by(OWNER).transaction() as tx:
        await orders.restore(tx, order.account_id, order.id)


async def payments(world: World, order: orders.Order) -> list[tuple[str, Decimal]]:
    """Tell kind and amount of an order's payments."""
    return [(one.kind, one.amount) for one in await world.ask(orders.payments_of, order.account_id, order.id)]


async def history(world: World, order: orders.Order) -> list[str]:
    """Tell what the history of an order names."""
    return [line.event for line in await world.ask(orders.history_of, order.account_id, order.id)]


async def announced(world: World, account: accounts.Account) -> list[str]:
    """Tell the kinds of events of orders, in the order of their publishing."""
    return [event.kind.removeprefix("orders.order_") for event in await world.events(account.id, "orders.")]


async def letters(world: World, order: orders.Order) -> list[int]:
    """Tell about which items of an order letters are queued."""
    queued = [one.body for one in await world.messages(order.account_id) if one.kind == orders.ORDER_LETTER]
    return [body["place"] for body in queued if body["order_id"] == order.id]


async def groups_of(tx: Tx, account: accounts.Account, email: str) -> dict[str, str]:
    """Tell in which groups somebody is, and how."""
    address = normalise(email)
    assert address is not None
    return {place.group_name: place.state for place in await groups.list_memberships(tx, account.id, address)}


def refused(outcome: object) -> type[Refusal]:
    """Return the kind of a refusal."""
    assert isinstance(outcome, Refusal)
    return type(outcome)


def at(text: str) -> datetime:
    """Read an instant in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")
