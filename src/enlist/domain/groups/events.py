"""What the groups slice announces."""

from enlist.runtime.events import Event


class ContactEnrolled(Event, frozen=True, tag="groups.contact_enrolled"):
    """A contact was put into a group, or came back; ``state`` is waiting or active."""

    contact_id: int
    group_id: int
    state: str


class ContactConfirmed(Event, frozen=True, tag="groups.contact_confirmed"):
    """A contact followed the link in the letter that asked for confirmation."""

    contact_id: int
    group_id: int


class ContactLeft(Event, frozen=True, tag="groups.contact_left"):
    """A contact left a group, or was taken out by the owner's call."""

    contact_id: int
    group_id: int
