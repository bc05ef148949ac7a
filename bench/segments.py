"""Measures segments: `python -m bench.segments --profiles 1000000 --actions 10000000` (minutes, and 3 GB of disk).

On a private server with the shipped settings: how fast batches of actions are recorded, how long computing a whole
segment takes, how fast profiles are sorted as they act, how fast a profile's segments are read, how large an action is
on disk.
"""

import argparse
import asyncio
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.processes import machine
from enlist import migrations
from enlist.domain import segments
from enlist.domain.accounts import Site
from enlist.runtime import postgres
from enlist.runtime.db import Database, Lane, Tx

WEEKS = 52
LABELS = ("view", "view", "view", "view", "login", "login", "search", "cart", "buy")

RULES = {
    "two of: bought twice ever / a tag within 30 days / from Russia": """
        {"type": "and", "rules": [
            {"type": "country", "any_of": ["RU"]},
            {"type": "or", "rules": [
                {"type": "action", "labels": ["buy"], "at_least": 2},
                {"type": "action", "tags": ["7", "8"], "within": {"days": 30}}]}]}""",
    "viewed 5 times ever, not bought within 90 days, e-mail active": """
        {"type": "and", "rules": [
            {"type": "action", "labels": ["view"], "at_least": 5},
            {"type": "not", "rule": {"type": "action", "labels": ["buy"], "within": {"days": 90}}},
            {"type": "channel", "channel": "email", "state": "active"}]}""",
    "active within 30 days, Russian or Kazakh, aged 18 to 35": """
        {"type": "and", "rules": [
            {"type": "action", "within": {"days": 30}},
            {"type": "country", "any_of": ["RU", "KZ"]},
            {"type": "age", "at_least": 18, "at_most": 35}]}""",
    "any action at all, gone for a week, never searched": """
        {"type": "and", "rules": [
            {"type": "action"},
            {"type": "action", "at_most": 0, "within": {"days": 7}},
            {"type": "not", "rule": {"type": "action", "labels": ["search"]}}]}""",
}


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="bench.segments")
    parser.add_argument("--profiles", type=int, default=1_000_000)
    parser.add_argument("--actions", type=int, default=10_000_000)
    options = parser.parse_args()
    print(f"machine: {machine()}")
    asyncio.run(_measure(options.profiles, options.actions))


async def _measure(profiles: int, actions: int) -> None:
    with tempfile.TemporaryDirectory(prefix="enlist-bench-") as folder:
        server = await postgres.join(Path(folder) / "data")
        try:
            await migrations.bring_up_to_date(server.dsn())
            database = Database(server.dsn())
            await database.open()
            await _Bench(database, profiles, actions).run()
            await database.close()
        finally:
            await server.leave()


class _Bench:
    def __init__(self, database: Database, profiles: int, actions: int) -> None:
        self._database, self._profiles, self._actions = database, profiles, actions
        self._site = Site(1, 1, "bench", "UTC")
        self._profile_ids: Sequence[str] = ()

    async def run(self) -> None:
        began = time.perf_counter()
        await self._fill()
        print(f"{self._profiles:,} profiles and {self._actions:,} actions over a year made in {_since(began):.0f} s")
        await self._sizes()
        await self._record()
        await self._compute()
        await self._sort()
        await self._read()
        print(f"memory of this process: peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")

    async def _fill(self) -> None:
        connection = await self._database.connect()
        now = datetime.now(UTC)
        async with self._database.transaction() as tx:
            # Parts for the past are made as for an outage: from an action without a part.
            for week in range(WEEKS, -1, -1):
                await _make_part(tx, now - timedelta(weeks=week))
            await segments.keep_partitions(tx)
        await connection.execute(_PROFILES, self._profiles, now, timeout=3600)
        await connection.execute(_SUBSCRIPTIONS, timeout=3600)
        portion = 500_000
        for start in range(0, self._actions, portion):
            count = min(portion, self._actions - start)
            await connection.execute(
                _ACTIONS, count, self._profiles, now - timedelta(weeks=WEEKS) * (1 - start / self._actions),
                timedelta(weeks=WEEKS) / self._actions, LABELS, timeout=3600,
            )  # fmt: skip
        await connection.execute("VACUUM ANALYZE", timeout=3600)
        self._profile_ids = [
            row[0].hex for row in await connection.fetch("SELECT profile_id FROM profiles LIMIT 100000")
        ]
        await connection.close()

    async def _sizes(self) -> None:
        async with self._database.reading() as tx:
            table, indexes, count = await tx.fetch_row(_SIZES) or (0, 0, 1)
        print(f"an action on disk: {table / count:.0f} bytes and {indexes / count:.0f} in indexes")

    async def _record(self) -> None:
        lane, batches, size = Lane(self._database), 200, 256
        sent = [[self._action() for _ in range(size)] for _ in range(batches)]
        began, cpu = time.perf_counter(), time.process_time()
        for batch in sent:
            async with lane.transaction() as tx:
                await segments.record(tx, batch)
        took, cpu = _since(began), time.process_time() - cpu
        await lane.close()
        count = batches * size
        print(f"recorded in batches of {size}: {count / took:,.0f} actions/s; app CPU {cpu / count * 1e6:.1f} us each")
        async with self._database.transaction() as tx:
            await tx.execute("TRUNCATE segment_changes")

    async def _compute(self) -> None:
        computing = segments.Computing(self._database)
        for name, rule in RULES.items():
            async with self._database.transaction() as tx:
                made = await segments.create(tx, self._site, name, segments.read_rule(rule))
            memory = _memory()
            first = await self._computed(computing, made)
            async with self._database.transaction() as tx:
                await segments.change(tx, self._site, made.id, rule=made.rule)
            again = await self._computed(computing, made)
            print(
                f"{name}: {again.members:,} members; first time {_took(first):.1f} s with everything,"
                f" again {_took(again):.1f} s; memory of the app {_memory() - memory:+.0f} MB",
                flush=True,
            )

    async def _computed(self, computing: segments.Computing, made: segments.Segment) -> segments.Segment:
        assert await computing.compute_one()
        async with self._database.reading() as tx:
            computed = await segments.get(tx, self._site, made.id)
        if computed.state != "ready":
            raise RuntimeError(computed.error)
        return computed

    async def _sort(self) -> None:
        worker = segments.Assigning(self._database, follow_every=timedelta(days=1))
        for portion in (1, 100, 2_000, 10_000):
            async with self._database.transaction() as tx:
                await segments.record(tx, [self._action() for _ in range(portion)])
            began = time.perf_counter()
            count = 0
            while count < portion * 0.9 and (done := await worker.sort_some()):
                count += done
            print(f"{portion:,} actions sorted into {len(RULES)} segments in {_since(began) * 1000:.0f} ms")
        # An hour later by the clock:
        self._database.clock = lambda: datetime.now(UTC) + timedelta(hours=1)
        began = time.perf_counter()
        worker = segments.Assigning(self._database)
        await worker.follow_time()
        found = await self._count("SELECT coalesce(sum(cardinality(profile_ids)), 0) FROM segment_changes")
        noted = _since(began)
        while await worker.sort_some():
            pass
        sorted_in = _since(began) - noted
        print(f"an hour that passed: {found:,} profiles noted in {noted:.2f} s, sorted in {sorted_in:.2f} s")

    async def _read(self) -> None:
        times = []
        for _ in range(5000):
            profile_id = random.choice(self._profile_ids)
            began = time.perf_counter()
            async with self._database.reading() as tx:
                await segments.segments_of(tx, self._site, profile_id)
            times.append(_since(began) * 1000)
        times.sort()
        print(f"segments of a profile: p50 {times[2500]:.2f} ms, p99 {times[4950]:.2f} ms")

    async def _count(self, sql: str) -> int:
        async with self._database.reading() as tx:
            return int(await tx.fetch_value(sql))

    def _action(self) -> segments.Action:
        tags = (str(random.randrange(200)), str(random.randrange(200)), str(random.randrange(50)))
        article = f"item-{random.randrange(100_000)}"
        return segments.Action(self._site, random.choice(self._profile_ids), tags, random.choice(LABELS), article)


