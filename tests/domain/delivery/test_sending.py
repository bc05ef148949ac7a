"""From the queue to the channel: what is sent, tried again, given up, and announced."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from enlist.domain.delivery import Content, QueuedLetter
from enlist.domain.delivery.model import pause_after
from enlist.runtime import metrics
from enlist.runtime.db import Tx

if TYPE_CHECKING:
    from enlist.channels.recorder import RecorderChannel
    from tests.domain.delivery.conftest import Mailing, Slow


async def test_what_is_queued_is_sent_and_recorded(mailing: Mailing, recorder: RecorderChannel) -> None:
    await mailing.queue("anna@example.com", "bert@example.com")
    mailing.start(recorder)
    rows = await mailing.until("sent", "sent")
    assert sorted(message.recipient for message in recorder.messages) == ["anna@example.com", "bert@example.com"]
    assert all((row["attempts"], row["ended_at"], row["error"]) == (1, mailing.now, "") for row in rows)
    (message,) = [message for message in recorder.messages if message.recipient == "anna@example.com"]
    assert (message.sender, message.sender_name) == ("news@школа.рф", "School")
    assert message.message_id == f"<{rows[0]['message_id']}@xn--80atdl2c.xn--p1ai>"
    assert message.written_at == mailing.now


async def test_a_hundred_letters_leave_in_small_claims(mailing: Mailing, slow: Slow) -> None:
    await mailing.queue(*[f"person{number}@example.com" for number in range(100)])
    mailing.start(slow)
    await slow.at_gate.wait()
    assert 0 < (await mailing.states()).count("sending") <= 8
    slow.gate.set()
    await mailing.until(*["sent"] * 100)
    assert slow.tried == 100
    assert len({message.recipient for message in slow.messages}) == 100


async def test_waking_is_quicker_than_polling(mailing: Mailing, recorder: RecorderChannel) -> None:
    sending = mailing.start(recorder, replace(mailing.fast, poll=timedelta(hours=1)))
    await asyncio.sleep(0.05)
    await mailing.queue("anna@example.com")
    await asyncio.sleep(0.05)
    assert await mailing.states() == ["queued"]
    sending.wake()
    await mailing.until("sent")


async def test_a_letter_is_not_sent_before_it_is_due(mailing: Mailing, recorder: RecorderChannel) -> None:
    await mailing.queue("anna@example.com")
    mailing.now -= timedelta(seconds=1)
    mailing.start(recorder)
    await asyncio.sleep(0.1)
    assert recorder.messages == []


async def test_a_temporary_failure_is_tried_again_with_growing_pauses_and_the_same_message_id(
    mailing: Mailing, recorder: RecorderChannel
) -> None:
    recorder.fail("anna@example.com", permanent=False, reason="greylisted\0\udc80")
    await mailing.queue("anna@example.com")
    sending = mailing.start(recorder)
    for attempts, pause in enumerate((timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)), 1):
        (row,) = await mailing.eventually(_failed(attempts))
        assert (row["state"], row["due_at"] - mailing.now, row["error"]) == ("queued", pause, "greylisted?")
        mailing.now += pause
        if attempts == 3:
            recorder.mend()
        sending.wake()
    (row,) = await mailing.until("sent")
    assert row["attempts"] == 4
    assert recorder.messages[0].message_id.startswith(f"<{row['message_id']}@")


def _failed(attempts: int) -> Callable[[list[Any]], bool]:
    return lambda rows: (rows[0]["state"], rows[0]["attempts"]) == ("queued", attempts)


async def test_after_about_two_days_a_letter_is_given_up(mailing: Mailing, recorder: RecorderChannel) -> None:
    recorder.fail("anna@example.com", permanent=False)
    await mailing.queue("anna@example.com")
    begun = mailing.now
    mailing.start(recorder)
    for attempts in range(1, 13):
        (row,) = await mailing.eventually(_failed(attempts))
        mailing.now = row["due_at"]
    await mailing.until("given_up")
    assert timedelta(hours=36) < mailing.now - begun < timedelta(hours=60)
    (row,) = await mailing.rows()
    assert row["ended_at"] == mailing.now
    assert await _events(mailing) == []


def test_pauses_never_shrink() -> None:
    pauses = [pause_after(attempts) for attempts in range(1, 13)]
    assert pauses == sorted(pause for pause in pauses if pause is not None)
    assert pause_after(13) is None


async def _events(mailing: Mailing) -> list[tuple[str, dict[str, object]]]:
    async with mailing.database.reading() as tx:
        return [(row["kind"], json.loads(row["body"])) for row in await tx.fetch("SELECT kind, body FROM events")]


async def test_a_refused_recipient_ends_the_letter_and_is_announced(
    mailing: Mailing, recorder: RecorderChannel
) -> None:
    recorder.fail("anna@example.com", permanent=True, recipient_refused=True, reason="550 5.1.1 nobody\0")
    await mailing.queue("anna@example.com", account_id=7)
    mailing.start(recorder)
    (row,) = await mailing.until("refused")
    assert (row["attempts"], row["ended_at"], row["error"]) == (1, mailing.now, "550 5.1.1 nobody")
    ((kind, event),) = await _events(mailing)
    assert kind == "delivery.recipient_refused"
    assert event == {
        "type": "delivery.recipient_refused",
        "owner_id": 7,
        "letter_id": row["id"],
        "kind": "test.plain",
        "recipient": "anna@example.com",
        "data": {"to": "anna@example.com"},
        "reason": "550 5.1.1 nobody",
    }


async def test_a_permanent_failure_that_is_not_the_recipients_ends_the_letter_silently(
    mailing: Mailing, recorder: RecorderChannel
) -> None:
    recorder.fail("anna@example.com", permanent=True)
    await mailing.queue("anna@example.com")
    mailing.start(recorder)
    await mailing.until("refused")
    assert await _events(mailing) == []


async def test_an_obsolete_letter_is_never_sent(mailing: Mailing, recorder: RecorderChannel) -> None:
    async def nobody_needs_it(tx: Tx, letters: Sequence[QueuedLetter]) -> list[Content | None]:
        return [None] * len(letters)

    await mailing.queue("anna@example.com", kind="test.obsolete")
    await mailing.queue("bert@example.com")
    mailing.start(recorder, obsolete=nobody_needs_it)
    rows = await mailing.until("obsolete", "sent")
    assert rows[0]["ended_at"] == mailing.now
    assert [message.recipient for message in recorder.messages] == ["bert@example.com"]


async def test_a_poisoned_letter_harms_only_itself(mailing: Mailing, recorder: RecorderChannel) -> None:
    async def choke(tx: Tx, letters: Sequence[QueuedLetter]) -> list[Content | None]:
        for letter in letters:
            if letter.recipient == "poison@example.com":
                await tx.execute("SELECT 1 / 0")
        return await mailing.compose(tx, letters)

    await mailing.queue("anna@example.com", "poison@example.com", "bert@example.com", kind="test.choking")
    mailing.start(recorder, choking=choke)
    rows = await mailing.until("sent", "queued", "sent")
    assert rows[1]["due_at"] == mailing.now + timedelta(minutes=1)
    assert rows[1]["error"].startswith("DivisionByZeroError")


async def test_a_letter_of_unknown_kind_waits_for_someone_who_knows_it(
    mailing: Mailing, recorder: RecorderChannel
) -> None:
    await mailing.queue("anna@example.com", kind="test.future")
    await mailing.queue("bert@example.com")
    mailing.start(recorder)
    rows = await mailing.until("queued", "sent")
    assert "test.future" in rows[0]["error"]


async def test_a_channel_that_hangs_costs_an_attempt_and_no_more(mailing: Mailing, slow: Slow) -> None:
    await mailing.queue("anna@example.com")
    mailing.start(slow, replace(mailing.fast, send=timedelta(milliseconds=50)))
    await slow.at_gate.wait()
    rows = await mailing.until("queued")
    assert (rows[0]["attempts"], rows[0]["error"]) == (1, "no answer in time")


async def test_a_channel_with_a_fault_of_its_own_costs_an_attempt(
    mailing: Mailing, recorder: RecorderChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "messages", None)
    await mailing.queue("anna@example.com")
    mailing.start(recorder)
    (row,) = await mailing.eventually(lambda rows: rows[0]["error"] != "")
    assert (row["state"], row["attempts"], row["error"][:14]) == ("queued", 1, "AttributeError")


async def test_while_the_channel_is_away_no_attempt_is_used_up(
    mailing: Mailing, recorder: RecorderChannel, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.go_away()
    await mailing.queue(*[f"person{number}@example.com" for number in range(50)])
    with caplog.at_level(logging.WARNING):
        mailing.start(recorder)
        await asyncio.sleep(0.5)
    assert len(mailing.composed) <= 8 + 10, "after the first failure only single letters knock"
    assert 2 <= len(caplog.records) <= 10
    recorder.mend()
    rows = await mailing.until(*["sent"] * 50)
    assert {row["attempts"] for row in rows} == {1}


async def test_outcomes_and_the_length_of_the_queue_are_counted(mailing: Mailing, recorder: RecorderChannel) -> None:
    before = metrics.letters.labels("sent")._value.get()
    metrics.waiting.labels("letters").set(-1)
    await mailing.queue("anna@example.com")
    recorder.go_away()
    mailing.start(recorder)
    await asyncio.sleep(0.1)
    assert metrics.waiting.labels("letters")._value.get() == 1
    recorder.mend()
    await mailing.until("sent")
    await mailing.stop()
    assert metrics.letters.labels("sent")._value.get() == before + 1
