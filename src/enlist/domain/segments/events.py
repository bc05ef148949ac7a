"""What the segments slice announces."""

from enlist.runtime.events import Event


class ProfileEnteredSegment(Event, frozen=True, tag="segments.profile_entered"):
    """A profile is in a segment from now on.

    ``whole`` tells that everybody was sorted, because the segment is new or was changed, so that the profile itself may
    have done nothing just now.
    """

    site_id: int
    profile_id: str
    segment_id: int
    whole: bool = False


class ProfileLeftSegment(Event, frozen=True, tag="segments.profile_left"):
    """A profile is in a segment no more; ``whole`` as in ProfileEnteredSegment."""

    site_id: int
    profile_id: str
    segment_id: int
    whole: bool = False
