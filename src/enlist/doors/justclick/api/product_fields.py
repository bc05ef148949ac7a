"""The fields in which AddGood and UpdateGood say what a product is like (api-1.0.md §15)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

import msgspec

from enlist.domain import products
from enlist.doors.justclick import group_names
from enlist.doors.justclick.lead_fields import truth
from enlist.kit import money
from enlist.kit.php_form import Form

TEXTS: Final = {
    "good_title": "title",
    "good_api_url_notif": "paid_hook_url",
    "good_api_url_new_order": "created_hook_url",
    "good_success_link": "thanks_url",
    "good_quickpost_article": "post_article",
    "good_download": "download_url",
    "good_mail_subject": "letter_subject",
    "good_mail_body": "letter_html",
    "good_mail_text": "letter_text",
    "good_partner_SL_link": "sales_url",
    "good_partner_addition_link": "promotion_url",
    "good_partner_text": "partner_note",
    "good_pay_text": "payment_text",
}
FLAGS: Final = {
    "good_nalozh_only": "cash_on_delivery",
    "good_partner_show": "for_partners",
    "good_use_short": "short_address",
    "good_publish": "listed",
}
SUMS: Final = {
    "good_sum": "price",
    "good_partner_fee": "commission_1_sum",
    "good_partner_pfee": "commission_2_sum",
    "good_rashod": "cost_sum",
}
PERCENTAGES: Final = {
    "good_partner_fee_perc": "commission_1_percent",
    "good_partner_pfee_perc": "commission_2_percent",
    "good_rashod_perc": "cost_percent",
}
# The list says 1 and 0, a sample says `real`; empty is what GetAllGoods tells of a floating price (wire.md §9).
KINDS: Final[Mapping[str, products.Kind]] = {
    "1": "physical",
    "real": "physical",
    "physical": "physical",
    "0": "digital",
    "digital": "digital",
    "": "floating",
    "floating": "floating",
}
CHOICES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "good_post_service": ("post_service", {"": "none", "none": "none", "quickpost": "quickpost"}),
    "good_mail_format": ("letter_format", {"": "text", "text": "text", "html": "html"}),
}
# The list says one, a sample the other (wire.md §9).
GROUPS: Final = ("good_client_rassilki", "good_client_mailings")
UNITS: Final = {"min": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_PERCENT_STEP: Final = Decimal("0.0001")
_LONGEST_NUMBER: Final = 18


class Unreadable(Exception):
    """A field cannot be read as what it should be; the message is its name."""


def new_product(form: Form) -> products.NewProduct:
    """Read what AddGood says. Raises Unreadable."""
    said = changes(form)
    if "good_type" not in form:
        return said
    kind = KINDS.get(form.text("good_type").strip().lower())
    if kind is None:
        raise Unreadable("good_type")
    return msgspec.structs.replace(said, kind=kind)


def changes(form: Form) -> products.NewProduct:
    """Read what UpdateGood says: of what is sent, an empty field clears what is kept, but for title and price.

    ``good_type`` is not looked at: a product does not become another kind of product (wire.md §9). Raises Unreadable.
    """
    said: dict[str, Any] = {ours: form.text(theirs) for theirs, ours in TEXTS.items() if theirs in form}
    said |= {ours: truth(form.text(theirs)) for theirs, ours in FLAGS.items() if theirs in form}
    for theirs, ours in SUMS.items():
        _read(said, form, theirs, ours, money.parse)
    for theirs, ours in PERCENTAGES.items():
        _read(said, form, theirs, ours, _percentage)
    for theirs, (ours, words) in CHOICES.items():
        _read(said, form, theirs, ours, partial(_chosen, words), empty=words[""])
    _read(said, form, "parent_id", "category_id", _number)
    if said.get("category_id") == 0:
        said["category_id"] = None
    if "good_only_countries" in form:
        said["countries"] = tuple(form.text("good_only_countries").split(","))
    for theirs in GROUPS:
        if form.tree(theirs) is not None:
            said["groups"] = tuple(
                group_names.ours(name.strip()) for text in form.texts(theirs) for name in text.split(",")
            )
            break
    said |= _deadline(form)
    for needed in ("title", "price"):
        if said.get(needed) in ("", None):
            said.pop(needed, None)
    return products.NewProduct(name=form.text("good_name").strip(), **said)


def _read(
    said: dict[str, Any],
    form: Form,
    theirs: str,
    ours: str,
    read: Callable[[str], Any],
    *,
    empty: object = None,
) -> None:
    """Put into ``said`` what the field means, if it was sent."""
    if theirs in form:
        text = form.text(theirs).strip()
        said[ours] = read(text) if text else empty
        if text and said[ours] is None:
            raise Unreadable(theirs)


def _chosen(words: Mapping[str, str], text: str) -> str | None:
    return words.get(text.lower())


def _percentage(text: str) -> Decimal | None:
    return money.parse(text, step=_PERCENT_STEP)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else None


def _deadline(form: Form) -> dict[str, timedelta | None]:
    """Read the three fields of the deadline: switched off, or a number of units; nothing if nothing is said."""
    if "good_timer" in form and not truth(form.text("good_timer")):
        return {"deadline": None}
    duration = form.text("good_timer_duration").strip()
    if not duration and "good_timer" not in form:
        return {}
    unit, number = UNITS.get(form.text("good_timer_unit").strip().lower()), _number(duration)
    if unit is None or number is None:
        raise Unreadable("good_timer_unit" if unit is None else "good_timer_duration")
    try:
        return {"deadline": unit * number}
    except OverflowError:
        raise Unreadable("good_timer_duration") from None
