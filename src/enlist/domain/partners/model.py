"""What the programme, its partners, their clicks and their earnings are."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec

from enlist.domain.partners.errors import BadPartner, BadProgramme
from enlist.kit import money
from enlist.kit.email import normalise

State = Literal["waiting", "active", "suspended"]
Source = Literal["address", "form", "cookie", "request", "coupon", "named"]
Rule = Literal[
    "coupon", "named", "first click", "last click", "no click", "no member", "known before", "period over", "cancelled"
]

AFFILIATE: Final = "affiliate"  # what utm_medium must be, exactly (api-1.0.md §2)
OWN_MARKS: Final = ("aff_medium", "aff_source", "aff_campaign", "aff_content", "aff_term")
COUNTS_ONCE_WITHIN: Final = timedelta(minutes=10)
LONGEST_PERIOD: Final = 365  # days
LONGEST_TEXT: Final = 255
LONGEST_INSTRUCTIONS: Final = 20_000
LONGEST_MARK: Final = 1024
LONGEST_URL: Final = 2048
_LOGIN: Final = re.compile(r"[A-Za-z0-9](?:[\w.@-]{0,98}[A-Za-z0-9])?", re.ASCII)


class Commission(msgspec.Struct, frozen=True):
    """What a partner earns by an item: a fixed sum, a percentage of what is paid for it, or both."""

    sum: Decimal | None = None
    percent: Decimal | None = None

    @property
    def said(self) -> bool:
        """Whether this says anything; else the next in precedence is asked."""
        return self.sum is not None or self.percent is not None

    def of(self, amount: Decimal) -> Decimal:
        """Tell what is earned by an item for which ``amount`` is paid; what costs nothing earns nothing."""
        if amount <= 0:
            return money.ZERO
        return (self.sum or money.ZERO) + money.percent(amount, self.percent or Decimal(0))


class Programme(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of an account's affiliate programme (justclick/product.md §2)."""

    commissions: tuple[Commission, Commission] = (Commission(), Commission())  # of the first and the second level
    fee_days: int | None = None  # so many days from the click a partner earns; None: for ever
    which: Literal["first", "last"] = "last"  # which of several partners' clicks earns
    new_contacts_only: bool = False  # nothing for people known before the click
    other_click_cancels: bool = False  # a later click that is no partner's takes the sale from him
    money_back: bool = True  # a refund takes the commission back; as it was when the order was created
    open_registration: bool = False  # the registration page takes people in
    auto_approval: bool = False  # who registers is in without waiting
    store_name: str = ""
    payout_ways: str = ""
    instructions: str = ""


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who brings contacts to an account; ``joined_at`` is when he first was in the programme."""

    account_id: int
    id: int
    login: str
    name: str
    email: str
    recruited_by: int | None
    state: State
    created_at: datetime
    joined_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether he can be credited."""
        return self.state == "active"


class NewPartner(msgspec.Struct, frozen=True, kw_only=True):
    """What is said when a partner is made; ``recruited_by`` is the login of the partner who brought him, or empty."""

    login: str
    name: str = ""
    email: str = ""
    recruited_by: str = ""


class Rate(msgspec.Struct, frozen=True):
    """A partner's own commission: for one product, or (None) for all that have no rate of their own with him."""

    product_id: int | None
    level: int
    commission: Commission


class Touch(msgspec.Struct, frozen=True):
    """One click as a request carries it, or as it was kept: when, with which marks, where they were found.

    ``marks`` are utm_*, aff_* and the old numeric ``aff`` and ``ad``; without any it was a direct visit.
    """

    at: datetime
    marks: Mapping[str, str]
    source: Source


class Member(msgspec.Struct, frozen=True):
    """An active partner as deciding knows him; ``recruiter_id`` is his recruiter if that one is active, too."""

    id: int
    login: str
    recruiter_id: int | None = None


class Decision(msgspec.Struct, frozen=True):
    """Who is credited, or nobody; by which rule, and for which click."""

    partner_id: int | None
    rule: Rule
    touch: Touch | None = None


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who came into a group with marks; ``known_since`` None: the contact is new at this moment."""

    account_id: int
    contact_id: int
    touches: tuple[Touch, ...]
    known_since: datetime | None = None


class SaleItem(msgspec.Struct, frozen=True):
    """One product in an order: what is paid for it, and the product's commissions of both levels if it has its own."""

    place: int
    product_id: int
    sum: Decimal
    commissions: tuple[Commission, Commission] | None = None


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """An order, as far as it matters to partners; ``known_since`` None: the contact is new at this moment.

    ``affiliates`` are logins (or numbers as text) named outright, the first level first; an empty one names nobody.
    """

    account_id: int
    order_id: int
    contact_id: int
    created_at: datetime
    items: tuple[SaleItem, ...]
    known_since: datetime | None = None
    touches: tuple[Touch, ...] = ()
    coupon_partner_id: int | None = None
    affiliates: tuple[str, ...] = ()


class FeeRow(msgspec.Struct, frozen=True):
    """What a partner earns, or would earn once the order is paid, by one item; less what was taken back."""

    place: int
    level: int
    partner_id: int
    partner_login: str
    amount: Decimal


