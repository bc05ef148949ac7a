"""The fields in which CreateOrder and createorder say who orders what (api-1.0.md §8, api-2.0.md §5)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from enlist.domain import accounts, orders
from enlist.doors.justclick.api import order_times
from enlist.doors.justclick.lead_fields import UTM_NAMES, EmailMalformed, affiliates
from enlist.kit import money
from enlist.kit.email import EmailAddress, normalise
from enlist.kit.php_form import Form

State = Literal["waiting"] | orders.Ended

# The old fields about partners and advertisements, and under which name each of them is kept as a mark.
OLD_MARKS: Final = {
    "bill_aff": "aff",
    "bill_aff_name": "aff_name",
    "bill_paff": "paff",
    "bill_paff_name": "paff_name",
    "bill_ad_id": "ad",
}
_YES: Final = frozenset({"1", "true", "on", "yes"})
_NO: Final = frozenset({"0", "false", "off", "no"})
_DOMAIN: Final = re.compile(r"[\w.-]{1,253}(:[0-9]{1,5})?")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")

STATUS_WORDS: Final[dict[str, State]] = {
    "": "waiting",
    "expected": "waiting",
    "paid": "paid",
    "cancel": "cancelled",
    "moneyback": "refunded",
}
# The last word is printed with a Cyrillic first letter (wire.md §9).
_CONFIRMED: Final = {"yes": "yes", "true": "yes", "1": "yes", "confirmed": "yes", "\u0441onfirmed": "yes"}
_UNCONFIRMED: Final = {"no": "no", "false": "no", "0": "no"}
_SHIPPING: Final = "customer_shipping"
_BILLING: Final = "customer_billing"
_ADDRESS_PARTS: Final = ("address_1", "address_2", "city", "state", "zip", "country_code")
_UTM: Final = ("utm_medium", "utm_source", "utm_campaign", "utm_content", "utm_term")


class Malformed(Exception):
    """A field cannot be read as what it should be; the message is its name."""


class UnknownStatus(Exception):
    """The status of a new order is none of the words for it."""


class Wish(msgspec.Struct, frozen=True):
    """What createorder asks for: the order, how far it is already, and when it was paid (None: now)."""

    order: orders.NewOrder
    state: State
    paid_at: datetime | None


def number(text: str) -> int | None:
    """Read the number of something; nothing if the text is none."""
    return int(text) if _NUMBER.fullmatch(text) else None


def signed_order(form: Form, account: accounts.Account, now: datetime) -> orders.NewOrder:
    """Read what CreateOrder says. Raises EmailMalformed (for none, too) and Malformed."""
    said = {name: _text(form, f"bill_{name}") for name in ("phone", "country", "region", "city", "address", "ip")}
    return orders.NewOrder(
        account=account,
        buyer=orders.Buyer(
            email=_email(form, "bill_email"),
            first_name=_text(form, "bill_first_name"),
            last_name=_text(form, "bill_surname"),
            middle_name=_text(form, "bill_middle_name", "bill_otchestvo"),
            postal_code=_text(form, "bill_postal_code"),
            **said,
        ),
        wanted=tuple(_goods(form)),
        coupon=_text(form, "bill_kupon", "bill_coupon"),
        tag=_text(form, "bill_tag"),
        comment=_text(form, "bill_comment"),
        domain=_domain(_text(form, "bill_domain")),
        cancel=_cancel(form),
        created_at=_past(_seconds(form, "bill_created"), now),
        marks=_signed_marks(form),
        affiliates=affiliates(form),
    )


def keyed_order(form: Form, account: accounts.Account, now: datetime) -> Wish:
    """Read what createorder says. Raises EmailMalformed (for none, too), Malformed and UnknownStatus."""
    zone = ZoneInfo(account.time_zone)
    state = STATUS_WORDS.get(_text(form, "order_status").lower())
    if state is None:
        raise UnknownStatus
    order = orders.NewOrder(
        account=account,
        buyer=_keyed_buyer(form),
        wanted=tuple(_listed_products(form)),
        coupon=_text(form, "coupon"),
        tag=_text(form, "order_tag"),
        comment=_text(form, "note"),
        created_at=_past(_moment(form, "order_created_at", zone), now),
        payment_method=_text(form, "payment_method"),
        manager_id=_manager(form),
        marks={name: mark for name in _UTM if (mark := _text(form, name))} or None,
        affiliates=tuple(_listed(_text(form, "affiliates"))),
        extra=_extra(form) or None,
    )
    return Wish(order, state, _moment(form, "order_paid_at", zone))


def _text(form: Form, *names: str) -> str:
    """Return the first text that is not empty among fields that mean the same."""
    return next((text for name in names if (text := form.text(name).strip())), "")


def _email(form: Form, name: str) -> EmailAddress:
    email = normalise(form.text(name))
    if email is None:
        raise EmailMalformed
    return email


def _goods(form: Form) -> Iterator[orders.Wanted]:
    """Read ``goods[0][good_name]``, ``goods[0][good_sum]`` and so on in the order of the wire; empty rows are none."""
    found = form.tree("goods")
    if found is None:
        return
    # A single product may come without a number.
    for row in found.values() if isinstance(found, dict) and "good_name" not in found else [found]:
        name, sum_ = (row, "") if isinstance(row, str) else (row.get("good_name", ""), row.get("good_sum", ""))
        if not isinstance(name, str) or not isinstance(sum_, str):
            raise Malformed("goods")
        if name.strip() or sum_.strip():
            yield _wanted(name.strip(), sum_.strip(), "good_sum")


def _listed_products(form: Form) -> Iterator[orders.Wanted]:
    """Read the products and, by position, their prices; where there is no price, it is the product's own."""
    names = list(_listed(_text(form, "product_names")))
    prices = [price.strip() for price in form.text("product_prices").split(",")]
    if any(prices[len(names) :]):
        raise Malformed("product_prices")
    for place, name in enumerate(names):
        yield _wanted(name, prices[place] if place < len(prices) else "", "product_prices")


