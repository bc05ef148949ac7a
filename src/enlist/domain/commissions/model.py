"""What partners earn by orders, what they are paid, and what they are told of it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple

import msgspec

from enlist.domain import attribution, partners
from enlist.runtime.actors import Actor

LARGEST_NUMBER: Final = 2**63 - 1
LONGEST_NOTE: Final = 1024
LONGEST_URL: Final = 2048


class SaleItem(msgspec.Struct, frozen=True):
    """One product in an order: what is paid for it, and the product's commissions of both levels if it has its own."""

    place: int
    product_id: int
    sum: Decimal
    commissions: tuple[partners.Commission, partners.Commission] | None = None


class Sale(attribution.Purchase, frozen=True, kw_only=True):
    """An order, as far as it matters to partners: who is credited, and for what."""

    items: tuple[SaleItem, ...]


class NewSale(NamedTuple):
    """An order about which something was decided."""

    account_id: int
    order_id: int
    contact_id: int
    created_at: datetime
    partner_id: int | None
    second_id: int | None
    rule: attribution.Rule
    touch: attribution.Touch | None
    money_back: bool


class NewFee(NamedTuple):
    """What one item of an order earns on one level."""

    account_id: int
    order_id: int
    place: int
    level: int
    partner_id: int
    product_id: int
    amount: Decimal


class FeeRow(msgspec.Struct, frozen=True):
    """What a partner earns, or would earn once the order is paid, by one item; less what was taken back."""

    place: int
    level: int
    partner_id: int
    partner_login: str
    amount: Decimal


class Charge(NamedTuple):
    """What an item of an order earned a partner, when, and how much of it was taken back."""

    place: int
    level: int
    partner_id: int
    amount: Decimal
    at: datetime
    reversed: Decimal


class PartnerSale(msgspec.Struct, frozen=True):
    """An order that earns a partner something, as they see it; ``reversed`` of ``amount`` was taken back."""

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
    actor: Actor


class Statistics(msgspec.Struct, frozen=True):
    """What a partner did in a span of days, and what is due for it (api-1.0.md §16, readings.md#13)."""

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
    """Where a partner wants to be told of conversions, and which words are sent (notifications.md §5)."""

    url: str
    parameters: tuple[str, ...]


class Conversion(msgspec.Struct, frozen=True):
    """A paid order as a partner's postback tells it: when, how much was earned by what, their own marks."""

    order_id: int
    at: datetime
    time_zone: str
    amount: Decimal
    product_ids: tuple[int, ...]
    marks: Mapping[str, str]
