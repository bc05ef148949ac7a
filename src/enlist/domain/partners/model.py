"""What the affiliate programme and its partners are."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import msgspec

from enlist.domain.partners.errors import BadPartner, BadProgramme
from enlist.kit import money
from enlist.kit.email import normalise
from enlist.kit.text import fault

State = Literal["waiting", "active", "suspended"]

LONGEST_PERIOD: Final = 365  # days
LONGEST_TEXT: Final = 255
LONGEST_INSTRUCTIONS: Final = 20_000
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
    fee_days: int | None = None  # so many days from the click a partner earns; None: forever
    which: Literal["first", "last"] = "last"  # which of several partners' clicks earns
    new_contacts_only: bool = False  # nothing for people known before the click
    other_click_cancels: bool = False  # a later click that is no partner's takes the sale away
    money_back: bool = True  # a refund takes the commission back; as it was when the order was created
    open_registration: bool = False  # the registration page takes people in
    auto_approval: bool = False  # who registers is in without waiting
    store_name: str = ""
    payout_ways: str = ""
    instructions: str = ""


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who brings contacts to an account; ``joined_at`` is when they first were in the programme."""

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
        """Whether they can be credited."""
        return self.state == "active"


def may_invite(programme: Programme, partner: Partner) -> bool:
    """Tell whether a partner may invite others to register."""
    return programme.open_registration and partner.active


def may_change_settings(partner: Partner) -> bool:
    """Tell whether a partner may change settings of their own; a suspended one may only look."""
    return partner.state != "suspended"


class NewPartner(msgspec.Struct, frozen=True, kw_only=True):
    """What is said when a partner is made; ``recruited_by`` is the login of the partner who brought them, or empty."""

    login: str
    name: str = ""
    email: str = ""
    recruited_by: str = ""


class Rate(msgspec.Struct, frozen=True):
    """A partner's own commission: for one product, or (None) for all that have no rate of their own."""

    product_id: int | None
    level: int
    commission: Commission


class Member(msgspec.Struct, frozen=True):
    """An active partner as deciding needs it; ``recruiter_id`` is the recruiter if that one is active, too."""

    id: int
    login: str
    recruiter_id: int | None = None


def check_partner(new: NewPartner) -> None:
    """Refuse with BadPartner what no partner can have."""
    if not _LOGIN.fullmatch(new.login):
        raise BadPartner(field="login", reason="must be 1 to 100 letters, digits, dots, hyphens, underscores or @")
    if reason := fault(new.name, LONGEST_TEXT):
        raise BadPartner(field="name", reason=reason)
    check_email(new.email)


def check_email(email: str) -> None:
    """Refuse with BadPartner what is no e-mail address; empty is none at all."""
    if email and normalise(email) is None:
        raise BadPartner(field="email", reason="is no e-mail address")


def check_programme(programme: Programme) -> None:
    """Refuse with BadProgramme settings that no programme can have."""
    if programme.fee_days is not None and not 1 <= programme.fee_days <= LONGEST_PERIOD:
        raise BadProgramme(field="fee days", reason=f"must be 1 to {LONGEST_PERIOD}, or none: no limit")
    for commission in programme.commissions:
        check_commission(commission)
    for field, longest in (("store_name", LONGEST_TEXT), ("payout_ways", LONGEST_TEXT),
                           ("instructions", LONGEST_INSTRUCTIONS)):  # fmt: skip
        if reason := fault(getattr(programme, field), longest):
            raise BadProgramme(field=field.replace("_", " "), reason=reason)


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
