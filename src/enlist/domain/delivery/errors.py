"""What delivery refuses, and how a channel says that it could not deliver: for good or for now, through whose fault."""

from enlist.kit.errors import Refusal


class TooManyLetters(Refusal):
    """Strangers have caused too many letters to this recipient, or from this network: later again."""

    code = "too_many_letters"
    sentence = "Too many emails were asked for; try again in an hour."


class DeliveryFailed(Exception):
    """A channel tried to deliver a message and was refused, or something broke on the way."""

    def __init__(self, *, permanent: bool, reason: str, recipient_refused: bool = False) -> None:
        """Say whether trying again is pointless (``permanent``), and ``reason`` in the other side's words.

        ``recipient_refused`` tells a permanent refusal of the recipient's address itself from one of the sender or the
        content.
        """
        super().__init__(reason)
        self.permanent = permanent
        self.reason = reason
        self.recipient_refused = recipient_refused


class ChannelAway(DeliveryFailed):
    """Nothing can be delivered at present, whatever the message: the other side is away or does not let us in.

    The message was not handed over, and this says nothing about it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(permanent=False, reason=reason)
