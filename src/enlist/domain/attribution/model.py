"""What clicks are, and what is decided by them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

import msgspec

from enlist.domain import partners
from enlist.kit import text as kit_text

Key = tuple[int, int]  # an account's number, and that of a contact or order of it
Source = Literal["address", "form", "cookie", "request", "coupon", "named"]
Rule = Literal[
    "coupon", "named", "first click", "last click", "no click", "no member", "known before", "period over", "cancelled"
]

AFFILIATE: Final = "affiliate"  # what utm_medium must be, exactly (api-1.0.md §2)
OWN_MARKS: Final = ("aff_medium", "aff_source", "aff_campaign", "aff_content", "aff_term")
COUNTS_ONCE_WITHIN: Final = timedelta(minutes=10)
LONGEST_TEXT: Final = 255
LONGEST_MARK: Final = 1024
LONGEST_URL: Final = 2048
LARGEST_NUMBER: Final = 2**63 - 1


class Touch(msgspec.Struct, frozen=True):
    """One click as a request carries it, or as it was kept: when, with which marks, where they were found.

    ``marks`` are utm_*, aff_* and the old numeric ``aff`` and ``ad``; without any it was a direct visit.
    """

    at: datetime
    marks: Mapping[str, str]
    source: Source


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


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """An order, as far as it decides who is credited; ``known_since`` None: the contact is new at this moment.

    ``affiliates`` are logins (or numbers as text) named outright, the first level first; an empty one names nobody.
    """

    account_id: int
    order_id: int
    contact_id: int
    created_at: datetime
    known_since: datetime | None = None
    touches: tuple[Touch, ...] = ()
    coupon_partner_id: int | None = None
    affiliates: tuple[str, ...] = ()


class Attribution(msgspec.Struct, frozen=True):
    """Who is credited with an order, who earns on the second level, and by which settings that was decided."""

    purchase: Purchase
    decision: Decision
    second_id: int | None
    programme: partners.Programme

    @property
    def says_something(self) -> bool:
        """Whether it is worth keeping: somebody is credited, or somebody's click did not suffice."""
        return self.decision.rule != "no click" or self.second_id is not None


class NewClick(msgspec.Struct, frozen=True, kw_only=True):
    """A click on a partner's link.

    ``partner`` is the login, or the number as text. ``visitor`` is what tells visitors apart: the door's cookie, else
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


class ClickRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """A click to be kept; ``outcome`` None: counted or repeated, as the earlier clicks of its ``visitor`` decide.

    Of one visitor at one partner at most one may stand in a batch without an outcome.
    """

    n: int
    account_id: int
    partner_id: int
    way: str
    outcome: Literal["repeated", "ahead", "robot"] | None = None
    visitor: int | None = None
    product_id: int | None = None
    page: str = ""
    marks: Mapping[str, str] | None = None
    ip: str = ""
    agent: str = ""


class Click(msgspec.Struct, frozen=True):
    """A click that was kept, as its reader sees it; ``way`` is coupon for an order with a partner's coupon."""

    id: int
    at: datetime
    way: Literal["link", "script", "coupon"]
    outcome: Literal["counted", "repeated", "robot", "ahead"]
    product_id: int | None
    page: str
    marks: Mapping[str, str]


class NewBroughtContact(NamedTuple):
    """A contact for whom a partner is credited."""

    account_id: int
    partner_id: int
    contact_id: int
    at: datetime
    marks: Any


class BroughtContact(msgspec.Struct, frozen=True):
    """A contact that a partner brought: since when, and the marks of the click that did it."""

    contact_id: int
    at: datetime
    marks: Mapping[str, str]


def cut(text: str, longest: int = LONGEST_MARK) -> str:
    """Take of a text that nobody answers for what can be kept."""
    return kit_text.cut(text, longest)


def read_marks(text: str | None) -> Mapping[str, str]:
    """Read marks from a JSON column; an empty column holds none."""
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def read_touch(text: str | None) -> Touch | None:
    """Read a click from a JSON column, if there is one."""
    return msgspec.json.decode(text, type=Touch) if text else None
