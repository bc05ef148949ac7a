"""The payment page of an order: what is due and how to pay it, paying, cancelling, coming back from paying."""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any, Final

import msgspec
from litestar import Request, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from enlist.domain import orders, products
from enlist.doors.pages.bills import Bill, open_bill
from enlist.doors.pages.payments import Payments
from enlist.doors.pages.showing import PAGES
from enlist.doors.web import reading, showing
from enlist.doors.web.desk import Desk
from enlist.doors.web.reading import GET
from enlist.kit import money
from enlist.kit.redirects import safe_redirect
from enlist.runtime.formats import amount, moment, price, quoted
from enlist.runtime.texts import N_, say

# How often a page that waits for the payment channel's word looks again, and after how many seconds.
_LOOKS: Final = 20
_PAUSE: Final = 3
_PLACE_HOLDER: Final = re.compile("#(IMAGE|PRODUCT|PRICE|USD)#")
_WAYS: Final = {"stripe": N_("Pay by card")}
_SAYS: Final[Mapping[orders.Standing, str]] = {
    "waiting": N_("Order received. Please pay to complete it."),
    "part": N_("%(received)s received, %(due)s left to pay."),
    "paid": N_("Your order is paid. Thank you!"),
    "sent": N_("Your order is on its way."),
    "expired": N_("This order was cancelled because it wasn’t paid in time."),
    "cancelled": N_("This order is cancelled. There is nothing to pay."),
    "returned": N_("This order was returned to the seller."),
    "refunded": N_("This order was refunded."),
}

_log = logging.getLogger(__name__)


class View(msgspec.Struct, frozen=True):
    """What a payment page shows, in words; empty texts are not shown."""

    number: int
    standing: orders.Standing
    says: str  # the message of what the standing is called
    lines: list[tuple[str, str]]
    total: str
    discount: str = ""
    coupon: str = ""
    received: str = ""
    due: str = ""
    deadline: str = ""
    least: str = ""  # the smallest part that can be paid
    amount: str = ""
    ways: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    at_delivery: bool = False
    tracking: str = ""
    thanks: str = ""
    again: str = ""
    can_cancel: bool = False


@route("/bill/{token:str}", http_method=GET)
async def show(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    payments: NamedDependency[Payments],
    token: FromPath[str],
) -> Response[Any]:
    """Show the order: what is in it, what is due, how it can be paid."""
    return _page(await open_bill(request, desk, payments, token), desk.now())


@post("/bill/{token:str}")
async def pay(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    payments: NamedDependency[Payments],
    token: FromPath[str],
) -> Response[Any]:
    """Begin to pay by the channel that was chosen; send the buyer to its page."""
    form = await reading.read(request, desk.settings.body_limit)
    bill = await open_bill(request, desk, payments, token)
    name, locale = form.text("channel"), bill.account.locale
    payable = orders.payable(bill.order, bill.products, desk.now())
    if payable is None or name not in bill.channels:
        return _page(bill, desk.now())
    try:
        amount = payable.part(chosen(form.text("amount").strip()))
    except orders.PartImpossible:
        return _page(
            bill,
            desk.now(),
            status=422,
            message=say(
                locale, "Please enter an amount from %(least)s up to what is left to pay.", least=_least(bill, payable)
            ),
        )
    async with desk.database.reading() as tx:
        settings = await payments.settings(tx, bill.account.id, name)
    if settings is None:
        return _page(bill, desk.now())
    try:
        # No connection of the database is held here: this asks somebody else's server.
        url = await payments.channels[name].start(settings, _due(bill, amount))
    except orders.PaymentChannelAway as reason:
        _log.warning("order %s cannot be paid by %s: %s", bill.order.id, name, reason)
        return _page(
            bill,
            desk.now(),
            status=503,
            message=say(locale, "This payment method isn’t available right now. Please try again in a few minutes."),
        )
    return showing.onward(url)


@route("/bill/{token:str}/done", http_method=GET)
async def done(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    payments: NamedDependency[Payments],
    token: FromPath[str],
) -> Response[Any]:
    """Take the buyer back: on to the owner's page of thanks once the money's arrival is known, which takes a moment."""
    bill = await open_bill(request, desk, payments, token)
    order = bill.order
    had = money.parse(request.query_params.get("had", "")) or money.ZERO
    if order.paid_at is not None:
        return showing.onward(_thanks(bill) or bill.path)
    if order.received > had:  # a part of it came
        return showing.onward(bill.path)
    looked = _number(request.query_params.get("looked", ""))
    return PAGES.show(
        "bill_wait",
        bill.account.locale,
        owner=bill.account.login,
        private=True,
        number=order.id,
        again=f"{bill.path}done?had={had}&looked={looked + 1}" if looked < _LOOKS else "",
        pause=_PAUSE,
        path=bill.path,
    )


