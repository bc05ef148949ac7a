"""The order form: which fields it has, and what somebody orders by it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from enlist.domain import accounts, attribution, orders, products
from enlist.doors.justclick.clicks import click_marks
from enlist.doors.justclick.fields import (
    BUYER,
    BUYER_EMAIL,
    GOODS,
    MARKS,
    OLD_MARKS,
    ORDER,
    UTM,
    email,
    typed,
)
from enlist.doors.justclick.forms.group_form import Input, Inputs
from enlist.doors.justclick.lead_fields import affiliates
from enlist.doors.web.reading import without
from enlist.kit import money
from enlist.kit.php_form import Form, Pair
from enlist.runtime.formats import amount
from enlist.runtime.texts import N_

EMAIL: Final = BUYER_EMAIL.name
SUM: Final = ORDER["sum"].name
COUPON: Final = ORDER["coupon"].name
COMMENT: Final = ORDER["comment"].name
COUNTRY: Final = BUYER["country"].name
SURNAME: Final = BUYER["last_name"].name

_NAME: Final = Input(BUYER["first_name"].name, N_("Name"), "given-name")
_SURNAME: Final = Input(SURNAME, N_("Last name"), "family-name")
_EMAIL: Final = Input(EMAIL, N_("Email"), "email", keyboard="email", required=True)
_PHONE: Final = Input(BUYER["phone"].name, N_("Phone"), "tel", keyboard="tel")
_SUM: Final = Input(SUM, N_("Your price"), "off", keyboard="decimal", required=True)
_COUPON: Final = Input(COUPON, N_("Discount code"), "off")
_DELIVERY: Final = (
    Input(COUNTRY, N_("Country"), "country-name"),
    Input(BUYER["region"].name, N_("Region"), "address-level1"),
    Input(BUYER["city"].name, N_("City"), "address-level2"),
    Input(BUYER["address"].name, N_("Street address"), "street-address"),
    Input(BUYER["postal_code"].name, N_("Postal code"), "postal-code"),
)
_OTHERS: Final = (
    Input(BUYER["middle_name"].name, N_("Middle name"), "additional-name"),
    Input(COMMENT, N_("Comment"), "off"),
)
_INPUTS: Final = {entry.name: entry for entry in (_SUM, _NAME, _SURNAME, _EMAIL, _PHONE, *_DELIVERY, *_OTHERS, _COUPON)}
# The fields of the inputs, and the inputs by what they fill in of a buyer or an order.
_FIELDS: Final = {
    field.name: field for field in (*BUYER.values(), *ORDER.values(), BUYER_EMAIL) if field.name in _INPUTS
}
INPUT_OF: Final[Mapping[str, str]] = {
    **{field.target: name for name, field in _FIELDS.items()},
    "name": BUYER["first_name"].name,
}
# What `required` in an address may say, besides the fields' own names.
_WORDS: Final[Mapping[str, str]] = {target: field.name for target, field in BUYER.items()} | {
    "name": BUYER["first_name"].name,
    "surname": SURNAME,
    "otchestvo": BUYER["middle_name"].name,
    "comment": COMMENT,
}
_DEMANDABLE: Final = frozenset(_WORDS.values())
_KEPT_WORDS: Final = ("offerta_accept",)
_LOOKS: Final = ("color", "width", "font", "button", "btn_css", "btn_width", "btn_height")
_DROPPED: Final = ("callback", "hash", ORDER["product"].name, GOODS, *_LOOKS)


class FieldMissing(Exception):
    """A field that this form demands is empty; ``field`` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def demanded(form: Form, product: products.Product) -> frozenset[str]:
    """Name the fields that must be filled in: by the product's kind, and by what ``required`` in the address says."""
    words = form.text("required").replace(",", " ").lower().split()
    asked = {field for word in words if (field := _WORDS.get(word, word)) in _DEMANDABLE}
    return frozenset({EMAIL} | asked | {INPUT_OF[field] for field in orders.delivery_data(product)})


def label_of(field: str) -> str:
    """Return the message that names an input."""
    return _INPUTS[field].label


