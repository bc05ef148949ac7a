"""The pages of our own: links in letters, an order's payment, the partner's cabinet, served as README.md says."""

from collections.abc import Mapping
from typing import Final

from enlist.domain import orders
from enlist.doors.pages import (
    bills,
    cabinet,
    cabinet_links,
    cabinet_postback,
    confirming,
    front,
    leaving,
    paying,
    payment_events,
    registering,
    sessions,
    signing_in,
)
from enlist.doors.pages.links import links
from enlist.doors.pages.payments import Payments
from enlist.doors.pages.sessions import partner_links
from enlist.doors.web import Door
from enlist.runtime.vault import Vault

HANDLERS: Final = (
    front.front,
    confirming.show,
    confirming.confirm,
    leaving.show,
    leaving.leave,
    paying.show,
    paying.pay,
    paying.done,
    paying.ask_to_cancel,
    paying.cancel,
    payment_events.take,
    registering.register,
    signing_in.ask,
    signing_in.write,
    signing_in.follow,
    signing_in.offer,
    signing_in.enter,
    signing_in.leave,
    signing_in.leave_everywhere,
    cabinet.overview,
    cabinet.clicks,
    cabinet.contacts,
    cabinet.orders,
    cabinet.payouts,
    cabinet_links.links,
    cabinet_postback.show,
    cabinet_postback.save,
)


def door(payment_channels: Mapping[str, orders.PaymentChannel], vault: Vault) -> Door:
    """Make the door; ``payment_channels`` are all there are, by name, ``vault`` opens accounts' settings for them."""
    return Door(
        HANDLERS,
        {"payments": Payments(payment_channels, vault)},
        {bills.Elsewhere: bills.answer_elsewhere, sessions.NotSignedIn: signing_in.answer_not_signed_in},
    )


__all__ = ["HANDLERS", "door", "links", "partner_links"]
