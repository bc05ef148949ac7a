"""What the partners slice announces."""

from decimal import Decimal

from enlist.runtime.events import Event


class PartnerRegistered(Event, frozen=True, tag="partners.registered"):
    """Somebody registered as a partner; ``waiting`` for approval, or in at once."""

    partner_id: int
    waiting: bool


class PartnerApproved(Event, frozen=True, tag="partners.approved"):
    """A partner who waited for approval, or was suspended, is in the programme."""

    partner_id: int


class SaleCharged(Event, frozen=True, tag="partners.sale_charged"):
    """A paid order earned a partner ``amount`` altogether, on level 1 or 2: what a postback tells him."""

    order_id: int
    partner_id: int
    level: int
    amount: Decimal


class SaleReversed(Event, frozen=True, tag="partners.sale_reversed"):
    """Of what an order had earned a partner, ``amount`` was taken back."""

    order_id: int
    partner_id: int
    amount: Decimal


class PaidOut(Event, frozen=True, tag="partners.paid_out"):
    """A payout to a partner was recorded."""

    payout_id: int
    partner_id: int
    amount: Decimal