def inputs(
    form: Form, product: products.Product, clicks: Sequence[Pair] = (), *, locale: str, wrong: str = ""
) -> Inputs:
    """Sort what was sent into the fields that people see and those to be carried along unseen.

    ``clicks`` is the hidden input that carries the clicks that led here. The marks among those in an address are then
    carried as the form's own, so that they do not count as another click when the form is sent.
    """
    needed = demanded(form, product)
    visible = [_filled(entry, form, product, needed, wrong, locale) for entry in _shown(form, product, needed, wrong)]
    names = {name for entry in visible for name in _FIELDS[entry.name].names}
    hidden = without(form.pairs, (*_DROPPED, *names, *click_marks.NAMES, click_marks.FIELD))
    sent = form.mapping(UTM)
    marks = [(f"{UTM}[{name}]", form.text(name)) for name in click_marks.NAMES if name in form and name not in sent]
    return Inputs(visible, [*hidden, *marks, *clicks])


def _shown(form: Form, product: products.Product, needed: frozenset[str], wrong: str) -> list[Input]:
    physical = product.is_delivered
    shown = [_SUM] if product.has_floating_price else []
    shown.append(_NAME)
    if physical or SURNAME in needed:
        shown.append(_SURNAME)
    shown.extend((_EMAIL, _PHONE))
    extra = (*_DELIVERY, *_OTHERS)
    always = {entry.name for entry in _DELIVERY} | {COMMENT} if physical else set()
    shown.extend(entry for entry in extra if entry.name in always | needed or entry.name == wrong)
    return shown if product.has_floating_price else [*shown, _COUPON]


def _filled(
    entry: Input, form: Form, product: products.Product, needed: frozenset[str], wrong: str, locale: str
) -> Input:
    value = typed(form, _FIELDS[entry.name])
    if entry.name == SUM and not value:
        value = amount(locale, product.price)
    return msgspec.structs.replace(
        entry,
        value=value,
        wrong=entry.name == wrong,
        required=entry.required or entry.name in needed,
        options=product.countries if entry.name == COUNTRY else (),
    )


def new_order(
    form: Form,
    product: products.Product,
    account: accounts.Account,
    *,
    touches: tuple[attribution.Touch, ...] = (),
    ip: str,
    domain: str,
) -> orders.NewOrder:
    """Read from ``form`` the request of a person at ``ip`` for ``product``; ``touches`` are the clicks that led here.

    Raises EmailMissing, EmailMalformed or FieldMissing.
    """
    address = email(form, BUYER_EMAIL)
    needed = demanded(form, product)
    for field in _INPUTS:
        if field in needed and not typed(form, _FIELDS[field]):
            raise FieldMissing(field)
    return orders.NewOrder(
        account=account,
        buyer=orders.Buyer(email=address, ip=ip, **{target: typed(form, field) for target, field in BUYER.items()}),
        wanted=(orders.Wanted(product.name, _sum(form, product)),),
        coupon=typed(form, ORDER["coupon"]),
        tag=typed(form, ORDER["tag"]),
        comment=typed(form, ORDER["comment"]),
        domain=domain,
        source="page",
        marks=_marks(form),
        touches=touches,
        affiliates=affiliates(form),
        extra={name: text for name in _KEPT_WORDS if (text := form.text(name).strip())} or None,
    )


def _sum(form: Form, product: products.Product) -> Decimal | None:
    """Return what the buyer wants to pay, where the form asks for that; None: nothing that is a sum."""
    return money.parse(typed(form, ORDER["sum"])) if product.has_floating_price else None


def _marks(form: Form) -> dict[str, str] | None:
    """Read marks as ``utm[utm_source]`` and, as addresses have them, as plain ``utm_source``."""
    sent = form.mapping(UTM)
    marks = {name: mark for name in MARKS if (mark := (sent.get(name) or form.text(name)).strip())}
    marks |= {name: mark for name in OLD_MARKS if (mark := form.text(name).strip())}
    return marks or None
