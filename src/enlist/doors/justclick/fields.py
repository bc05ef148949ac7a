"""The protocol's field names in one table: what each is called, what of ours it fills in, how it is read.

A field has one name; where documents, samples and clients differ, it has other spellings (wire.md §9), some of which
only forms and addresses use. Tables are by our word for what a field says; each field is named here and nowhere else.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from enlist.domain import contacts, products
from enlist.doors.justclick import values
from enlist.doors.justclick.redirects import wanted_address
from enlist.doors.justclick.values import Reader, as_sent, optional, truth
from enlist.kit import money
from enlist.kit.email import EmailAddress, normalise
from enlist.kit.php_form import Form


class Field(msgspec.Struct, frozen=True):
    """A field: its name, the word for it in our model, other spellings, those of forms only, and its reader."""

    name: str
    target: str
    also: tuple[str, ...] = ()
    in_forms: tuple[str, ...] = ()
    read: Reader = str.strip

    @property
    def names(self) -> tuple[str, ...]:
        """All its spellings in forms and addresses, its name first."""
        return (self.name, *self.also, *self.in_forms)


Table = Mapping[str, Field]


class Fault(Exception):
    """Something is wrong with a field, whatever the rules of the product are."""


class Unreadable(Fault):
    """A field cannot be read as what it should be; the message is its name."""


class EmailMissing(Fault):
    """No email address was sent."""


class EmailMalformed(Fault):
    """What was sent is not an email address."""


def text(form: Form, field: Field) -> str:
    """Return the first text of a field that is not empty, among its spellings in calls, without spaces round it."""
    found = form.text(field.name).strip()
    return found or (_first(form, field.also) if field.also else "")


def typed(form: Form, field: Field) -> str:
    """Do as ``text``, for a form or an address, where a field may have still other spellings."""
    return text(form, field) or _first(form, field.in_forms)


def email(form: Form, field: Field) -> EmailAddress:
    """Return the email address in a field. Raises EmailMissing or EmailMalformed."""
    said = text(form, field)
    if not said:
        raise EmailMissing
    address = normalise(said)
    if address is None:
        raise EmailMalformed
    return address


def value(form: Form, field: Field) -> Any:
    """Return what a field of a call means. Raises Unreadable."""
    return _read(field, text(form, field))


def filled(form: Form, fields: Iterable[Field]) -> dict[str, Any]:
    """Return by our words what the fields mean that are not empty. Raises Unreadable."""
    return {field.target: _read(field, said) for field in fields if (said := text(form, field))}


def sent(form: Form, fields: Iterable[Field]) -> dict[str, Any]:
    """Return by our words what the fields mean that were sent, be they empty. Raises Unreadable."""
    return {field.target: _read(field, form.text(field.name)) for field in fields if field.name in form}


def _first(form: Form, names: Iterable[str]) -> str:
    return next((said for name in names if (said := form.text(name).strip())), "")


def _read(field: Field, said: str) -> Any:
    try:
        return field.read(said)
    except ValueError:
        raise Unreadable(field.name) from None


def _table(*fields: Field) -> Table:
    return {field.target: field for field in fields}


# Where a person came from. A mark may also be a field of its own beside the mapping `utm`; the old ones are numbers.
UTM: Final = "utm"
MARK_PARTS: Final = ("medium", "source", "campaign", "content", "term")
UTM_MARKS: Final = tuple(f"utm_{part}" for part in MARK_PARTS)
MARKS: Final = frozenset({*UTM_MARKS, *(f"aff_{part}" for part in MARK_PARTS)})
OLD_MARKS: Final = ("aff", "ad")

# Who wants to be in which groups: AddLeadToGroup and subscription forms (wire.md §7.1).
GROUPS: Final = "rid"
LEAD: Final = _table(
    Field("lead_email", "email"),
    Field("lead_name", "first_name"),
    Field("lead_middle_name", "middle_name"),
    Field("lead_last_name", "last_name"),
    Field("lead_phone", "phone"),
    Field("lead_city", "city"),
    Field("tag", "tag"),
    Field("lead_tags", "tags", read=values.listed),
    Field("activation", "confirm", read=truth),
    Field("doneurl", "redirect", read=wanted_address),
    Field("doneurl2", "done_url", read=wanted_address),
)

# Whose groups or orders are asked for.
CUSTOMER: Final = Field("email", "email")

# What the second generation says of a contact (api-2.0.md §2).
CARD: Final = _table(
    Field("lead_first_name", "name"),
    Field("lead_middle_name", "middle_name"),
    Field("lead_last_name", "last_name"),
    Field("lead_phone", "phone"),
    Field("lead_description", "description"),
    Field("lead_utc", "utc_offset", read=values.utc_offset),
    Field("lead_personal_manager", "manager_id", read=values.needed(values.number)),
)
NETWORKS: Final = _table(
    *(Field("lead_in" if name == "linkedin" else f"lead_{name}", name) for name in contacts.NETWORKS)
)
ADDRESSES: Final[Mapping[str, Table]] = {
    kind: _table(*(Field(f"lead_{kind}_{part}", part) for part in contacts.Address.__struct_fields__))
    for kind in ("shipping", "billing")
}

# Who orders: CreateOrder and order forms (api-1.0.md §8). The address they order from is told by calls only.
BUYER_EMAIL: Final = Field("bill_email", "email")
BUYER_IP: Final = Field("bill_ip", "ip")
BUYER: Final = _table(
    Field("bill_first_name", "first_name"),
    Field("bill_surname", "last_name"),
    Field("bill_middle_name", "middle_name", also=("bill_otchestvo",)),
    Field("bill_phone", "phone"),
    Field("bill_country", "country"),
    Field("bill_region", "region"),
    Field("bill_city", "city"),
    Field("bill_address", "address"),
    Field("bill_postal_code", "postal_code"),
)
# What they order, and how.
GOODS: Final = "goods"
ORDER: Final = _table(
    Field("bill_kupon", "coupon", also=("bill_coupon",), in_forms=("kupon", "coupon")),
    Field("bill_tag", "tag", in_forms=("tag",)),
    Field("bill_comment", "comment"),
    Field("bill_domain", "domain", read=values.domain),
    Field("bill_timer_kill", "cancel", read=values.cancelling),
    Field("bill_created", "created_at", read=values.moment_or_none),
    Field("good_name", "product"),
    Field("good_sum", "sum", read=values.needed(money.parse)),
)
# Logins of partners, first and second level, whom an order names outright.
PARTNERS: Final = (Field("bill_aff_name", "first level"), Field("bill_paff_name", "second level"))
# The old fields about partners and advertisements, and under which name each of them is kept as a mark.
OLD_ORDER_MARKS: Final = (
    Field("bill_aff", "aff"),
    Field("bill_aff_name", "aff_name"),
    Field("bill_paff", "paff"),
    Field("bill_paff_name", "paff_name"),
    Field("bill_ad_id", "ad"),
)

# The same in the second generation (api-2.0.md §5).
KEYED_EMAIL: Final = Field("customer_email", "email")
KEYED_BUYER: Final = _table(
    Field("customer_first_name", "first_name"),
    Field("customer_last_name", "last_name"),
    Field("customer_middle_name", "middle_name"),
    Field("customer_phone", "phone"),
    Field("order_ip", "ip"),
)
KEYED_ORDER: Final = _table(
    Field("coupon", "coupon"),
    Field("order_tag", "tag"),
    Field("note", "comment"),
    Field("payment_method", "payment_method"),
    Field("order_sales_manager", "manager_id", read=optional(values.number)),
)
KEYED_ORDER_TIMES: Final = _table(
    Field("order_created_at", "created_at"),
    Field("order_paid_at", "paid_at"),
)
KEYED_STATUS: Final = Field("order_status", "state")
KEYED_PRODUCTS: Final = Field("product_names", "products", read=values.listed)
KEYED_PRICES: Final = Field("product_prices", "prices", read=values.codes)
KEYED_PARTNERS: Final = Field("affiliates", "partners", read=values.listed)
KEYED_SHIPPING_PHONE: Final = Field("customer_shipping_phone", "shipping_phone")
# The last word is printed with a Cyrillic first letter (wire.md §9).
KEYED_CONFIRMED: Final = Field(
    "order_confirmed",
    "confirmed",
    read=values.chosen(
        dict.fromkeys(("yes", "true", "1", "confirmed", "\u0441onfirmed"), "yes")
        | dict.fromkeys(("no", "false", "0"), "no")
    ),
)
KEYED_PARTS: Final = ("address_1", "address_2", "city", "state", "zip", "country_code")


def _keyed_address(name: str) -> tuple[Field, ...]:
    """Name the fields of an address; its first line has the bare name, too, which wins."""
    parts = (Field(f"{name}_{part}", part) for part in KEYED_PARTS)
    return (*parts, Field(name, "address_1"))


KEYED_SHIPPING: Final = _keyed_address("customer_shipping")
KEYED_BILLING: Final = _keyed_address("customer_billing")

# What a product is like: AddGood and UpdateGood (api-1.0.md §15).
PRODUCT_NAME: Final = Field("good_name", "name")
# The list says 1 and 0, a sample says `real`; empty is what GetAllGoods tells of a floating price (wire.md §9).
_KINDS: Final[Mapping[str, products.Kind]] = {
    "1": "physical",
    "real": "physical",
    "physical": "physical",
    "0": "digital",
    "digital": "digital",
    "": "floating",
    "floating": "floating",
}
PRODUCT_KIND: Final = Field("good_type", "kind", read=values.chosen(_KINDS))
# The list says one, a sample the other (wire.md §9); both are lists.
PRODUCT_GROUPS: Final = Field("good_client_rassilki", "groups", also=("good_client_mailings",), read=values.codes)
PRODUCT_TIMER: Final = Field("good_timer", "deadline", read=truth)
PRODUCT_TIMER_UNIT: Final = Field("good_timer_unit", "deadline")
PRODUCT_TIMER_NUMBER: Final = Field("good_timer_duration", "deadline", read=optional(values.number))
PRODUCT: Final = _table(
    Field("good_title", "title", read=as_sent),
    Field("good_api_url_notif", "paid_hook_url", read=as_sent),
    Field("good_api_url_new_order", "created_hook_url", read=as_sent),
    Field("good_success_link", "thanks_url", read=as_sent),
    Field("good_quickpost_article", "post_article", read=as_sent),
    Field("good_download", "download_url", read=as_sent),
    Field("good_mail_subject", "letter_subject", read=as_sent),
    Field("good_mail_body", "letter_html", read=as_sent),
    Field("good_mail_text", "letter_text", read=as_sent),
    Field("good_partner_SL_link", "sales_url", read=as_sent),
    Field("good_partner_addition_link", "promotion_url", read=as_sent),
    Field("good_partner_text", "partner_note", read=as_sent),
    Field("good_pay_text", "payment_text", read=as_sent),
    Field("good_nalozh_only", "cash_on_delivery", read=truth),
    Field("good_partner_show", "for_partners", read=truth),
    Field("good_use_short", "short_address", read=truth),
    Field("good_publish", "listed", read=truth),
    Field("good_sum", "price", read=optional(money.parse)),
    Field("good_partner_fee", "commission_1_sum", read=optional(money.parse)),
    Field("good_partner_pfee", "commission_2_sum", read=optional(money.parse)),
    Field("good_rashod", "cost_sum", read=optional(money.parse)),
    Field("good_partner_fee_perc", "commission_1_percent", read=optional(values.percentage)),
    Field("good_partner_pfee_perc", "commission_2_percent", read=optional(values.percentage)),
    Field("good_rashod_perc", "cost_percent", read=optional(values.percentage)),
    Field(
        "good_post_service",
        "post_service",
        read=values.chosen({"": "none", "none": "none", "quickpost": "quickpost"}),
    ),
    Field("good_mail_format", "letter_format", read=values.chosen({"": "text", "text": "text", "html": "html"})),
    Field("parent_id", "category_id", read=optional(values.number)),
    Field("good_only_countries", "countries", read=values.codes),
)
