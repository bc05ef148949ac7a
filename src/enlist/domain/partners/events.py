"""What the partners slice announces."""

from enlist.runtime.events import Event


class PartnerRegistered(Event, frozen=True, tag="partners.registered"):
    """Somebody registered as a partner; ``waiting`` for approval, or in at once."""

    partner_id: int
    waiting: bool


class PartnerApproved(Event, frozen=True, tag="partners.approved"):
    """A partner who waited for approval, or was suspended, is in the programme."""

    partner_id: int
