"""What the reading functions tell of an order, field by field (api-1.0.md §12)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from enlist.domain import orders, products
from enlist.doors.justclick.fields import MARK_PARTS
from enlist.kit import money

ToldOrder = dict[str, Any]
PaymentLink = Callable[[int, int, str], str]
ProductsById = Mapping[int, products.Product]

# A sent order may be paid or, with cash on delivery, still wait for its money: see `pay_status`.
PAY_STATUS_WORDS: Final[Mapping[orders.State, str]] = {
    "waiting": "waiting",
    "paid": "paid",
    "cancelled": "cancel",
    "returned": "return",
    "refunded": "return",
}


def pay_status(order: orders.Order) -> str:
    """Say in one of four words how far an order is: waiting, paid, cancel, return."""
    if order.state == "sent":
        return "paid" if order.paid_at else "waiting"
    return PAY_STATUS_WORDS[order.state]


def brief(order: orders.Order, sold: ProductsById, payment_link: PaymentLink) -> ToldOrder:
    """Tell what GetOrders tells of an order; ``sold`` are its products by number."""
    physical = any(sold[item.product_id].is_delivered for item in order.items if item.product_id in sold)
    return {
        "id": order.id,
        "first_name": order.first_name,
        "last_name": order.last_name,
        "middle_name": order.middle_name,
        "email": order.email,
        "phone": order.phone,
        "city": order.city,
        "country": order.country,
        "address": order.address,
        "region": order.region,
        "postalcode": order.postal_code,
        "created": int(order.created_at.timestamp()),
        "pay_status": pay_status(order),
        "paid": int(order.paid_at.timestamp()) if order.paid_at else 0,
        # Which values there are is not documented; as of a product, 1 is something to be sent.
        "type": int(physical),
        "payway": order.payment_method,
        "comment": order.comment,
        "domain": order.domain,
        "link": payment_link(order.account_id, order.id, order.domain),
        "price": money.write(order.total),
        "utm": {part: mark for part in MARK_PARTS if (mark := order.marks.get(f"utm_{part}"))},
    }


def full(order: orders.Order, sold: ProductsById, payment_link: PaymentLink) -> ToldOrder:
    """Tell what GetOrderInfo tells of an order."""
    told = brief(order, sold, payment_link)
    told["good_count"] = len(order.items)
    told["bill_sum_topay"] = money.write(order.due)
    told["tag"] = order.tag
    told["kupon"] = told["coupon"] = order.coupon  # clients know the one or the other (wire.md §9)
    return told


def listed(order: orders.Order, sold: ProductsById, payment_link: PaymentLink) -> ToldOrder:
    """Tell what getOrdersWithGoods tells of each order."""
    told = full(order, sold, payment_link)
    told["is_recurrent"] = False
    told["items"] = [_item(order, item) for item in order.items]
    return told


def detailed(order: orders.Order, sold: ProductsById, payment_link: PaymentLink) -> ToldOrder:
    """Tell what getOrderDetails tells of an order."""
    told = full(order, sold, payment_link)
    told["items"] = [_item(order, item) | {"pincode": item.pin_code} for item in order.items]
    return told


def of_goods(order: orders.Order, sold: ProductsById) -> ToldOrder:
    """Tell what getOrderDetails adds when it is asked for the products: their numbers, and about paying in parts."""
    first = orders.first_part(order, sold)
    return {
        "good_ids": [item.product_id for item in order.items],
        "prepayment_enabled": first is not None,
        "prepayment_minsum": money.write(money.ZERO if first is None else first),
    }


def _item(order: orders.Order, item: orders.Item) -> ToldOrder:
    return {
        "id": item.name,
        "title": item.title,
        "sum": money.write(item.sum),
        "price": money.write(item.price),
        "partners": [
            {
                "partner_lvl": fee.level,
                "partner_id": fee.partner_id,
                "partner_name": fee.partner_login,
                "partner_fee": money.write(fee.amount),
            }
            for fee in order.fees
            if fee.place == item.place
        ],
    }
