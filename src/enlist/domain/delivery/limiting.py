"""Letters that strangers cause: how many of them may go to one recipient, and how many one network may cause.

A stranger is whoever has not shown to be the owner, or the person who gets the letter. What owners cause by a signed
call, a command or a campaign does not count.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from enlist.kit.addresses import network_of
from enlist.kit.email import normalise
from enlist.runtime import limits
from enlist.runtime.db import Tx
from enlist.runtime.limits import Limit, Use

# To one recipient, whichever account and kind of letter it is about.
TO_RECIPIENT: Final = (
    Limit("strangers' letters to a recipient in an hour", 5, timedelta(hours=1)),
    Limit("strangers' letters to a recipient in a day", 20, timedelta(days=1)),
)
FROM_NETWORK: Final = Limit("strangers' letters from a network in an hour", 30, timedelta(hours=1))


class Cause(msgspec.Struct, frozen=True):
    """Why letters would be written: somebody at the network address ``ip`` (empty: not known) named ``recipient``."""

    recipient: str
    ip: str


async def allow_letters(tx: Tx, causes: Sequence[Cause]) -> list[bool]:
    """Tell for each cause in order whether letters may be written for it, and count it if so.

    This locks what it counts by, before everything else that a transaction locks.
    """
    return await limits.take(tx, [_uses(cause) for cause in causes])


def _uses(cause: Cause) -> list[Use]:
    address = normalise(cause.recipient)
    recipient = address.key if address else cause.recipient.strip().lower()
    uses = [(limit, recipient) for limit in TO_RECIPIENT]
    return [*uses, (FROM_NETWORK, network_of(cause.ip))] if cause.ip else uses
