"""A channel that keeps messages in memory and fails where it is told to: for tests and trials."""

from enlist.channels.building import address
from enlist.domain.delivery import ChannelAway, DeliveryFailed, Message


class RecorderChannel:
    """Keeps every message it accepts in ``messages``, oldest first."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._failures: dict[str, DeliveryFailed] = {}
        self._away: str | None = None

    def fail(
        self, recipient: str, *, permanent: bool, recipient_refused: bool = False, reason: str = "told to fail"
    ) -> None:
        """Fail from now on for this recipient, in the way given."""
        self._failures[recipient] = DeliveryFailed(
            permanent=permanent, reason=reason, recipient_refused=recipient_refused
        )

    def go_away(self, reason: str = "told to be away") -> None:
        """Be away from now on, for all recipients."""
        self._away = reason

    def mend(self) -> None:
        """Accept everything from now on."""
        self._failures.clear()
        self._away = None

    async def send(self, message: Message) -> None:
        """Keep ``message``. Raises DeliveryFailed or ChannelAway as told."""
        if self._away is not None:
            raise ChannelAway(self._away)
        if failure := self._failures.get(message.recipient):
            raise DeliveryFailed(
                permanent=failure.permanent, reason=failure.reason, recipient_refused=failure.recipient_refused
            )
        try:
            address(message.recipient)
        except ValueError as reason:
            raise DeliveryFailed(permanent=True, reason=str(reason), recipient_refused=True) from reason
        self.messages.append(message)

    async def close(self) -> None:
        """Do nothing: there are no connections."""
