"""Who acts on which event, later, each in a transaction of the dispatcher's."""

from collections.abc import Mapping, Sequence
from typing import Final

from enlist.domain import commissions, delivery, groups, orders, partners, products, profiles, segments
from enlist.runtime.events import Event, Reaction

REACTIONS: Final[Mapping[type[Event], Sequence[Reaction]]] = {
    delivery.RecipientRefused: (groups.mark_undeliverable,),
    partners.PartnerApproved: (partners.announce_approvals,),
    commissions.PaidOut: (commissions.announce_payouts,),
    commissions.SaleCharged: (commissions.queue_postbacks,),
    products.PinCodesAdded: (orders.hand_out,),
    profiles.ProfileCreated: (segments.note_changes,),
    profiles.Subscribed: (segments.note_changes, groups.enrol_subscribed),
    profiles.Unsubscribed: (segments.note_changes,),
    profiles.MarksChanged: (segments.note_changes,),
}
