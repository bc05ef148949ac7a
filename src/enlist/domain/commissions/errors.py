"""What the commissions slice refuses."""

from enlist.kit.errors import Refusal


class PayoutImpossible(Refusal):
    """Such a payout cannot be recorded (fields ``partner`` and ``reason``)."""

    code = "payout_impossible"
    sentence = "Cannot record this payout to {partner}: {reason}."


class BadPostback(Refusal):
    """A partner's postback cannot be used (fields ``field`` and ``reason``)."""

    code = "bad_postback"
    sentence = "The {field} {reason}."
