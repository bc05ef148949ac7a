"""The functions about orders (api-1.0.md §§8-13, api-2.0.md §5)."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from enlist.domain import contacts, orders, products
from enlist.doors.justclick.api import codes, order_fields, order_results, order_times
from enlist.doors.justclick.api.calls import EITHER, FIRST, SECOND, Call, Faults, Function, Refusals, always
from enlist.doors.justclick.api.codes import Reply
from enlist.doors.justclick.api.order_results import PaymentLink, ProductsById, ToldOrder
from enlist.doors.justclick.api.order_times import Span
from enlist.doors.justclick.fields import CUSTOMER, EmailMalformed, EmailMissing, text
from enlist.doors.justclick.values import number as read_number
from enlist.doors.justclick.values import seconds, truth
from enlist.kit.email import normalise
from enlist.runtime.db import Tx

CHANNEL: Final = "api"
PAGE: Final = 1000  # orders read in one go

# The words of GetBills, and the states among which they are found (`order_results.pay_status` tells them apart).
BILL_STATES: Final[dict[str, tuple[orders.State, ...]]] = {
    "waiting": ("waiting", "sent"),
    "paid": ("paid", "sent"),
    "cancel": ("cancelled",),
    "return": ("returned", "refunded"),
}


async def create_order(call: Call) -> Reply:
    """CreateOrder: order products; 600 to 605 are its refusals."""
    try:
        wish = order_fields.signed_order(call.form, call.account, call.services.database.clock())
        placed = await call.services.place_order(wish)
    except orders.OrderExists as known:
        return codes.order_exists(await _known_order(call, int(known.fields["order_id"])))
    return Reply(0, "ok", _receipt(call, placed.order_id, wish.domain))


async def create_order_with_key(call: Call) -> Reply:
    """createorder: order products, be it that they are paid, cancelled or refunded already; no number comes back."""
    try:
        wish = order_fields.keyed_order(call.form, call.account, call.services.database.clock())
        if wish.state == "waiting":
            await call.services.place_order(wish.order)
        else:
            async with call.services.database.transaction() as tx:
                await orders.take_over(tx, wish.order, wish.state, paid_at=wish.paid_at, channel=CHANNEL)
    except orders.OrderExists as known:
        return codes.order_exists(await _known_order(call, int(known.fields["order_id"])))
    return codes.OK


async def update_order_status(call: Call) -> Reply:
    """UpdateOrderStatus: an order was sent, paid, returned or cancelled; saying it twice is as good as once."""
    number, word = call.form.text("bill_id").strip(), call.form.text("status").strip().lower()
    if not number:
        return codes.ORDER_NUMBER_EMPTY
    if word not in ("sent", "paid", "return", "cancel"):
        return codes.WRONG_STATUS
    at = seconds(call.form.text("date").strip())
    if at is None and word in ("sent", "paid"):
        return codes.WRONG_DATA
    # The tracking number has to be said, but may be empty: not every parcel has one.
    if word == "sent" and "rpo" not in call.form:
        return codes.WRONG_DATA
    order_id = read_number(number)
    if order_id is None:
        return codes.NONEXISTENT_ORDER
    async with call.services.database.transaction() as tx:
        await _move(tx, call, order_id, word, at)
    return codes.STATUS_CHANGED


async def delete_order(call: Call) -> Reply:
    """DeleteOrder: hide an order from all readers."""
    number = call.form.text("bill_id").strip()
    if not number:
        return codes.ORDER_NUMBER_EMPTY
    order_id = read_number(number)
    if order_id is None:
        return codes.NO_SUCH_ORDER
    async with call.services.database.transaction() as tx:
        await orders.delete(tx, call.account.id, order_id)
    return codes.ORDER_DELETED


async def get_bills(call: Call) -> Reply:
    """GetBills: the orders of a customer and the products in them, by their numbers."""
    sent, word = text(call.form, CUSTOMER), call.form.text("pay_status").strip().lower()
    if not sent:
        return codes.EMAIL_MISSING
    if word and word not in BILL_STATES:
        return codes.WRONG_DATA
    email = normalise(sent)
    if email is None:
        return codes.NO_ORDERS
    async with call.services.database.reading() as tx:
        contact = await contacts.find(tx, call.account.id, email)
        if contact is None:
            return codes.NO_ORDERS
        found = await orders.list_of_contact(tx, call.account.id, contact.id, BILL_STATES.get(word))
    bills = {
        str(order.id): {
            str(item.product_id): {"good_name": item.name, "good_title": item.title} for item in order.items
        }
        for order in found
        if not word or order_results.pay_status(order) == word
    }
    return Reply(0, "ok", bills) if bills else codes.NO_ORDERS


async def get_orders(call: Call) -> Reply:
    """GetOrders (outdated): the orders of a span given in UNIX seconds."""
    start, end = (call.form.text(name).strip() for name in ("date_s", "date_e"))
    return await _list(call, start, end, order_times.span_of_seconds, order_results.brief)


async def get_orders_with_goods(call: Call) -> Reply:
    """GetOrdersWithGoods: the orders of a span of days, with their products."""
    start, end = (call.form.text(name).strip() for name in ("begin_date", "end_date"))
    return await _list(call, start, end, order_times.span_of_days, order_results.listed)


async def get_order_info(call: Call) -> Reply:
    """GetOrderInfo (outdated): one order without its products."""
    return await _tell(call, order_results.full)


async def get_order_details(call: Call) -> Reply:
    """GetOrderDetails: one order with its products; with ``good_info`` a little more about these."""

    def told(order: orders.Order, sold: ProductsById, payment_link: PaymentLink) -> ToldOrder:
        extra = order_results.of_goods(order, sold) if truth(call.form.text("good_info")) else {}
        return order_results.detailed(order, sold, payment_link) | extra

    return await _tell(call, told)


async def _known_order(call: Call, order_id: int) -> ToldOrder:
    async with call.services.database.reading() as tx:
        known = await orders.find(tx, call.account.id, order_id)
    return _receipt(call, order_id, known.domain if known else "")


def _receipt(call: Call, order_id: int, domain: str) -> ToldOrder:
    return {"bill_id": order_id, "link": call.services.payment_link(call.account.id, order_id, domain)}


async def _move(tx: Tx, call: Call, order_id: int, word: str, at: datetime | None) -> None:
    account_id = call.account.id
    match word:
        case "sent":
            parcel = call.form.text("rpo").strip()
            await orders.mark_sent(tx, account_id, order_id, tracking_number=parcel, at=at)
        case "paid":
            await orders.pay(tx, account_id, order_id, None, channel=CHANNEL, at=at)
        case "return":
            await orders.mark_returned(tx, account_id, order_id, at=at)
        case "cancel":
            await orders.cancel(tx, account_id, order_id)


async def _list(
    call: Call,
    start: str,
    end: str,
    read_span: Callable[[str, str, datetime, ZoneInfo], Span | None],
    tell: Callable[[orders.Order, ProductsById, PaymentLink], ToldOrder],
) -> Reply:
    zone = ZoneInfo(call.account.time_zone)
    async with call.services.database.reading() as tx:
        span = read_span(start, end, tx.now, zone)
        if span is None:
            return codes.WRONG_DATA
        wanted = await _wanted_products(tx, call)
        if wanted is not None and not wanted:
            return codes.OK
        found = await _orders_of(tx, call, span, wanted or ())
        sold = await _sold(tx, call.account.id, found)
    return Reply(0, "ok", [tell(order, sold, call.services.payment_link) for order in found])


async def _wanted_products(tx: Tx, call: Call) -> set[int] | None:
    """Return the numbers of the products that are asked for: of those known by name, and any number; None: all."""
    texts = [text for value in call.form.texts("goods") for part in value.split(",") if (text := part.strip())]
    if not texts:
        return None
    account_id = call.account.id
    known = await products.find_all(tx, {(account_id, text) for text in texts})
    numbers = {found.id for found in known.values()}
    # A deleted product is known by its number only.
    unknown = (read_number(text) for text in texts if (account_id, text) not in known)
    return numbers | {number for number in unknown if number is not None}


async def _orders_of(tx: Tx, call: Call, span: Span, product_ids: set[int] | tuple[()]) -> list[orders.Order]:
    """Read all the orders of a span, page by page: this protocol has no pages."""
    paid = truth(call.form.text("paid"))
    found: list[orders.Order] = []
    after: tuple[datetime, int] | None = None
    while True:
        page = await orders.list_(
            tx,
            call.account.id,
            since=span[0],
            until=span[1],
            paid=paid,
            product_ids=product_ids,
            after=after,
            limit=PAGE,
        )
        found += page
        if len(page) < PAGE:
            return found
        last = page[-1]
        after = (last.paid_at if paid and last.paid_at else last.created_at), last.id


async def _tell(call: Call, tell: Callable[[orders.Order, ProductsById, PaymentLink], ToldOrder]) -> Reply:
    order_id = read_number(call.form.text("bill_id").strip())
    if order_id is None:
        return codes.ORDER_NOT_FOUND
    async with call.services.database.reading() as tx:
        order = await orders.get(tx, call.account.id, order_id)
        sold = await _sold(tx, call.account.id, [order])
    return Reply(0, "ok", tell(order, sold, call.services.payment_link))


async def _sold(tx: Tx, account_id: int, found: list[orders.Order]) -> ProductsById:
    keys = {(account_id, item.product_id) for order in found for item in order.items}
    known = await products.get_all(tx, keys) if keys else {}
    return {product.id: product for product in known.values()}


_PLACING: Final[Refusals] = {
    orders.NoProducts: always(codes.MISSING_PRODUCTS),
    orders.BadOrder: always(codes.ORDER_NOT_CREATED),
    orders.CountryNotServed: always(codes.ORDER_NOT_CREATED),
    orders.SumTooSmall: always(codes.ORDER_NOT_CREATED),
    orders.DeliveryDataMissing: always(codes.NO_DELIVERY_DATA),
    products.ProductNotFound: lambda refusal: codes.product_missing(str(refusal.fields["product"])),
}

_NO_EMAIL: Final[Faults] = {EmailMissing: codes.WRONG_EMAIL, EmailMalformed: codes.WRONG_EMAIL}

FUNCTIONS: Final = (
    Function("CreateOrder", create_order, _PLACING, FIRST, _NO_EMAIL),
    Function(
        "createorder",
        create_order_with_key,
        {
            **_PLACING,
            orders.IllegalTransition: always(codes.WRONG_STATUS),
            orders.PaymentImpossible: always(codes.NOT_PAID),
        },
        SECOND,
        {**_NO_EMAIL, order_fields.UnknownStatus: codes.WRONG_STATUS},
    ),
    Function(
        "UpdateOrderStatus",
        update_order_status,
        {
            orders.OrderNotFound: always(codes.NONEXISTENT_ORDER),
            orders.IllegalTransition: always(codes.WRONG_STATUS),
            orders.PaymentImpossible: always(codes.NOT_PAID),
            orders.BadOrder: always(codes.WRONG_DATA),
        },
    ),
    Function(
        "DeleteOrder",
        delete_order,
        {
            orders.OrderNotFound: always(codes.NO_SUCH_ORDER),
            orders.OrderIsPaid: always(codes.WRONG_ORDER_STATUS),
        },
    ),
    Function("GetBills", get_bills, {}, EITHER),
    Function("GetOrders", get_orders, {}, EITHER),
    Function("getOrdersWithGoods", get_orders_with_goods, {}, EITHER),
    Function("GetOrderInfo", get_order_info, {orders.OrderNotFound: always(codes.ORDER_NOT_FOUND)}, EITHER),
    Function("getOrderDetails", get_order_details, {orders.OrderNotFound: always(codes.ORDER_NOT_FOUND)}, EITHER),
)
