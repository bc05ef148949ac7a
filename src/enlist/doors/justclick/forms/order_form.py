"""The order form: which fields it has, and what somebody orders by it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from enlist.domain import accounts, attribution, orders, products
from enlist.doors.justclick.clicks import click_marks
from enlist.doors.justclick.forms.group_form import Input, Inputs
from enlist.doors.justclick.lead_fields import OLD_MARKS, UTM_NAMES, EmailMalformed, EmailMissing, affiliates
from enlist.doors.web.reading import without
from enlist.kit import money
from enlist.kit.email import EmailAddress, normalise
from enlist.kit.php_form import Form, Pair

EMAIL: Final = "bill_email"
SUM: Final = "good_sum"
COUPON: Final = "bill_kupon"

_NAME: Final = Input("bill_first_name", "field.name", "given-name")
_SURNAME: Final = Input("bill_surname", "field.last_name", "family-name")
_EMAIL: Final = Input(EMAIL, "field.email", "email", keyboard="email", required=True)
_PHONE: Final = Input("bill_phone", "field.phone", "tel", keyboard="tel")
_SUM: Final = Input(SUM, "field.sum", "off", keyboard="decimal", required=True)
_COUPON: Final = Input(COUPON, "field.coupon", "off")
_DELIVERY: Final = (
    Input("bill_country", "field.country", "country-name"),
    Input("bill_region", "field.region", "address-level1"),
    Input("bill_city", "field.city", "address-level2"),
    Input("bill_address", "field.address", "street-address"),
    Input("bill_postal_code", "field.postal_code", "postal-code"),
)
_OTHERS: Final = (
    Input("bill_middle_name", "field.middle_name", "additional-name"),
    Input("bill_comment", "field.comment", "off"),
)

# In how many ways a field may be called in an address or a form (wire.md §9); the first is what our own form says.
_SPELLINGS: Final[Mapping[str, Sequence[str]]] = {
    "bill_middle_name": ("bill_middle_name", "bill_otchestvo"),
    COUPON: (COUPON, "bill_coupon", "kupon", "coupon"),
    "bill_tag": ("bill_tag", "tag"),
}
# What `required` in an address may say, besides the fields' own names.
_WORDS: Final[Mapping[str, str]] = {
    "name": "bill_first_name",
    "first_name": "bill_first_name",
    "last_name": "bill_surname",
    "surname": "bill_surname",
    "middle_name": "bill_middle_name",
    "otchestvo": "bill_middle_name",
    "phone": "bill_phone",
    "country": "bill_country",
    "region": "bill_region",
    "city": "bill_city",
    "address": "bill_address",
    "postal_code": "bill_postal_code",
    "comment": "bill_comment",
}
_INPUTS: Final = {entry.name: entry for entry in (_SUM, _NAME, _SURNAME, _EMAIL, _PHONE, *_DELIVERY, *_OTHERS, _COUPON)}
# The inputs by what they fill in of a buyer or an order.
INPUT_OF: Final[Mapping[str, str]] = {
    "email": EMAIL,
    "first_name": "bill_first_name",
    "name": "bill_first_name",
    "last_name": "bill_surname",
    "middle_name": "bill_middle_name",
    "phone": "bill_phone",
    "country": "bill_country",
    "region": "bill_region",
    "city": "bill_city",
    "address": "bill_address",
    "postal_code": "bill_postal_code",
    "comment": "bill_comment",
    "coupon": COUPON,
    "sum": SUM,
}
_DEMANDABLE: Final = frozenset(_WORDS.values())
_KEPT_WORDS: Final = ("offerta_accept",)
_LOOKS: Final = ("color", "width", "font", "button", "btn_css", "btn_width", "btn_height")
_DROPPED: Final = ("callback", "hash", "good_name", "goods", *_LOOKS)


class FieldMissing(Exception):
    """A field that this form demands is empty; ``field`` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def spelt(form: Form, field: str) -> str:
    """Return what was typed into ``field``, under whichever of its names, without spaces around it."""
    for name in _SPELLINGS.get(field, (field,)):
        if text := form.text(name).strip():
            return text
    return ""


def demanded(form: Form, product: products.Product) -> frozenset[str]:
    """Name the fields that must be filled in: by the product's kind, and by what ``required`` in the address says."""
    words = form.text("required").replace(",", " ").lower().split()
    asked = {field for word in words if (field := _WORDS.get(word, word)) in _DEMANDABLE}
    return frozenset({EMAIL} | asked | {INPUT_OF[field] for field in orders.delivery_data(product)})


