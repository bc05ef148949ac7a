"""Who acts on which event, later, each in a transaction of the dispatcher's."""

from typing import Final

from enlist.domain import commissions, delivery, groups, orders, partners, products, profiles, segments
from enlist.runtime.events import Reaction, kind_of

# Names are stored with what failed: they stay when code moves.
REACTIONS: Final = (
    Reaction("groups.mark_undeliverable", groups.mark_undeliverable, (delivery.RecipientRefused,)),
    Reaction("partners.announce_approvals", partners.announce_approvals, (partners.PartnerApproved,)),
    Reaction("commissions.announce_payouts", commissions.announce_payouts, (commissions.PaidOut,)),
    Reaction("commissions.queue_postbacks", commissions.queue_postbacks, (commissions.SaleCharged,)),
    Reaction("orders.hand_out", orders.hand_out, (products.PinCodesAdded,)),
    Reaction(
        "segments.note_changes",
        segments.note_changes,
        (profiles.ProfileCreated, profiles.Subscribed, profiles.Unsubscribed, profiles.MarksChanged),
    ),
    Reaction("groups.enrol_subscribed", groups.enrol_subscribed, (profiles.Subscribed,)),
)

# Kinds without a listener are not written. List the ones here that should be kept for later.
HEARD: Final = frozenset(kind_of(event) for reaction in REACTIONS for event in reaction.events)
