"""What the profiles slice refuses."""

from enlist.kit.errors import Refusal


class ProfileNotFound(Refusal):
    """The site has no such profile (field ``profile_id``, shortened)."""

    code = "profile_not_found"
    sentence = "There is no profile {profile_id}; check its id."


class SubscriptionNotFound(Refusal):
    """The profile is not subscribed with this address (field ``profile_id``)."""

    code = "subscription_not_found"
    sentence = "The profile {profile_id} is not subscribed with this address."


class BadMark(Refusal):
    """A mark or an address of a subscription cannot be kept (fields ``field`` and ``reason``)."""

    code = "bad_mark"
    sentence = "The {field} {reason}."
