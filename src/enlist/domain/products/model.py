"""What products and coupons are."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec

from enlist.domain.partners import Commission

Kind = Literal["digital", "physical", "floating"]
BoughtItem = tuple[int, int, int, int]  # account, product, order, place of the item in it

# First parts of addresses that lead elsewhere, or will: a product's short address cannot be one of them.
RESERVED_ADDRESSES: Final = frozenset(
    {
        "admin", "aff", "api", "bill", "confirm", "constructor", "form", "health", "hooks", "jsapi", "media", "metrics",
        "order", "order_form", "partner", "pay", "static", "subscribe", "unsubscribe", "v1",
    }
)  # fmt: skip


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is sold; what each property means stands beside its column in the migration."""

    account_id: int
    id: int
    name: str
    kind: Kind
    title: str
    price: Decimal
    created_at: datetime
    category_id: int | None = None
    groups: tuple[str, ...] = ()
    listed: bool = True
    short_address: bool = False
    deadline: timedelta | None = None
    least_payment: Decimal | None = None
    download_url: str = ""
    thanks_url: str = ""
    letter_subject: str = ""
    letter_format: Literal["text", "html"] = "text"
    letter_html: str = ""
    letter_text: str = ""
    payment_text: str = ""
    created_hook_url: str = ""
    paid_hook_url: str = ""
    cash_on_delivery: bool = False
    post_service: Literal["none", "quickpost"] = "none"
    post_article: str = ""
    countries: tuple[str, ...] = ()
    commissions: tuple[Commission, Commission] | None = None  # first and second level; None: the programme's default
    for_partners: bool = False
    sales_url: str = ""
    promotion_url: str = ""
    partner_note: str = ""
    cost_sum: Decimal | None = None
    cost_percent: Decimal | None = None

    @property
    def has_short_address(self) -> bool:
        """Whether its order page is also right below the host; products made earlier may want an address they can't."""
        return self.short_address and not is_reserved(self.name)

    @property
    def is_delivered(self) -> bool:
        """Whether it is something to be sent, to somebody at an address."""
        return self.kind == "physical"

    @property
    def has_floating_price(self) -> bool:
        """Whether buyers name what they pay; the price is the least."""
        return self.kind == "floating"


class NewProduct(msgspec.Struct, frozen=True, kw_only=True):
    """What is said when a product is made or changed: those properties of Product that are set; others keep theirs."""

    name: str
    kind: Kind | msgspec.UnsetType = msgspec.UNSET
    title: str | msgspec.UnsetType = msgspec.UNSET
    price: Decimal | msgspec.UnsetType = msgspec.UNSET
    category_id: int | msgspec.UnsetType | None = msgspec.UNSET
    groups: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    listed: bool | msgspec.UnsetType = msgspec.UNSET
    short_address: bool | msgspec.UnsetType = msgspec.UNSET
    deadline: timedelta | msgspec.UnsetType | None = msgspec.UNSET
    least_payment: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    download_url: str | msgspec.UnsetType = msgspec.UNSET
    thanks_url: str | msgspec.UnsetType = msgspec.UNSET
    letter_subject: str | msgspec.UnsetType = msgspec.UNSET
    letter_format: Literal["text", "html"] | msgspec.UnsetType = msgspec.UNSET
    letter_html: str | msgspec.UnsetType = msgspec.UNSET
    letter_text: str | msgspec.UnsetType = msgspec.UNSET
    payment_text: str | msgspec.UnsetType = msgspec.UNSET
    created_hook_url: str | msgspec.UnsetType = msgspec.UNSET
    paid_hook_url: str | msgspec.UnsetType = msgspec.UNSET
    cash_on_delivery: bool | msgspec.UnsetType = msgspec.UNSET
    post_service: Literal["none", "quickpost"] | msgspec.UnsetType = msgspec.UNSET
    post_article: str | msgspec.UnsetType = msgspec.UNSET
    countries: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    commission_1_sum: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    commission_1_percent: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    commission_2_sum: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    commission_2_percent: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    for_partners: bool | msgspec.UnsetType = msgspec.UNSET
    sales_url: str | msgspec.UnsetType = msgspec.UNSET
    promotion_url: str | msgspec.UnsetType = msgspec.UNSET
    partner_note: str | msgspec.UnsetType = msgspec.UNSET
    cost_sum: Decimal | msgspec.UnsetType | None = msgspec.UNSET
    cost_percent: Decimal | msgspec.UnsetType | None = msgspec.UNSET


class Category(msgspec.Struct, frozen=True):
    """A folder of products."""

    account_id: int
    id: int
    title: str


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    """A code that makes products cheaper: by a sum off the whole, or by a percentage off each product it covers."""

    account_id: int
    id: int
    code: str
    discount_sum: Decimal | None
    discount_percent: Decimal | None
    valid_from: datetime | None
    valid_until: datetime | None
    product_ids: tuple[int, ...]  # empty: all
    partner_id: int | None
    most_uses: int | None
    uses: int
    disabled_at: datetime | None
    created_at: datetime

    def is_code(self, text: str) -> bool:
        """Tell whether ``text`` is this coupon's code, in whichever letter case, rather than its number."""
        return code_key(text) == code_key(self.code)


class NewCoupon(msgspec.Struct, frozen=True, kw_only=True):
    """What is said when a coupon is made: exactly one of the two discounts, and products by name or number as text."""

    code: str
    discount_sum: Decimal | None = None
    discount_percent: Decimal | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    products: tuple[str, ...] = ()  # none: all
    partner_id: int | None = None
    most_uses: int | None = None


def code_key(code: str) -> str:
    """Return a coupon's code in the one form in which codes are compared."""
    return code.strip().casefold()


def as_number(text: str) -> int | None:
    """Return the number of a product or a coupon that ``text`` is, written as we write them; None if it is none."""
    if text.isascii() and text.isdecimal() and len(text) < 19 and text[0] != "0":
        return int(text)
    return None


def is_reserved(name: str) -> bool:
    """Tell whether a product called ``name`` cannot have a short address, in whichever letter case."""
    return name.lower() in RESERVED_ADDRESSES
