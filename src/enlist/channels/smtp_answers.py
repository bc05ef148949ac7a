"""What a mail server's refusal means: try again or not, and whose fault it is."""

import re
from typing import Final, Literal

from enlist.domain.delivery import ChannelAway, DeliveryFailed

Stage = Literal["MAIL FROM", "RCPT TO", "DATA"]

_ENHANCED: Final = re.compile(r"\s*[245]\.(\d{1,3})\.(\d{1,3})\b")
_NOT_LET_IN: Final = frozenset({530, 534, 535, 538})  # the server wants a login, a better one, or encryption
_NO_MAILBOX: Final = frozenset({550, 551, 553})
_SENDERS: Final = frozenset({(1, 7), (1, 8)})  # the two codes of the group "addresses" that are about the sender's
_DEAD: Final = frozenset({(2, 1), (4, 1), (4, 4)})  # mailbox disabled; no such recipient (Microsoft); no such host
_VAGUE: Final = frozenset({(0, 0), (5, 0)})  # "something", "protocol": no more than the plain code says


def read_answer(stage: Stage, code: int, text: str) -> DeliveryFailed:
    """Turn a server's answer to one command into the failure that it means.

    4xx is temporary and 5xx permanent (RFC 5321 §4.2.1). A permanent refusal is the recipient's only at ``RCPT TO``, by
    the enhanced status code (RFC 3463) where there is one: 5.1.x (addresses) is, 5.7.x (policy) is not; without one a
    plain 550, 551 or 553 is. A server that wants a login is no server for us: ChannelAway.
    """
    reason = f"{stage}: {code} {' '.join(text.split())}"
    if code in _NOT_LET_IN:
        return ChannelAway(reason)
    permanent = 500 <= code <= 599
    return DeliveryFailed(
        permanent=permanent,
        reason=reason,
        recipient_refused=permanent and stage == "RCPT TO" and _is_about_recipient(code, text),
    )


def _is_about_recipient(code: int, text: str) -> bool:
    enhanced = _ENHANCED.match(text)
    detail = (int(enhanced[1]), int(enhanced[2])) if enhanced else (0, 0)
    if detail in _VAGUE:
        return code in _NO_MAILBOX
    return detail in _DEAD or (detail[0] == 1 and detail not in _SENDERS)
