"""What a letter is on its way from the queue to a channel, and how long it waits between two attempts."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol

from msgspec import Struct

from enlist.runtime.db import Tx

LONGEST_REASON: Final = 500

_PAUSES: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    *[timedelta(hours=6)] * 7,  # with these, about two days in all
)


class Letter(Struct, frozen=True):
    """A letter to be queued: ``kind`` names who will compose it, from ``data`` (anything that JSON can hold)."""

    account_id: int
    kind: str
    recipient: str
    data: dict[str, Any]


class QueuedLetter(Struct, frozen=True):
    """A letter as its composer and the sending see it.

    ``attempts`` counts the present one. ``message_id`` is a UUID as text, fixed when the letter was queued.
    """

    account_id: int
    id: int
    kind: str
    recipient: str
    data: dict[str, Any]
    message_id: str
    attempts: int
    queued_at: datetime


class Content(Struct, frozen=True):
    """What a composer writes: ``leave_url`` is where the person leaves by one click, ``sender_name`` who it is from."""

    subject: str
    text: str
    html: str
    sender_name: str | None = None
    leave_url: str | None = None


class Message(Struct, frozen=True):
    """What a channel sends, complete.

    ``sender`` is a bare address and ``sender_name`` the name shown with it; ``message_id`` has the full form
    ``<uuid@host>``; ``written_at`` is when it was composed.
    """

    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    leave_url: str | None
    message_id: str
    written_at: datetime


class Claimed(Struct, frozen=True):
    """A letter that this process alone may send for a while, ready to be sent."""

    letter: QueuedLetter
    message: Message


class Outcome(Struct, frozen=True):
    """What became of a claimed letter.

    ``sent``; ``failed`` (tried again later, or given up); ``refused`` for good; ``obsolete`` (nobody needs it any
    more); ``returned`` (not tried, and the attempt does not count).
    """

    letter: QueuedLetter
    verdict: Literal["sent", "failed", "refused", "obsolete", "returned"]
    reason: str = ""
    recipient_refused: bool = False


Composer = Callable[[Tx, Sequence[QueuedLetter]], Awaitable[Sequence[Content | None]]]
"""Writes letters of one kind, one answer for each, in order; None: the letter has become obsolete."""


class Channel(Protocol):
    """A way out for messages. It neither tries again nor keeps anything: that is the sending's part."""

    async def send(self, message: Message) -> None:
        """Hand over one message; to return means that the other side has taken it. Several may be sent at once.

        Raises DeliveryFailed, or its kind ChannelAway.
        """

    async def close(self) -> None:
        """Give up all connections; messages that are under way may fail."""


def pause_after(attempts: int) -> timedelta | None:
    """Tell how long a letter waits after its ``attempts``-th failure (1 is the first); None: it is given up."""
    return _PAUSES[attempts - 1] if attempts <= len(_PAUSES) else None


class LetterChange(Struct, frozen=True):
    """What the claim of ``letter`` makes of its row; ``due_at`` only if it is queued again."""

    letter: QueuedLetter
    state: str
    attempts_after: int
    due_at: datetime | None
    error: str


class Pace(Struct, frozen=True):
    """The times that the sending keeps.

    ``poll``: the longest time between two looks into the queue. ``claim``: how long a claim keeps other workers away;
    ``send``: the longest that sending one letter may take, well below ``claim``. ``away``, ``away_longest``: first and
    longest pause while the channel is away. ``retry``: between two tries while the database is away, and ``grace``: how
    long after that other workers have to record what they had sent. ``stop``: for what is under way at the end.
    """

    poll: timedelta = timedelta(seconds=5)
    claim: timedelta = timedelta(minutes=5)
    send: timedelta = timedelta(minutes=2)
    away: timedelta = timedelta(seconds=5)
    away_longest: timedelta = timedelta(minutes=1)
    retry: timedelta = timedelta(seconds=1)
    grace: timedelta = timedelta(seconds=10)
    stop: timedelta = timedelta(seconds=20)
