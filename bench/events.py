"""Measures events: how fast a backlog is handed out, how soon a reaction follows a commit, and what waiting costs.

Run by `make bench`, or `python -m bench.events --backlog 1000000`; some two minutes.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, process_time
from typing import Any

from bench.processes import machine
from enlist import migrations
from enlist.runtime import events, postgres
from enlist.runtime.db import Database, Tx
from enlist.runtime.events import PUBLISHED, Dispatcher, Event, Reaction
from enlist.runtime.loops import running
from enlist.runtime.signals import Signals

OWNERS = 1000


class Rang(Event, frozen=True, tag="bench.rang"):
    """Something of the usual size."""

    contact_id: int
    group_id: int
    state: str


def main() -> None:
    """Measure on a fresh private PostgreSQL, and print."""
    parser = argparse.ArgumentParser(prog="bench.events")
    parser.add_argument("--backlog", type=int, default=1_000_000, help="events that wait")
    options = parser.parse_args()
    print(f"machine: {machine()}")
    with tempfile.TemporaryDirectory(prefix="enlist-bench-") as folder:
        asyncio.run(_measure(Path(folder), options.backlog))


async def _measure(folder: Path, backlog: int) -> None:
    server = await postgres.join(folder)
    try:
        await migrations.bring_up_to_date(server.dsn())
        database = Database(server.dsn())
        await database.open()
        try:
            await _catch_up(database, backlog, held="")
            await _catch_up(database, backlog // 4, held="a backup")
            await _delays(database)
            await _idle(database)
        finally:
            await database.close()
    finally:
        await server.leave()


async def _hear(tx: Tx, heard: Sequence[Any]) -> None:
    return


async def _catch_up(database: Database, backlog: int, *, held: str) -> None:
    """Hand out a backlog to one reaction by one dispatcher, perhaps while a ``held`` snapshot keeps deleted rows."""
    holder = await database.connect()
    if held:
        await holder.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
    before = await _wal(database)
    for start in range(0, backlog, 1000):
        async with database.transaction() as tx:
            await events.publish(
                tx,
                [
                    Rang(owner_id=number % OWNERS, contact_id=number, group_id=7, state="active")
                    for number in range(start, start + 1000)
                ],
            )
    written = await _wal(database)
    dispatcher = Dispatcher(database, [Reaction("bench.hear", _hear, (Rang,))])
    began, done, portions = monotonic(), 0, []
    while count := await dispatcher.step():
        done += count
        portions.append((monotonic() - began, done))
    took = monotonic() - began
    out = (await _wal(database) - written) / done
    quarter = len(portions) // 4
    first, last = _rate(portions[:quarter]), _rate(portions[-quarter:])
    print(
        f"{done:,} events behind{', with ' + held + ' under way' if held else ''}: caught up in {took:.1f} s,"
        f" {done / took:,.0f} per s (first quarter {first:,.0f}, last {last:,.0f});"
        f" WAL per event {(written - before) / done:.0f} bytes to write, {out:.0f} to hand out"
    )
    await holder.close()


def _rate(portions: Sequence[tuple[float, int]]) -> float:
    (began, before), (ended, after) = portions[0], portions[-1]
    return (after - before) / (ended - began)


async def _delays(database: Database) -> None:
    """Publish single events at odd times, and measure from commit to reaction."""
    committed: dict[int, float] = {}
    delays: list[float] = []

    async def hear(tx: Tx, heard: Sequence[Any]) -> None:
        delays.extend(monotonic() - committed[event.contact_id] for event in heard)

    loop = Dispatcher(database, [Reaction("bench.hear", hear, (Rang,))]).loop()
    signals = Signals(database)
    signals.on(PUBLISHED, loop.wake)
    async with running(loop, signals.loop()):
        await asyncio.sleep(1)
        for number in range(100):
            committed[number] = monotonic()  # a moment early, so that no reaction is before it
            async with database.transaction() as tx:
                await events.publish(tx, [Rang(owner_id=number, contact_id=number, group_id=7, state="active")])
            committed[number] = monotonic()
            await asyncio.sleep(0.137)
        await asyncio.sleep(1)
    print(
        f"from commit to reaction, single events: median {median(delays) * 1000:.0f} ms,"
        f" 99 % within {quantiles(delays, n=100)[98] * 1000:.0f} ms"
    )


async def _idle(database: Database) -> None:
    """Let a dispatcher rest for ten seconds, and tell what that costs."""
    loop = Dispatcher(database, [Reaction("bench.hear", _hear, (Rang,))]).loop()
    async with running(loop):
        await asyncio.sleep(1)
        before = process_time()
        await asyncio.sleep(10)
    print(f"nothing to do: {(process_time() - before) * 100:.1f} ms of CPU per second in this process")


async def _wal(database: Database) -> int:
    async with database.reading() as tx:
        return int(await tx.fetch_value("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"))


if __name__ == "__main__":
    main()
