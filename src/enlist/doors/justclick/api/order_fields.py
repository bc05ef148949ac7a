"""The fields in which CreateOrder and createorder say who orders what (api-1.0.md §8, api-2.0.md §5)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from enlist.domain import accounts, orders
from enlist.doors.justclick import fields, values
from enlist.doors.justclick.api import order_times
from enlist.doors.justclick.fields import Fault, Field, Unreadable, email, filled, text, value
from enlist.doors.justclick.lead_fields import affiliates, marks
from enlist.kit import money
from enlist.kit.php_form import Form

State = Literal["waiting"] | orders.Ended

STATUS_WORDS: Final[dict[str, State]] = {
    "": "waiting",
    "expected": "waiting",
    "paid": "paid",
    "cancel": "cancelled",
    "moneyback": "refunded",
}


class UnknownStatus(Fault):
    """The status of a new order is none of the words for it."""


class Wish(msgspec.Struct, frozen=True):
    """What createorder asks for: the order, how far it is already, and when it was paid (None: now)."""

    order: orders.NewOrder
    state: State
    paid_at: datetime | None


def signed_order(form: Form, account: accounts.Account, now: datetime) -> orders.NewOrder:
    """Read what CreateOrder says. Raises EmailMissing, EmailMalformed and Unreadable."""
    said = fields.ORDER
    return orders.NewOrder(
        account=account,
        buyer=orders.Buyer(
            email=email(form, fields.BUYER_EMAIL),
            ip=text(form, fields.BUYER_IP),
            **filled(form, fields.BUYER.values()),
        ),
        wanted=tuple(_goods(form)),
        coupon=text(form, said["coupon"]),
        tag=text(form, said["tag"]),
        comment=text(form, said["comment"]),
        domain=value(form, said["domain"]),
        cancel=value(form, said["cancel"]),
        created_at=_past(value(form, said["created_at"]), now),
        marks=marks(form) | filled(form, fields.OLD_ORDER_MARKS) or None,
        affiliates=affiliates(form),
    )


def keyed_order(form: Form, account: accounts.Account, now: datetime) -> Wish:
    """Read what createorder says. Raises EmailMissing, EmailMalformed, Unreadable and UnknownStatus."""
    zone = ZoneInfo(account.time_zone)
    state = STATUS_WORDS.get(text(form, fields.KEYED_STATUS).lower())
    if state is None:
        raise UnknownStatus
    order = orders.NewOrder(
        account=account,
        buyer=_keyed_buyer(form),
        wanted=tuple(_listed_products(form)),
        created_at=_past(_moment(form, fields.KEYED_ORDER_TIMES["created_at"], zone), now),
        marks={name: mark for name in fields.UTM_MARKS if (mark := form.text(name).strip())} or None,
        affiliates=tuple(value(form, fields.KEYED_PARTNERS)),
        extra=_extra(form) or None,
        **filled(form, fields.KEYED_ORDER.values()),
    )
    return Wish(order, state, _moment(form, fields.KEYED_ORDER_TIMES["paid_at"], zone))


def _goods(form: Form) -> Iterator[orders.Wanted]:
    """Read ``goods[0][good_name]``, ``goods[0][good_sum]`` and so on in the order of the wire; empty rows are none."""
    found = form.tree(fields.GOODS)
    if found is None:
        return
    product, price = fields.ORDER["product"].name, fields.ORDER["sum"].name
    # A single product may come without a number.
    for row in found.values() if isinstance(found, dict) and product not in found else [found]:
        name, sum_ = (row, "") if isinstance(row, str) else (row.get(product, ""), row.get(price, ""))
        if not isinstance(name, str) or not isinstance(sum_, str):
            raise Unreadable(fields.GOODS)
        if name.strip() or sum_.strip():
            yield _wanted(name.strip(), sum_.strip(), price)


def _listed_products(form: Form) -> Iterator[orders.Wanted]:
    """Read the products and, by position, their prices; where there is no price, it is the product's own."""
    names = list(value(form, fields.KEYED_PRODUCTS))
    prices = [price.strip() for price in values.codes(form.text(fields.KEYED_PRICES.name))]
    if any(prices[len(names) :]):
        raise Unreadable(fields.KEYED_PRICES.name)
    for place, name in enumerate(names):
        yield _wanted(name, prices[place] if place < len(prices) else "", fields.KEYED_PRICES.name)


def _wanted(name: str, sum_: str, field: str) -> orders.Wanted:
    if not sum_:
        return orders.Wanted(name)
    price = money.parse(sum_)
    if price is None:
        raise Unreadable(field)
    return orders.Wanted(name, price)


def _moment(form: Form, field: Field, zone: ZoneInfo) -> datetime | None:
    said = text(form, field)
    moment = order_times.read_moment(said, zone) if said else None
    if said and moment is None:
        raise Unreadable(field.name)
    return moment


def _past(at: datetime | None, now: datetime) -> datetime | None:
    """Return when an order was made: a client whose clock is wrong, or in another zone, still gets its order."""
    return min(at, now) if at else None


def _keyed_buyer(form: Form) -> orders.Buyer:
    """Read who orders; what is to be delivered goes to the shipping address or, without one, to the billing address."""
    place = filled(form, fields.KEYED_SHIPPING) or filled(form, fields.KEYED_BILLING)
    return orders.Buyer(
        email=email(form, fields.KEYED_EMAIL),
        country=place.get("country_code", ""),
        region=place.get("state", ""),
        city=place.get("city", ""),
        address=", ".join(line for part in ("address_1", "address_2") if (line := place.get(part))),
        postal_code=place.get("zip", ""),
        **filled(form, fields.KEYED_BUYER.values()),
    )


def _extra(form: Form) -> dict[str, str]:
    """Read what is only kept with the order: the billing address, another phone, whether it is confirmed."""
    billing = {f"billing_{part}": said for part, said in filled(form, fields.KEYED_BILLING).items()}
    return billing | filled(form, (fields.KEYED_SHIPPING_PHONE, fields.KEYED_CONFIRMED))