def label_of(field: str) -> str:
    """Return the key of the text that names an input."""
    return _INPUTS[field].label


def inputs(form: Form, product: products.Product, clicks: Sequence[Pair] = (), *, wrong: str = "") -> Inputs:
    """Sort what was sent into the fields that people see and those to be carried along unseen.

    ``clicks`` is the hidden input that carries the clicks that led here. The marks among those in an address are then
    carried as the form's own, so that they do not count as another click when the form is sent.
    """
    needed = demanded(form, product)
    visible = [_filled(entry, form, product, needed, wrong) for entry in _shown(form, product, needed, wrong)]
    names = {name for entry in visible for name in _SPELLINGS.get(entry.name, (entry.name,))}
    hidden = without(form.pairs, (*_DROPPED, *names, *click_marks.NAMES, click_marks.FIELD))
    sent = form.mapping("utm")
    marks = [(f"utm[{name}]", form.text(name)) for name in click_marks.NAMES if name in form and name not in sent]
    return Inputs(visible, [*hidden, *marks, *clicks])


def _shown(form: Form, product: products.Product, needed: frozenset[str], wrong: str) -> list[Input]:
    physical = product.is_delivered
    shown = [_SUM] if product.has_floating_price else []
    shown.append(_NAME)
    if physical or "bill_surname" in needed:
        shown.append(_SURNAME)
    shown.extend((_EMAIL, _PHONE))
    extra = (*_DELIVERY, *_OTHERS)
    always = {entry.name for entry in _DELIVERY} | {"bill_comment"} if physical else set()
    shown.extend(entry for entry in extra if entry.name in always | needed or entry.name == wrong)
    return shown if product.has_floating_price else [*shown, _COUPON]


def _filled(entry: Input, form: Form, product: products.Product, needed: frozenset[str], wrong: str) -> Input:
    value = spelt(form, entry.name)
    if entry.name == SUM and not value:
        value = money.write(product.price)
    return msgspec.structs.replace(
        entry,
        value=value,
        wrong=entry.name == wrong,
        required=entry.required or entry.name in needed,
        options=product.countries if entry.name == "bill_country" else (),
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
    """Read from ``form`` the wish of somebody at ``ip`` to have ``product``; ``touches`` are the clicks that led here.

    Raises EmailMissing, EmailMalformed or FieldMissing.
    """
    email = _email(form)
    needed = demanded(form, product)
    for field in _INPUTS:
        if field in needed and not spelt(form, field):
            raise FieldMissing(field)
    return orders.NewOrder(
        account=account,
        buyer=_buyer(form, email, ip),
        wanted=(orders.Wanted(product.name, _sum(form, product)),),
        coupon=spelt(form, COUPON),
        tag=spelt(form, "bill_tag"),
        comment=spelt(form, "bill_comment"),
        domain=domain,
        source="page",
        marks=_marks(form),
        touches=touches,
        affiliates=affiliates(form),
        extra={name: text for name in _KEPT_WORDS if (text := form.text(name).strip())} or None,
    )


def _email(form: Form) -> EmailAddress:
    sent = spelt(form, EMAIL)
    if not sent:
        raise EmailMissing
    email = normalise(sent)
    if email is None:
        raise EmailMalformed
    return email


def _buyer(form: Form, email: EmailAddress, ip: str) -> orders.Buyer:
    return orders.Buyer(
        email=email,
        first_name=spelt(form, "bill_first_name"),
        last_name=spelt(form, "bill_surname"),
        middle_name=spelt(form, "bill_middle_name"),
        phone=spelt(form, "bill_phone"),
        country=spelt(form, "bill_country"),
        region=spelt(form, "bill_region"),
        city=spelt(form, "bill_city"),
        address=spelt(form, "bill_address"),
        postal_code=spelt(form, "bill_postal_code"),
        ip=ip,
    )


def _sum(form: Form, product: products.Product) -> Decimal | None:
    """Return what the buyer wants to pay, where the form asks for that; None: nothing that is a sum."""
    return money.parse(spelt(form, SUM)) if product.has_floating_price else None


def _marks(form: Form) -> dict[str, str] | None:
    """Read marks as ``utm[utm_source]`` and, as addresses have them, as plain ``utm_source``."""
    sent = form.mapping("utm")
    marks = {name: mark for name in UTM_NAMES if (mark := (sent.get(name) or form.text(name)).strip())}
    marks |= {name: mark for name in OLD_MARKS if (mark := form.text(name).strip())}
    return marks or None
