"""The commands about orders."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import click

from enlist.cli.acting import Answer, for_account, table
from enlist.cli.contact import Email
from enlist.cli.describing_order import TITLES, ShownOrder, as_json, as_text, row, shown
from enlist.cli.reading_values import Moment, Sum, instant
from enlist.domain import accounts, commissions, orders, products
from enlist.kit import money
from enlist.kit.email import EmailAddress
from enlist.kit.errors import Refusal
from enlist.runtime.db import Tx

Command = TypeVar("Command", bound=Callable[..., Any])

CHANNEL: Final = "manual"
_BUYER: Final = (
    "first_name",
    "last_name",
    "middle_name",
    "phone",
    "country",
    "region",
    "city",
    "address",
    "postal_code",
)

number = click.argument("order_id", metavar="NUMBER", type=click.IntRange(1))


class Wanted(click.ParamType[orders.Wanted]):
    """A product by its name or number, alone or with =SUM."""

    name = "name[=sum]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> orders.Wanted:
        """Return the product and the sum; refuse a sum that cannot be read."""
        name, equals, text = value.partition("=")
        sum_ = money.parse(text) if equals else None
        if equals and sum_ is None:
            self.fail(f"{text} is not a sum, such as 10.50", param, ctx)
        return orders.Wanted(name, sum_)


@click.group()
def order() -> None:
    """Place, list, show and change orders; record payments."""


@for_account(order)
@click.argument("email", type=Email())
@click.option("--product", "wanted", type=Wanted(), multiple=True, required=True, help="May be repeated.")
@click.option("--coupon", default="", help="Discount code; ignored if it does not apply.")
@click.option("--tag", default="")
@click.option("--comment", default="")
@click.option("--never-cancel", is_flag=True, help="Ignore the deadlines of the products.")
@click.option("--first-name", default="")
@click.option("--last-name", default="")
@click.option("--middle-name", default="")
@click.option("--phone", default="")
@click.option("--country", default="")
@click.option("--region", default="")
@click.option("--city", default="")
@click.option("--address", default="")
@click.option("--postal-code", default="")
async def create(
    tx: Tx,
    owner: accounts.Account,
    email: EmailAddress,
    wanted: tuple[orders.Wanted, ...],
    coupon: str,
    tag: str,
    comment: str,
    never_cancel: bool,
    **said: str,
) -> Answer:
    """Place an order for EMAIL in the account LOGIN.

    Physical products need a name and an address.
    """
    buyer = orders.Buyer(email=email, **{name: said[name] for name in _BUYER})
    new = orders.NewOrder(
        account=owner,
        buyer=buyer,
        wanted=wanted,
        coupon=coupon,
        tag=tag,
        comment=comment,
        cancel="never" if never_cancel else "by product",
        source="owner",
    )
    (outcome,) = await orders.place(tx, [new])
    if isinstance(outcome, Refusal):
        raise outcome
    made = await orders.get(tx, owner.id, outcome.order_id)
    return Answer(shown(made), f"order {made.id} placed; {money.write(made.due)} {made.currency} due")


@for_account(order, "list", reading=True)
@click.option("--since", type=Moment(), help="From this day or moment; default: 30 days before the end.")
@click.option("--until", type=Moment(), help="Until the end of this day, or this moment; default: now.")
@click.option("--paid", is_flag=True, help="Orders paid in full in that time, by time of payment.")
@click.option(
    "--product", "names", metavar="NAME", multiple=True, help="Only orders with this product; may be repeated."
)
@click.option("--after", type=click.IntRange(1), metavar="NUMBER", help="Start after this order.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
async def list_(
    tx: Tx,
    owner: accounts.Account,
    since: date | None,
    until: date | None,
    paid: bool,
    names: tuple[str, ...],
    after: int | None,
    limit: int,
) -> Answer:
    """List the orders of LOGIN, oldest first.

    Days are in the account's time zone.
    """
    zone = ZoneInfo(owner.time_zone)
    end = instant(until, zone, after_day=True) or tx.now
    last = await orders.get(tx, owner.id, after, hidden=True) if after is not None else None
    behind = (last.paid_at if paid else last.created_at) if last is not None else None
    found = await orders.list_(
        tx,
        owner.id,
        since=instant(since, zone) or end - timedelta(days=30),
        until=end,
        paid=paid,
        product_ids=await _numbers(tx, owner.id, names),
        after=(behind, after) if behind is not None and after is not None else None,
        limit=limit,
    )
    text = table([row(one) for one in found], TITLES)
    if len(found) == limit:
        text += f"\nmore: --after {found[-1].id}"
    return Answer([shown(one) for one in found], text)


@for_account(order, reading=True)
@number
async def show(tx: Tx, owner: accounts.Account, order_id: int) -> Answer:
    """Show an order of LOGIN: attribution, payments, history.

    Shows hidden orders, too.
    """
    told = ShownOrder(
        await orders.get(tx, owner.id, order_id, hidden=True),
        await orders.payments_of(tx, owner.id, order_id),
        await orders.history_of(tx, owner.id, order_id),
        await commissions.decision_of(tx, owner.id, order_id),
    )
    return Answer(as_json(told), as_text(told))


def _of_money(verb: str, when: str, all_of_it: str) -> Callable[[Command], Command]:
    """Give a command the options for an amount of money, its time, reference and note."""

    def decorate(command: Command) -> Command:
        for option in (
            click.option("--note", default=""),
            click.option("--reference", default="", help=f"Identifies the {verb}: repeating it records nothing new."),
            click.option("--at", type=Moment(), help=f"When the money {when}; default: now."),
            click.option("--sum", "amount", type=Sum(), help=f"Amount; default: all that {all_of_it}."),
            number,
        ):
            command = option(command)
        return command

    return decorate


@for_account(order)
@_of_money("payment", "arrived", "is due")
async def pay(tx: Tx, owner: accounts.Account, **said: Any) -> Answer:
    """Record a payment for an order of LOGIN.

    A full payment delivers the order.
    """
    return await _record(orders.pay, tx, owner, **said)


@for_account(order)
@_of_money("refund", "was returned", "was received")
async def refund(tx: Tx, owner: accounts.Account, **said: Any) -> Answer:
    """Record a refund for an order of LOGIN.

    This moves no money: return it to the buyer yourself.
    """
    return await _record(orders.refund, tx, owner, **said)


async def _record(
    activity: Callable[..., Awaitable[orders.Order]],
    tx: Tx,
    owner: accounts.Account,
    *,
    order_id: int,
    amount: Decimal | None,
    at: date | None,
    reference: str,
    note: str,
) -> Answer:
    when = instant(at, ZoneInfo(owner.time_zone))
    return _told(
        await activity(tx, owner.id, order_id, amount, channel=CHANNEL, reference=reference, at=when, note=note)
    )


@for_account(order)
@number
@click.option("--tracking-number", default="", help="Tracking number of the parcel.")
@click.option("--at", type=Moment(), help="When it was sent; default: now.")
async def sent(tx: Tx, owner: accounts.Account, order_id: int, tracking_number: str, at: date | None) -> Answer:
    """Record that an order of LOGIN was sent.

    It must be paid, or have cash on delivery.
    """
    when = instant(at, ZoneInfo(owner.time_zone))
    return _told(await orders.mark_sent(tx, owner.id, order_id, tracking_number=tracking_number, at=when))


@for_account(order, "return")
@number
@click.option("--at", type=Moment(), help="When it came back; default: now.")
async def return_(tx: Tx, owner: accounts.Account, order_id: int, at: date | None) -> Answer:
    """Record that an order of LOGIN was returned.

    Record the money that goes back with `refund`.
    """
    return _told(await orders.mark_returned(tx, owner.id, order_id, at=instant(at, ZoneInfo(owner.time_zone))))


@for_account(order)
@number
async def cancel(tx: Tx, owner: accounts.Account, order_id: int) -> Answer:
    """Cancel an order of LOGIN that has no payments."""
    return _told(await orders.cancel(tx, owner.id, order_id))


@for_account(order)
@number
async def delete(tx: Tx, owner: accounts.Account, order_id: int) -> Answer:
    """Hide an order of LOGIN without payments; `restore` undoes it."""
    await orders.delete(tx, owner.id, order_id)
    return Answer({"id": order_id, "hidden": True}, f"order {order_id} is hidden")


@for_account(order)
@number
async def restore(tx: Tx, owner: accounts.Account, order_id: int) -> Answer:
    """Restore a deleted order of LOGIN; its deadline is removed."""
    await orders.restore(tx, owner.id, order_id)
    return _told(await orders.get(tx, owner.id, order_id))


def _told(changed: orders.Order) -> Answer:
    """Describe an order after a change."""
    return Answer(
        shown(changed),
        f"order {changed.id} is {changed.state}; {money.write(changed.received)} of {money.write(changed.total)}"
        f" {changed.currency} received",
    )


async def _numbers(tx: Tx, account_id: int, names: tuple[str, ...]) -> set[int]:
    found = await products.find_all(tx, {(account_id, name) for name in names})
    for name in names:
        if (account_id, name) not in found:
            raise products.ProductNotFound(product=name)
    return {product.id for product in found.values()}
