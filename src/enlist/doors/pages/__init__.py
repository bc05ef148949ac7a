"""The pages of our own: links in letters, an order's payment, the partner's cabinet, served as README.md says."""

from typing import Final

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
from enlist.doors.pages.sessions import partner_links
from enlist.doors.web import Door

DOOR: Final = Door(
    [
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
        signing_in.offer,
        signing_in.enter,
        signing_in.leave,
        cabinet.overview,
        cabinet.clicks,
        cabinet.contacts,
        cabinet.orders,
        cabinet.payouts,
        cabinet_links.links,
        cabinet_postback.show,
        cabinet_postback.save,
    ],
    {bills.Elsewhere: bills.answer_elsewhere, sessions.NotSignedIn: signing_in.answer_not_signed_in},
)

__all__ = ["DOOR", "links", "partner_links"]
