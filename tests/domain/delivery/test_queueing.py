"""Putting letters into the queue, and forgetting them in the end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from enlist.domain.delivery import QUEUED, Letter, prune, queue

if TYPE_CHECKING:
    from tests.domain.delivery.conftest import Mailing


async def test_letters_are_due_at_once_and_wake_the_workers_once(mailing: Mailing) -> None:
    heard: list[str] = []
    ear = await mailing.database.connect()
    await ear.add_listener(QUEUED, lambda _connection, _pid, _channel, message: heard.append(message))
    async with mailing.database.transaction() as tx:
        await queue(tx, [Letter(1, "test.plain", f"p{n}@example.com", {"n": n, "имя": "«Ж»"}) for n in range(3)])
    rows = await mailing.rows()
    assert [(row["account_id"], row["state"], row["attempts"]) for row in rows] == [(1, "queued", 0)] * 3
    assert {row["due_at"] for row in rows} == {row["queued_at"] for row in rows} == {mailing.now}
    assert len({row["message_id"] for row in rows}) == 3
    async with asyncio.timeout(5):
        while not heard:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # for a second call that must not come
    assert heard == [""]
    await ear.close()


async def test_nothing_to_queue_costs_nothing(mailing: Mailing) -> None:
    class Untouchable:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"tx.{name} was used")

    await queue(Untouchable(), [])  # type: ignore[arg-type]
    assert await mailing.rows() == []


async def test_a_transaction_that_rolls_back_queues_nothing(mailing: Mailing) -> None:
    with suppress(LookupError):
        async with mailing.database.transaction() as tx:
            await queue(tx, [Letter(1, "test.plain", "anna@example.com", {})])
            raise LookupError
    assert await mailing.rows() == []


async def test_old_ended_letters_are_pruned_in_portions(mailing: Mailing) -> None:
    await mailing.queue(*[f"p{number}@example.com" for number in range(6)])
    async with mailing.database.transaction() as tx:
        for position, (state, days) in enumerate(
            [("sent", 91), ("given_up", 92), ("refused", 93), ("sent", 89), ("obsolete", 1)]
        ):
            await tx.execute(
                "UPDATE letters SET state = $1, ended_at = $2 WHERE recipient = $3",
                state,
                tx.now - timedelta(days=days),
                f"p{position}@example.com",
            )
    deleted = []
    for _ in range(3):
        async with mailing.database.transaction() as tx:
            deleted.append(await prune(tx, timedelta(days=90), 2))
    assert deleted == [2, 1, 0]
    assert await mailing.states() == ["sent", "obsolete", "queued"]