@route("/bill/{token:str}/cancel", http_method=GET)
async def ask_to_cancel(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    payments: NamedDependency[Payments],
    token: FromPath[str],
) -> Response[Any]:
    """Show the button that cancels the order."""
    bill = await open_bill(request, desk, payments, token)
    if not orders.may_cancel(bill.order, bill.asker):
        return showing.onward(bill.path)
    locale, order = bill.account.locale, bill.order
    return PAGES.show(
        "bill_cancel",
        locale,
        owner=bill.account.login,
        private=True,
        number=order.id,
        titles=quoted(locale, tuple(item.title for item in order.items)),
        total=price(locale, order.total, order.currency),
        path=bill.path,
    )


@post("/bill/{token:str}/cancel")
async def cancel(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    payments: NamedDependency[Payments],
    token: FromPath[str],
) -> Response[Any]:
    """Cancel the order; the payment page says so, or why not: money may have come meanwhile."""
    bill = await open_bill(request, desk, payments, token)
    try:
        async with desk.database.transaction() as tx:
            await orders.cancel(tx, bill.account.id, bill.order.id, asker=bill.asker)
    except (orders.IllegalTransition, orders.CancellingForbidden, orders.OrderNotFound):
        pass
    return showing.onward(bill.path)


def _page(bill: Bill, now: datetime, *, status: int = 200, message: str = "") -> Response[str]:
    view = _view(bill, now)
    return PAGES.show(
        "bill",
        bill.account.locale,
        status=status,
        owner=bill.account.login,
        private=True,
        pictures=bool(view.notes),
        bill=view,
        path=bill.path,
        message=message,
    )


def _view(bill: Bill, now: datetime) -> View:
    locale, order = bill.account.locale, bill.order
    payable, standing = orders.payable(order, bill.products, now), orders.standing(order, now)
    visitor = bill.asker == "visitor"
    before = sum((item.price for item in order.items), money.ZERO) if order.coupon else order.total
    discounted = before > order.total and not visitor  # the lines then show prices without it, so that they add up

    def said(amount: Decimal) -> str:
        return price(locale, amount, order.currency)

    return View(
        number=order.id,
        standing=standing,
        says=_SAYS[standing],
        lines=[(item.title, said(item.price if discounted else item.sum)) for item in order.items],
        total=said(order.total),
        discount=said(before - order.total) if discounted else "",
        coupon="" if visitor else order.coupon,
        received=said(order.received) if order.received and order.received < order.total else "",
        due=said(payable.due) if payable else "",
        deadline=moment(locale, order.cancel_at, bill.account.time_zone) if payable and order.cancel_at else "",
        least=_least(bill, payable) if payable and bill.channels else "",
        amount=amount(locale, order.due),
        ways=tuple((name, _WAYS[name]) for name in bill.channels) if payable else (),
        notes=_notes(bill) if payable else (),
        at_delivery=payable is not None and orders.is_paid_at_delivery(order, bill.products),
        tracking="" if visitor else order.tracking_number,
        thanks=_thanks(bill) if order.paid_at else "",
        again=bill.again if order.state == "cancelled" else "",
        can_cancel=payable is not None and orders.may_cancel(order, bill.asker),
    )


def _least(bill: Bill, payable: orders.Payable) -> str:
    return "" if payable.least is None else price(bill.account.locale, payable.least, bill.order.currency)


def chosen(text: str) -> Decimal | None:
    """Read which part somebody wants to pay; nothing typed: all, what is no sum: nothing at all."""
    return (money.parse(text) or money.ZERO) if text else None


def _due(bill: Bill, amount: Decimal) -> orders.Due:
    order, address = bill.order, bill.base + bill.path
    titles = ", ".join(item.title for item in order.items)
    named = say(bill.account.locale, "Order %(number)s", number=order.id)
    return orders.Due(
        account_id=order.account_id,
        order_id=order.id,
        amount=amount,
        currency=order.currency,
        title=f"{named}: {titles}",
        email=order.email,
        success_url=f"{address}done?had={order.received}",
        cancel_url=address,
    )


def _notes(bill: Bill) -> tuple[str, ...]:
    """Return what the owner says about paying, HTML of his own, with its place-holders filled in (api-1.0.md §15)."""
    sums = {item.product_id: item.sum for item in bill.order.items}
    notes = {
        _filled_in(product, sums[product.id], bill.order.currency): None
        for product in orders.products_of(bill.order, bill.products)
    }
    return tuple(note for note in notes if note.strip())


def _filled_in(product: products.Product, amount: Decimal, currency: str) -> str:
    values = {
        "IMAGE": "",  # products have no pictures
        "PRODUCT": escape(product.title),
        "PRICE": money.write(amount),
        "USD": money.write(amount) if currency == "USD" else "",
    }
    return _PLACE_HOLDER.sub(lambda found: values[found[1]], product.payment_text)


def _thanks(bill: Bill) -> str:
    """Name the owner's page for those who have paid, if one of the products has one."""
    pages = (
        safe_redirect(product.thanks_url, bill.base)
        for product in orders.products_of(bill.order, bill.products)
        if product.thanks_url
    )
    return next(filter(None, pages), "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
