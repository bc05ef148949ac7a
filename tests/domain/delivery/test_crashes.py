"""Once is once: senders side by side, dying senders, a database that goes away, an orderly stop."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from enlist.domain.delivery import Message
from enlist.domain.delivery.claiming import Sender, claim
from enlist.domain.delivery.model import Claimed, Outcome
from enlist.domain.delivery.recording import record

if TYPE_CHECKING:
    from enlist.channels.recorder import RecorderChannel
    from tests.domain.delivery.conftest import Mailing, Slow

SPAN = timedelta(minutes=5)


async def claim_and_die(mailing: Mailing) -> list[Claimed]:
    """Claim as another process would, and never come back."""
    async with mailing.database.transaction() as tx:
        claimed = await claim(
            tx,
            {"test.plain": mailing.compose},
            Sender("news@school.example", "School", "school.example"),
            room=10,
            span=SPAN,
            lapsed_by=tx.now,
            held=(),
        )
    return claimed.ready


async def test_a_letter_of_a_dead_process_is_sent_once_when_its_claim_lapses(
    mailing: Mailing, recorder: RecorderChannel
) -> None:
    await mailing.queue("anna@example.com")
    (dead,) = await claim_and_die(mailing)
    mailing.start(recorder)
    await asyncio.sleep(0.1)
    assert recorder.messages == []
    mailing.now += SPAN
    (row,) = await mailing.until("sent")
    await asyncio.sleep(0.1)
    assert [message.recipient for message in recorder.messages] == ["anna@example.com"]
    assert recorder.messages[0].message_id.partition("@")[0] == dead.message.message_id.partition("@")[0]
    assert row["attempts"] == 2


async def test_many_senders_never_send_a_letter_twice(mailing: Mailing, recorder: RecorderChannel) -> None:
    people = [f"person{number}@example.com" for number in range(300)]
    for _ in range(4):
        mailing.start(recorder, at_once=3)
    for begin in range(0, 300, 50):
        await mailing.queue(*people[begin : begin + 50])
    await mailing.until(*["sent"] * 300)
    assert sorted(message.recipient for message in recorder.messages) == sorted(people)


async def test_an_outcome_is_recorded_when_the_database_is_back_and_the_letter_not_sent_again(
    mailing: Mailing, slow: Slow
) -> None:
    await mailing.queue("anna@example.com", "bert@example.com")
    mailing.start(slow)
    await slow.at_gate.wait()
    mailing.away = True
    slow.gate.set()
    await asyncio.sleep(0.2)
    assert (len(slow.messages), await mailing.states()) == (2, ["sending", "sending"])
    mailing.now += 2 * SPAN  # even when the claims have lapsed meanwhile
    mailing.away = False
    await mailing.until("sent", "sent")
    await asyncio.sleep(0.1)
    assert slow.tried == 2


async def test_after_an_outage_others_get_time_to_record_before_their_claims_count_as_abandoned(
    mailing: Mailing, recorder: RecorderChannel
) -> None:
    await mailing.queue("anna@example.com")
    await claim_and_die(mailing)
    mailing.now += SPAN
    mailing.away = True
    mailing.start(recorder, replace(mailing.fast, grace=timedelta(milliseconds=300)))
    await asyncio.sleep(0.05)
    mailing.away = False
    await mailing.queue("bert@example.com")
    await mailing.until("sending", "sent")
    await mailing.until("sent", "sent")


async def test_that_a_letter_was_sent_counts_even_if_the_claim_has_passed_to_another(mailing: Mailing) -> None:
    await mailing.queue("anna@example.com")
    (late,) = await claim_and_die(mailing)
    mailing.now += SPAN
    (other,) = await claim_and_die(mailing)
    async with mailing.database.transaction() as tx:
        assert await record(tx, [Outcome(late.letter, "sent")]) == {"sent": 1}
        assert await record(tx, [Outcome(other.letter, "failed", "too late")]) == {}
    assert await mailing.states() == ["sent"]


async def test_any_other_outcome_counts_only_while_the_claim_is_held(mailing: Mailing) -> None:
    await mailing.queue("anna@example.com")
    (late,) = await claim_and_die(mailing)
    mailing.now += SPAN
    await claim_and_die(mailing)
    async with mailing.database.transaction() as tx:
        for verdict in ("failed", "refused", "returned"):
            assert await record(tx, [Outcome(late.letter, verdict, "too late", verdict == "refused")]) == {}
        assert await tx.fetch_value("SELECT count(*) FROM events") == 0
    assert await mailing.states() == ["sending"]


async def test_a_process_does_not_take_up_again_what_it_is_still_sending(mailing: Mailing, slow: Slow) -> None:
    await mailing.queue("anna@example.com")
    sending = mailing.start(slow)
    await slow.at_gate.wait()
    mailing.now += 2 * SPAN  # as when the machine has slept
    sending.wake()
    await asyncio.sleep(0.1)
    slow.gate.set()
    await mailing.until("sent")
    assert slow.tried == 1


async def test_an_orderly_stop_finishes_what_is_under_way_and_gives_back_the_rest(mailing: Mailing, slow: Slow) -> None:
    await mailing.queue(*[f"person{number}@example.com" for number in range(20)])
    mailing.start(slow, at_once=1)
    await slow.at_gate.wait()
    stop = asyncio.create_task(mailing.stop())
    await asyncio.sleep(0.05)
    slow.gate.set()
    await stop
    assert len(slow.messages) == 1
    rows = await mailing.rows()
    assert sorted(row["state"] for row in rows) == ["queued"] * 19 + ["sent"]
    assert {row["attempts"] for row in rows if row["state"] == "queued"} == {0}
    assert all(row["due_at"] <= mailing.now for row in rows if row["state"] == "queued")


async def test_a_letter_that_hangs_at_the_stop_is_left_to_its_claim(mailing: Mailing, slow: Slow) -> None:
    await mailing.queue("anna@example.com")
    mailing.start(slow, replace(mailing.fast, stop=timedelta(milliseconds=50)))
    await slow.at_gate.wait()
    await mailing.stop()
    (row,) = await mailing.rows()
    assert (row["state"], row["due_at"]) == ("sending", mailing.now + SPAN)


async def test_a_stopped_sender_can_be_run_again(mailing: Mailing, recorder: RecorderChannel) -> None:
    sending = mailing.sending(recorder)
    for recipient in ("anna@example.com", "bert@example.com"):
        await mailing.queue(recipient)
        task = asyncio.create_task(sending.loop().run())
        await mailing.eventually(lambda rows: {row["state"] for row in rows} == {"sent"})
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert len(recorder.messages) == 2


async def test_an_outcome_that_cannot_be_recorded_holds_up_no_other(
    mailing: Mailing, recorder: RecorderChannel
) -> None:
    async def forbid(message: Message) -> None:
        if message.recipient == "anna@example.com":
            async with mailing.database.transaction() as tx:
                await tx.execute("ALTER TABLE letters ADD CONSTRAINT no_anna CHECK (recipient !~ 'anna') NOT VALID")
        recorder.messages.append(message)

    recorder.send = forbid  # type: ignore[method-assign]
    await mailing.queue("anna@example.com", "bert@example.com")
    try:
        mailing.start(recorder, at_once=1)
        await mailing.until("sending", "sent")
        await asyncio.sleep(0.1)
    finally:
        async with mailing.database.transaction() as tx:
            await tx.execute("ALTER TABLE letters DROP CONSTRAINT no_anna")
    await mailing.until("sent", "sent")
    assert len(recorder.messages) == 2
