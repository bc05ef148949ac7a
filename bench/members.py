"""Measures large tables of members and their counts: `python -m bench.members --contacts 5000000` (minutes; 3 GB).

On a private server with the shipped settings: how long counts of members take, kept and plain, how long counting anew
takes, and what a lead and a leaving cost PostgreSQL in a table of that size.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bench.processes import machine
from enlist import migrations
from enlist.domain import accounts, contacts, groups
from enlist.domain.groups import queries
from enlist.kit.email import normalise
from enlist.runtime import postgres
from enlist.runtime.db import Database, Lane, Tx
from enlist.runtime.vault import Vault

AT_ONCE = 40  # leads in one transaction, as with 64 clients

_FILL_CONTACTS = """
INSERT INTO contacts (account_id, email, email_key, name, phone, city, tags, created_at)
SELECT $1, e, e, 'Anna', '', '', '{}', now()
FROM (SELECT md5(i::text) || '@example.com' AS e FROM generate_series(1, $2::int) i) AS people
"""
_FILL_MEMBERSHIPS = """
INSERT INTO memberships (account_id, contact_id, group_id, state, subscribed_at, activated_at, tag, city, done_url, ip)
SELECT $1, id, $2::bigint, CASE WHEN id % 10 = 0 THEN 'left' WHEN id % 7 = 0 THEN 'waiting' ELSE 'active' END,
       now(), now(), '', '', '', '192.0.2.1'
FROM contacts WHERE account_id = $1
"""
_HOT = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'memberships'"


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="bench.members")
    parser.add_argument("--contacts", type=int, default=5_000_000)
    options = parser.parse_args()
    print(f"machine: {machine()}")
    asyncio.run(_measure(options.contacts))


async def _measure(number: int) -> None:
    with tempfile.TemporaryDirectory(prefix="enlist-bench-") as folder:
        server = await postgres.join(Path(folder) / "data")
        try:
            await migrations.bring_up_to_date(server.dsn())
            database = Database(server.dsn(), statement_time=timedelta(hours=1))
            await database.open()
            await _run(database, number)
            await database.close()
        finally:
            await server.leave()


async def _run(database: Database, number: int) -> None:
    async with database.transaction() as tx:
        new = accounts.NewAccount(login="bench", confirms_always=False)
        owner = await accounts.create(tx, new, Vault(b"a secret for measuring" * 2))
        first, second = [await groups.create(tx, owner.id, name, confirmation=False) for name in ("one", "two")]
        await tx.execute(_FILL_CONTACTS, owner.id, number)
        for group in (first, second):
            await tx.execute(_FILL_MEMBERSHIPS, owner.id, group.id)
    async with database.reading() as tx:
        await tx.execute("VACUUM ANALYZE contacts, memberships")
        print(f"{2 * number:,} memberships")
        people, plainly = await _timed(1, lambda: queries.count_active_people(tx, owner.id))
        print(f"active in any group, counted one by one: {plainly:.0f} ms")
        members, plainly = await _timed(1, lambda: queries.count_active(tx, owner.id, first.id))
        print(f"active in one group, counted one by one: {plainly:.0f} ms")
    async with database.transaction() as tx:
        began = time.perf_counter()
        await groups.recount(tx, owner.id)
        print(f"all counted anew: {time.perf_counter() - began:.1f} s")
    async with database.reading() as tx:
        kept, took = await _timed(300, lambda: groups.count_active_people(tx, owner.id))
        print(f"active in any group, kept: {took:.2f} ms, {'equal' if kept == people else 'WRONG'}")
        kept, took = await _timed(300, lambda: groups.count_active(tx, owner.id, "one"))
        print(f"active in one group, kept: {took:.2f} ms, {'equal' if kept == members else 'WRONG'}")
    await _cost(database, owner, first.id)


async def _timed(rounds: int, act: Callable[[], Awaitable[int]]) -> tuple[int, float]:
    spans, answer = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        answer = await act()
        spans.append(1000 * (time.perf_counter() - began))
    return answer, median(spans)


async def _cost(database: Database, owner: accounts.Account, group_id: int) -> None:
    """Tell what leads and leavings cost in a table of this size."""
    lane = Lane(database)

    async def leads(tx: Tx) -> Any:
        return await groups.enrol(tx, [_lead(owner) for _ in range(AT_ONCE)])

    async def leaving(tx: Tx) -> Any:
        return await queries.leave(tx, owner.id, random.randint(1, 1_000_000), [group_id])

    for what, act, size, rounds in (("lead", leads, AT_ONCE, 250), ("leaving", leaving, 1, 5000)):
        async with lane.transaction() as tx:
            pid = await tx.fetch_value("SELECT pg_backend_pid()")
            before = await tx.fetch_value("SELECT pg_current_wal_insert_lsn()")
        began = _cpu(pid)
        for _ in range(rounds):
            async with lane.transaction() as tx:
                await act(tx)
        cpu = 1e6 * (_cpu(pid) - began) / rounds / size
        async with lane.transaction() as tx:
            written = await tx.fetch_value("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)", before)
        print(f"a {what}: {cpu:.0f} us of PostgreSQL, {float(written) / rounds / size:.0f} bytes of WAL")
    await lane.close()
    await asyncio.sleep(2)
    async with database.reading() as tx:
        row = await tx.fetch_row(_HOT)
        assert row is not None
        print(f"updates of memberships within their page (HOT): {row[1]} of {row[0]}")


def _lead(owner: accounts.Account) -> groups.Enrolment:
    address = normalise(f"{random.getrandbits(64):x}@example.com")
    assert address is not None
    return groups.Enrolment(account=owner, person=contacts.Person(address), groups=("one",))


def _cpu(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    main()
