"""What the delivery slice announces."""

from typing import Any

from enlist.runtime.events import Event


class RecipientRefused(Event, frozen=True, tag="delivery.recipient_refused"):
    """The recipient's mail server refused the address for good.

    ``kind`` and ``data`` are those of the letter (who composed it and from what), ``reason`` the server's words.
    """

    letter_id: int
    kind: str
    recipient: str
    data: dict[str, Any]
    reason: str