def _wanted(name: str, sum_: str, field: str) -> orders.Wanted:
    if not sum_:
        return orders.Wanted(name)
    value = money.parse(sum_)
    if value is None:
        raise Malformed(field)
    return orders.Wanted(name, value)


def _listed(text: str) -> Iterator[str]:
    return (part for piece in text.split(",") if (part := piece.strip()))


def _domain(text: str) -> str:
    """Return the host that was sent; a protocol before it is cut off, what is no host is dropped."""
    host = text.removeprefix("https://").removeprefix("http://").rstrip("/")
    return host if _DOMAIN.fullmatch(host) else ""


def _cancel(form: Form) -> Literal["by product", "never"] | datetime:
    """Read when the order is to be cancelled; unless anything is said, the products' settings decide."""
    word = _text(form, "bill_timer_kill").lower()
    if not word or word in _YES:
        return "by product"
    if word in _NO:
        return "never"
    return _needed(order_times.read_seconds(word), "bill_timer_kill")


def _seconds(form: Form, name: str) -> datetime | None:
    text = _text(form, name)
    return None if text in ("", "0") else _needed(order_times.read_seconds(text), name)


def _moment(form: Form, name: str, zone: ZoneInfo) -> datetime | None:
    text = _text(form, name)
    return _needed(order_times.read_moment(text, zone), name) if text else None


def _past(at: datetime | None, now: datetime) -> datetime | None:
    """Return when an order was made: a client whose clock is wrong, or in another zone, still gets its order."""
    return min(at, now) if at else None


def _needed(instant: datetime | None, name: str) -> datetime:
    if instant is None:
        raise Malformed(name)
    return instant


def _signed_marks(form: Form) -> dict[str, str] | None:
    marks = {name: mark for name, text in form.mapping("utm").items() if name in UTM_NAMES and (mark := text.strip())}
    marks |= {ours: mark for theirs, ours in OLD_MARKS.items() if (mark := _text(form, theirs))}
    return marks or None


def _keyed_buyer(form: Form) -> orders.Buyer:
    """Read who orders; what is to be delivered goes to the shipping address or, without one, to the billing address."""
    place = _place(form, _SHIPPING) or _place(form, _BILLING)
    return orders.Buyer(
        email=_email(form, "customer_email"),
        first_name=_text(form, "customer_first_name"),
        last_name=_text(form, "customer_last_name"),
        middle_name=_text(form, "customer_middle_name"),
        phone=_text(form, "customer_phone"),
        country=place.get("country_code", ""),
        region=place.get("state", ""),
        city=place.get("city", ""),
        address=", ".join(line for part in ("address_1", "address_2") if (line := place.get(part))),
        postal_code=place.get("zip", ""),
        ip=_text(form, "order_ip"),
    )


def _place(form: Form, kind: str) -> dict[str, str]:
    parts = {part: text for part in _ADDRESS_PARTS if (text := _text(form, f"{kind}_{part}"))}
    # The first line of the shipping address has the bare name.
    if first := _text(form, kind):
        parts["address_1"] = first
    return parts


def _manager(form: Form) -> int | None:
    text = _text(form, "order_sales_manager")
    if not text:
        return None
    manager = number(text)
    if manager is None:
        raise Malformed("order_sales_manager")
    return manager


def _extra(form: Form) -> dict[str, str]:
    """Read what is only kept with the order: the billing address, another phone, whether it is confirmed."""
    billing = {f"billing_{part}": text for part, text in _place(form, _BILLING).items()}
    phone, confirmed = _text(form, "customer_shipping_phone"), _text(form, "order_confirmed").lower()
    extra = billing | ({"shipping_phone": phone} if phone else {})
    if confirmed:
        if confirmed not in _CONFIRMED and confirmed not in _UNCONFIRMED:
            raise Malformed("order_confirmed")
        extra["confirmed"] = "yes" if confirmed in _CONFIRMED else "no"
    return extra
