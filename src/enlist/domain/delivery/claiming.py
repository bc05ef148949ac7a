"""Taking due letters for a while, written and ready to be sent; no other worker sends them meanwhile."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from enlist.domain.delivery import queries
from enlist.domain.delivery.composing import compose
from enlist.domain.delivery.model import Claimed, Composer, Content, Message, Outcome, QueuedLetter
from enlist.domain.delivery.recording import record
from enlist.runtime.db import Tx


class Sender(Struct, frozen=True):
    """Who letters are from: a bare address, the name shown unless a letter has its own, the host in Message-IDs."""

    address: str
    name: str
    host: str


class Claim(Struct, frozen=True):
    """Letters ready to be sent, and the counts of those that ended or were put off while being composed."""

    ready: list[Claimed]
    settled: Counter[str]


async def claim(
    tx: Tx,
    composers: Mapping[str, Composer],
    sender: Sender,
    *,
    room: int,
    span: timedelta,
    lapsed_by: datetime,
    held: Collection[int],
) -> Claim:
    """Claim up to ``room`` due letters for ``span`` and have them composed.

    Claims of other workers count as abandoned if they lapsed by ``lapsed_by``; letters with an id in ``held`` are left
    alone.
    """
    letters = await queries.claim(tx, room=room, span=span, lapsed_by=lapsed_by, held=held)
    ready: list[Claimed] = []
    settled: list[Outcome] = []
    for letter, content in await compose(tx, composers, letters):
        if content is None:
            settled.append(Outcome(letter, "obsolete"))
        elif isinstance(content, Exception):
            settled.append(Outcome(letter, "failed", f"{type(content).__name__}: {content}"))
        else:
            ready.append(Claimed(letter, _message(letter, content, sender, tx.now)))
    return Claim(ready, await record(tx, settled))


def _message(letter: QueuedLetter, content: Content, sender: Sender, now: datetime) -> Message:
    return Message(
        sender=sender.address,
        sender_name=content.sender_name or sender.name,
        recipient=letter.recipient,
        subject=content.subject,
        text=content.text,
        html=content.html,
        leave_url=content.leave_url,
        message_id=f"<{letter.message_id}@{sender.host}>",
        written_at=now,
    )
