"""What products, pin codes and coupons can be like, which needs no database."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec

from enlist.domain.products.errors import BadCategory, BadCoupon, BadPinCode, BadProduct
from enlist.domain.products.model import NewCoupon, NewProduct, is_reserved
from enlist.kit import money
from enlist.kit.redirects import safe_redirect
from enlist.kit.text import can_be_kept, fault

_NAME: Final = re.compile(r"(?!\.+$)[\w.-]{1,100}")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_CODE: Final = re.compile(r"[^\s,]{1,64}")
# What may stand where a line would end: in a subject it would begin another header.
_LINES: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")

# The longest that texts may be, in characters.
LONGEST: Final = {
    "title": 255,
    "letter_subject": 255,
    "letter_html": 100_000,
    "letter_text": 100_000,
    "payment_text": 100_000,
    "post_article": 100,
    "partner_note": 10_000,
}
ONE_LINE: Final = ("title", "letter_subject", "post_article")
URLS: Final = ("download_url", "thanks_url", "created_hook_url", "paid_hook_url", "sales_url", "promotion_url")
SUMS: Final = ("price", "least_payment", "commission_1_sum", "commission_2_sum", "cost_sum")
PERCENTAGES: Final = ("commission_1_percent", "commission_2_percent", "cost_percent")
MOST_GROUPS: Final = 50
MOST_COUNTRIES: Final = 300
LONGEST_COUNTRY: Final = 64
LONGEST_PIN_CODE: Final = 255
LONGEST_DEADLINE: Final = timedelta(days=3650)
MOST_USES: Final = 2**31 - 1
LARGEST_NUMBER: Final = 2**63 - 1
_HUNDRED: Final = Decimal(100)


def check_product(said: NewProduct) -> dict[str, Any]:
    """Return by name the properties that are set, without spaces round texts of one line. Refuses with BadProduct."""
    values = {name: getattr(said, name) for name in said.__struct_fields__}
    values = {name: value for name, value in values.items() if value is not msgspec.UNSET}
    if not _NAME.fullmatch(said.name):
        raise BadProduct(field="name", reason="must be 1 to 100 letters, digits, dots, hyphens or underscores")
    if values.get("short_address") and is_reserved(said.name):
        raise BadProduct(field="short address", reason=f"cannot be /{said.name}, which leads elsewhere")
    for name in ONE_LINE:
        if name in values:
            values[name] = _line(name, values[name])
    if values.get("title") == "":
        raise BadProduct(field="title", reason="is empty")
    for name, longest in LONGEST.items():
        if reason := fault(values.get(name, ""), longest):
            raise BadProduct(field=name, reason=reason)
    for name in URLS:
        if values.get(name):
            values[name] = _url(name, values[name])
    _check_numbers(values)
    _check_lists(values)
    return values


def check_new_product(new: NewProduct) -> dict[str, Any]:
    """Do as ``check_product``; refuse with BadProduct, too, if something is missing that every product has."""
    values = check_product(new)
    for name in ("kind", "title", "price"):
        if name not in values:
            raise BadProduct(field=name, reason="is missing")
    return values


def check_category_title(title: str) -> str:
    """Return the title of a category without spaces round it. Refuses with BadCategory."""
    plain = title.strip()
    if not plain or len(plain) > LONGEST["title"] or not plain.isprintable():
        raise BadCategory(category=title, reason=f"must be one line of 1 to {LONGEST['title']} characters")
    return plain


def check_pin_codes(codes: Sequence[str]) -> list[str]:
    """Return the codes without spaces round them, each once, without empty ones. Refuses with BadPinCode."""
    plain = [code.strip() for code in codes]
    for place, code in enumerate(plain, 1):
        if len(code) > LONGEST_PIN_CODE or _LINES.search(code) or not can_be_kept(code):
            raise BadPinCode(place=place, reason=f"must be one line of at most {LONGEST_PIN_CODE} characters")
    return [code for code in dict.fromkeys(plain) if code]


def check_coupon(new: NewCoupon) -> None:
    """Refuse with BadCoupon what no coupon can be like."""
    if not _CODE.fullmatch(new.code) or not new.code.isprintable():
        raise BadCoupon(field="code", reason="must be 1 to 64 characters without spaces and commas")
    if (new.discount_sum is None) == (new.discount_percent is None):
        raise BadCoupon(field="discount", reason="must be either a sum or a percentage")
    if new.discount_sum is not None and not (_is_sum(new.discount_sum) and new.discount_sum):
        raise BadCoupon(field="discount sum", reason=f"must be above 0 and at most {money.LARGEST}, in whole cents")
    if new.discount_percent is not None and not (_is_percentage(new.discount_percent) and new.discount_percent):
        raise BadCoupon(field="discount percent", reason="must be above 0 and at most 100, with up to four decimals")
    if new.valid_from is not None and new.valid_until is not None and new.valid_from >= new.valid_until:
        raise BadCoupon(field="valid until", reason="is not after the beginning")
    if new.most_uses is not None and not 0 < new.most_uses <= MOST_USES:
        raise BadCoupon(field="most uses", reason=f"must be from 1 to {MOST_USES}")


def _line(name: str, text: str) -> str:
    plain = text.strip()
    if _LINES.search(plain):
        raise BadProduct(field=name, reason="must be one line")
    return plain


def _url(name: str, text: str) -> str:
    plain = text.strip()
    if plain and not (_WEB.match(plain) and safe_redirect(plain, "http://localhost/")):
        raise BadProduct(field=name, reason="must be an http or https address of at most 2048 characters")
    return plain


def _check_numbers(values: dict[str, Any]) -> None:
    for name in SUMS:
        if values.get(name) is not None and not _is_sum(values[name]):
            raise BadProduct(field=name, reason=f"must be from 0 to {money.LARGEST}, in whole cents")
    for name in PERCENTAGES:
        if values.get(name) is not None and not _is_percentage(values[name]):
            raise BadProduct(field=name, reason="must be from 0 to 100, with up to four decimals")
    if values.get("least_payment") == 0:
        raise BadProduct(field="least_payment", reason="must be above 0")
    deadline = values.get("deadline")
    if deadline is not None and not timedelta() < deadline <= LONGEST_DEADLINE:
        raise BadProduct(field="deadline", reason=f"must be above 0 and at most {LONGEST_DEADLINE.days} days")


def _is_sum(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= money.LARGEST and value == value.quantize(money.CENT)


def _is_percentage(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value <= _HUNDRED and value == value.quantize(Decimal("0.0001"))


def _check_lists(values: dict[str, Any]) -> None:
    for name, most in (("groups", MOST_GROUPS), ("countries", MOST_COUNTRIES)):
        if name in values:
            values[name] = tuple(dict.fromkeys(plain for text in values[name] if (plain := text.strip())))
            if len(values[name]) > most:
                raise BadProduct(field=name, reason=f"are more than {most}")
    for country in values.get("countries", ()):
        if len(country) > LONGEST_COUNTRY or "," in country or not country.isprintable():
            raise BadProduct(field="countries", reason=f"must be codes of at most {LONGEST_COUNTRY} characters")
