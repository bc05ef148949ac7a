"""What the commissions slice announces; the tags are older than the slice, and stored."""

from decimal import Decimal

from enlist.runtime.events import Event


class SaleCharged(Event, frozen=True, tag="partners.sale_charged"):
    """A paid order earned a partner ``amount`` altogether, on level 1 or 2: what a postback tells."""

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
