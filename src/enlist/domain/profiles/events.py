"""What the profiles slice announces."""

from enlist.runtime.events import Event


class ProfileCreated(Event, frozen=True, tag="profiles.created"):
    """A site has a new profile."""

    site_id: int
    profile_id: str


class Subscribed(Event, frozen=True, tag="profiles.subscribed"):
    """An address was subscribed, for the first time (``new``) or once more."""

    site_id: int
    profile_id: str
    channel: str
    address: str
    new: bool


class Unsubscribed(Event, frozen=True, tag="profiles.unsubscribed"):
    """An active subscription was ended; ``reason`` is why."""

    site_id: int
    profile_id: str
    channel: str
    address: str
    reason: str


class MarksChanged(Event, frozen=True, tag="profiles.marks_changed"):
    """Marks of a profile's subscriptions on a channel were overwritten."""

    site_id: int
    profile_id: str
    channel: str