class NewClick(msgspec.Struct, frozen=True, kw_only=True):
    """A click on a partner's link.

    ``partner`` is his login, or his number as text. ``visitor`` is what tells visitors apart: the door's cookie, else
    something made of address and browser. ``agent`` is what the browser calls itself, ``ahead`` says that it only
    fetched the page in case somebody goes there.
    """

    account_id: int
    partner: str
    visitor: str
    way: Literal["link", "script"] = "link"
    product_id: int | None = None
    marks: Mapping[str, str] | None = None
    page: str = ""
    ip: str = ""
    agent: str = ""
    ahead: bool = False


class Clicked(msgspec.Struct, frozen=True):
    """Whose link a click was on; nobody's was not kept."""

    partner_id: int | None


class Click(msgspec.Struct, frozen=True):
    """A click that was kept, as its reader sees it; ``way`` is coupon for an order with a partner's coupon."""

    id: int
    at: datetime
    way: Literal["link", "script", "coupon"]
    outcome: Literal["counted", "repeated", "robot", "ahead"]
    product_id: int | None
    page: str
    marks: Mapping[str, str]


class BroughtContact(msgspec.Struct, frozen=True):
    """A contact that a partner brought: since when, and the marks of the click that did it."""

    contact_id: int
    at: datetime
    marks: Mapping[str, str]


class PartnerSale(msgspec.Struct, frozen=True):
    """An order that earns a partner something, as he sees it; ``reversed`` of ``amount`` was taken back."""

    order_id: int
    level: int
    created_at: datetime
    charged_at: datetime | None
    product_ids: tuple[int, ...]
    amount: Decimal
    reversed: Decimal
    marks: Mapping[str, str]


class Payout(msgspec.Struct, frozen=True):
    """Money that went to a partner; it moved outside, here it is recorded."""

    id: int
    partner_id: int
    amount: Decimal
    at: datetime
    note: str
    actor: str


class Statistics(msgspec.Struct, frozen=True):
    """What a partner did in a span of days, and what is due to him for it (api-1.0.md §16, readings.md#13)."""

    earned: Decimal
    to_pay: Decimal
    paid: Decimal
    clicks: int
    contacts: int
    paid_orders: int
    recruits: int


class Day(msgspec.Struct, frozen=True):
    """What a partner did on one day of the account's; ``earned`` is less what was taken back since."""

    day: date
    clicks: int
    contacts: int
    orders: int
    paid_orders: int
    recruits: int
    earned: Decimal
    paid: Decimal


class Postback(msgspec.Struct, frozen=True):
    """Where a partner wants to be told of conversions, and which words he wants to hear (notifications.md §5)."""

    url: str
    parameters: tuple[str, ...]


class Conversion(msgspec.Struct, frozen=True):
    """A paid order as a partner's postback tells it: when, how much he earns, by what, and his own marks."""

    order_id: int
    at: datetime
    time_zone: str
    amount: Decimal
    product_ids: tuple[int, ...]
    marks: Mapping[str, str]


def cut(text: str, longest: int = LONGEST_MARK) -> str:
    """Take of a text that nobody answers for what can be kept."""
    if len(text) <= longest and text.isascii() and "\0" not in text:
        return text  # as good as always
    return text.replace("\0", "").encode(errors="ignore").decode()[:longest]


def check_partner(new: NewPartner) -> None:
    """Refuse with BadPartner what no partner can have."""
    if not _LOGIN.fullmatch(new.login):
        raise BadPartner(field="login", reason="must be 1 to 100 letters, digits, dots, hyphens, underscores or @")
    if len(new.name) > LONGEST_TEXT or "\0" in new.name:
        raise BadPartner(field="name", reason=f"is longer than {LONGEST_TEXT} characters")
    if new.email and normalise(new.email) is None:
        raise BadPartner(field="email", reason="is no e-mail address")


def check_programme(programme: Programme) -> None:
    """Refuse with BadProgramme settings that no programme can have."""
    if programme.fee_days is not None and not 1 <= programme.fee_days <= LONGEST_PERIOD:
        raise BadProgramme(field="fee days", reason=f"must be 1 to {LONGEST_PERIOD}, or none for ever")
    for commission in programme.commissions:
        check_commission(commission)
    for field in ("store_name", "payout_ways"):
        if len(getattr(programme, field)) > LONGEST_TEXT:
            raise BadProgramme(field=field.replace("_", " "), reason=f"is longer than {LONGEST_TEXT} characters")
    if len(programme.instructions) > LONGEST_INSTRUCTIONS:
        raise BadProgramme(field="instructions", reason=f"are longer than {LONGEST_INSTRUCTIONS} characters")
    if any("\0" in text for text in (programme.store_name, programme.payout_ways, programme.instructions)):
        raise BadProgramme(field="text", reason="holds a character that cannot be kept")


def check_commission(commission: Commission) -> None:
    """Refuse with BadProgramme a commission that is negative, too large or finer than can be kept."""
    if commission.sum is not None and (
        not 0 <= commission.sum <= money.LARGEST or commission.sum != commission.sum.quantize(money.CENT)
    ):
        raise BadProgramme(field="commission", reason="must be a sum of money in whole cents")
    if commission.percent is not None and (
        not 0 <= commission.percent <= 100 or commission.percent != round(commission.percent, 4)
    ):
        raise BadProgramme(field="commission", reason="must be 0 to 100 per cent with at most four decimals")