async def _make_part(tx: Tx, instant: datetime) -> None:
    monday = (instant - timedelta(days=instant.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    await tx.execute(
        f"CREATE TABLE actions_{monday:%Y%m%d} PARTITION OF actions"
        f" FOR VALUES FROM ('{monday.isoformat()}') TO ('{(monday + timedelta(weeks=1)).isoformat()}')"
    )


def _since(began: float) -> float:
    return time.perf_counter() - began


def _took(segment: segments.Segment) -> float:
    return segment.took.total_seconds() if segment.took else 0.0


def _memory() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


_PROFILES = """
INSERT INTO profiles (account_id, site_id, profile_id, created_at, ip, name, gender, born_on, country, region, city,
                      time_zone)
SELECT 1, 1, (lpad(to_hex(i::bigint * 1000), 12, '0') || '7' || substr(md5(i::text), 1, 19))::uuid,
       $2::timestamptz - (random() * 700) * interval '1 day', '192.0.2.1', 'Bob', (ARRAY['m', 'f', ''])[1 + i % 3],
       CASE WHEN i % 2 = 0 THEN date '1950-01-01' + (random() * 20000)::int END,
       (ARRAY['RU', 'RU', 'KZ', 'US', 'DE', 'BY', 'UA', ''])[1 + i % 8], '', '',
       'Europe/Moscow'
FROM generate_series(1, $1::int) i
"""
_SUBSCRIPTIONS = """
INSERT INTO subscriptions (account_id, site_id, channel, address_key, profile_id, address, active, reason, created_at,
                           changed_at, reg_url, refid, refidm, utm_source, utm_medium, utm_campaign)
SELECT 1, 1, 'email', profile_id || '@example.com', profile_id, profile_id || '@example.com', random() < 0.8, '',
       created_at, created_at, '', 'ref' || (random() * 200)::int, '', 'google', 'cpc', '' FROM profiles
"""
_ACTIONS = """
INSERT INTO actions (account_id, site_id, profile_id, created_at, label, article, tags)
SELECT 1, 1, (lpad(to_hex(p::bigint * 1000), 12, '0') || '7' || substr(md5(p::text), 1, 19))::uuid,
       $3::timestamptz + i * $4::interval, ($5::text[])[1 + (random() * 8)::int], 'item-' || (random() * 100000)::int,
       ARRAY[(random() * 200)::int::text, (random() * 200)::int::text, (random() * 50)::int::text]
FROM (SELECT i, 1 + (random() * ($2::int - 1))::int AS p FROM generate_series(1, $1::int) i) g
"""
_SIZES = """
SELECT sum(pg_table_size(inhrelid::regclass)), sum(pg_indexes_size(inhrelid::regclass)), (SELECT count(*) FROM actions)
FROM pg_inherits WHERE inhparent = 'actions'::regclass
"""

if __name__ == "__main__":
    main()
