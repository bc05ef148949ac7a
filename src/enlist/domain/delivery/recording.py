"""Writing down what became of claimed letters, and telling others of refused recipients."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from enlist.domain.delivery import queries
from enlist.domain.delivery.events import RecipientRefused
from enlist.domain.delivery.model import LONGEST_REASON, LetterChange, Outcome, pause_after
from enlist.kit.text import cut
from enlist.runtime import events
from enlist.runtime.db import Tx


async def record(tx: Tx, outcomes: Sequence[Outcome]) -> Counter[str]:
    """Record ``outcomes``; count them by what they came to: sent, retried, refused, given_up, obsolete or returned.

    An outcome whose claim has lapsed and passed to another worker is ignored, unless it says that the letter was sent.
    """
    if not outcomes:
        return Counter()
    verdicts = [_verdict(outcome, tx.now) for outcome in outcomes]
    ours = await queries.record(tx, verdicts)
    recorded = [
        (outcome, verdict)
        for outcome, verdict in zip(outcomes, verdicts, strict=True)
        if (outcome.letter.account_id, outcome.letter.id) in ours
    ]
    await events.publish(tx, [_refusal(outcome) for outcome, _ in recorded if outcome.recipient_refused])
    return Counter(_word(outcome, verdict) for outcome, verdict in recorded)


def _verdict(outcome: Outcome, now: datetime) -> LetterChange:
    letter, error = outcome.letter, _storable(outcome.reason)
    if outcome.verdict == "returned":
        return LetterChange(letter, "queued", letter.attempts - 1, now, error)
    if outcome.verdict != "failed":
        return LetterChange(letter, outcome.verdict, letter.attempts, None, error)
    pause = pause_after(letter.attempts)
    if pause is None:
        return LetterChange(letter, "given_up", letter.attempts, None, error)
    return LetterChange(letter, "queued", letter.attempts, now + pause, error)


def _word(outcome: Outcome, verdict: LetterChange) -> str:
    return {"returned": "returned", "failed": "retried"}[outcome.verdict] if verdict.due_at else verdict.state


def _refusal(outcome: Outcome) -> RecipientRefused:
    letter = outcome.letter
    return RecipientRefused(
        owner_id=letter.account_id,
        letter_id=letter.id,
        kind=letter.kind,
        recipient=letter.recipient,
        data=letter.data,
        reason=_storable(outcome.reason),
    )


def _storable(reason: str) -> str:
    # A mail server may say anything, also bytes that are no text.
    return cut(reason.encode("utf-8", "replace").decode(), LONGEST_REASON)
