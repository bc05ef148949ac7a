"""Measures the reports by refid over many subscriptions: `python -m bench.statistics --rows 10000000`."""

import argparse
import asyncio
import os
import random
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter
from typing import Any

import asyncpg

from bench.processes import machine, memory_mb
from enlist import migrations
from enlist.domain import accounts, profiles
from enlist.runtime import postgres
from enlist.runtime.db import Database
from enlist.runtime.vault import Vault

ZONE = "Asia/Kathmandu"
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
LENGTH = timedelta(days=731)
# Five months, with ends in the middle of days.
START, END = datetime(2025, 1, 14, 5, 12, 51, tzinfo=UTC), datetime(2025, 6, 14, 17, 40, 9, tzinfo=UTC)
RUNS = 9
INDEXES = ("subscriptions_pkey", "subscriptions_of_profile", "subscriptions_created")


def main() -> None:
    """Measure with few refids and with many."""
    parser = argparse.ArgumentParser(prog="bench.statistics")
    parser.add_argument("--rows", type=int, default=10_000_000, help="subscriptions over two years")
    parser.add_argument("--refids", type=int, nargs="+", default=[200, 5000], help="how many different ones")
    parser.add_argument("--folder", type=Path, help="where the database lies meanwhile, if not in the temporary folder")
    options = parser.parse_args()
    print(f"machine: {machine()}")
    with tempfile.TemporaryDirectory(prefix="enlist-bench-", dir=options.folder) as folder:
        asyncio.run(_measure(Path(folder), options.rows, options.refids))


async def _measure(folder: Path, rows: int, refids: list[int]) -> None:
    server = await postgres.join(folder)
    try:
        for number in refids:
            await _measure_one(server, rows, number)
    finally:
        await server.leave()


async def _measure_one(server: Any, rows: int, refids: int) -> None:
    name = f"refids{refids}"
    await _run(server.dsn("postgres"), f"CREATE DATABASE {name}")
    await migrations.bring_up_to_date(server.dsn(name))
    database = Database(server.dsn(name), statement_time=timedelta(minutes=10))
    await database.open()
    site = await _site(database)
    print(f"\n{rows:,} subscriptions over two years, {refids:,} refids, days of {ZONE}")
    print(f"  COPY and indexes: {await _load(server.dsn(name), site, rows, refids):.0f} s")
    began = monotonic()
    async with database.transaction() as tx:
        site = await profiles.change_time_zone(tx, site, ZONE)
    print(f"  counting anew after a change of the zone: {monotonic() - began:.1f} s")
    await _run(server.dsn(name), "VACUUM ANALYZE subscriptions")
    await _run(server.dsn(name), "VACUUM ANALYZE refid_months")
    await _report(database, site, rows)
    await database.close()
    await _run(server.dsn("postgres"), f"DROP DATABASE {name}")


async def _site(database: Database) -> accounts.Site:
    async with database.transaction() as tx:
        account = await accounts.create(tx, accounts.NewAccount(login="bench"), Vault(secrets.token_bytes(64)))
        site, _ = await accounts.create_site(tx, account.id, "main", time_zone="UTC")
    return site


async def _load(dsn: str, site: accounts.Site, rows: int, refids: int) -> float:
    began = monotonic()
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET maintenance_work_mem = '1GB'")
    made = [await connection.fetchval("SELECT pg_get_indexdef($1::regclass)", index) for index in INDEXES]
    await connection.execute("ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_pkey")
    await connection.execute("DROP INDEX subscriptions_of_profile, subscriptions_created")
    await connection.copy_to_table("subscriptions", source=_lines(site.id, rows, refids))
    for definition in made:
        await connection.execute(definition)
    await connection.close()
    return monotonic() - began


async def _lines(site_id: int, rows: int, refids: int) -> AsyncIterator[bytes]:
    """Write the rows as COPY reads them, in the order of time."""
    names = [f"ch-direct_src-{secrets.token_hex(4)}_lp-{number}" for number in range(refids)]
    choose, step = random.Random(7).choice, LENGTH / rows
    for first in range(0, rows, 5000):
        moment = FIRST + first * step
        at, until = moment.isoformat(), (moment + 5000 * step).isoformat()
        seconds = (5000 * step).total_seconds() / 5000
        stamps = [(moment + timedelta(seconds=n * seconds)).isoformat() for n in range(min(5000, rows - first))]
        assert at <= until
        random_part = secrets.token_hex(8)
        yield "".join(
            f"{site_id}\temail\tvisitor.{number * 7919 % rows}@example.com\t{number:016x}{random_part}"
            f"\tvisitor.{number * 7919 % rows}@example.com\tt\t{stamp}\t{stamp}\t\t\t{choose(names)}\t\t\t\t\n"
            for number, stamp in enumerate(stamps, first)
        ).encode()


async def _report(database: Database, site: accounts.Site, rows: int) -> None:
    async def counted() -> dict[str, int]:
        async with database.transaction() as tx:
            return dict(await profiles.count_by_refid(tx, site, "email", START, END))

    async def by_day() -> int:
        async with database.transaction() as tx:
            return sum([len(rows) async for rows in profiles.count_by_day(tx, site, "email", START, END)])

    async def plain() -> dict[str, int]:
        async with database.transaction() as tx:
            found = await tx.fetch(
                "SELECT refid, count(*) FROM subscriptions WHERE site_id = $1 AND channel = 'email' AND refid <> ''"
                " AND created_at >= $2 AND created_at < $3 GROUP BY refid",
                site.id,
                START,
                END + timedelta(seconds=1),
            )
            return {row[0]: row[1] for row in found}

    ours, counts = await _timed(counted)
    theirs, expected = await _timed(plain)
    print(f"  count: {ours:.1f} ms; plain GROUP BY over the covering index: {theirs:.0f} ms; {theirs / ours:.1f} times")
    before = memory_mb(os.getpid(), "VmRSS")
    days, lines = await _timed(by_day)
    print(f"  by day: {days:.1f} ms, {lines:,} counts; memory grew by {memory_mb(os.getpid()) - before:.0f} MB at most")
    same = counts == expected and await _same_by_day(database, site)
    print(f"  the same as plain SQL: {'yes' if same else 'NO'}")
    async with database.reading() as tx:
        size, tallied = await tx.fetch_row(
            "SELECT pg_total_relation_size('subscriptions'), pg_total_relation_size('refid_months')"
        )  # type: ignore[misc]
    print(f"  on disk: {size / rows:.0f} bytes a subscription; the counts: {tallied / 2**20:.1f} MB")


async def _timed(work: Callable[[], Awaitable[Any]]) -> tuple[float, Any]:
    """Return the median time in milliseconds, and what came of it."""
    times = []
    for _ in range(RUNS):
        began = perf_counter()
        found = await work()
        times.append((perf_counter() - began) * 1000)
    return median(times), found


async def _same_by_day(database: Database, site: accounts.Site) -> bool:
    async with database.transaction() as tx:
        days = {row[:2]: row[2] async for rows in profiles.count_by_day(tx, site, "email", START, END) for row in rows}
        found = await tx.fetch(
            "SELECT (created_at AT TIME ZONE $4)::date AS day, refid, count(*) FROM subscriptions"
            " WHERE site_id = $1 AND channel = 'email' AND refid <> '' AND created_at >= $2 AND created_at < $3"
            " GROUP BY day, refid",
            site.id,
            START,
            END + timedelta(seconds=1),
            ZONE,
        )
    return days == {(row[0], row[1]): row[2] for row in found}


async def _run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


if __name__ == "__main__":
    main()
