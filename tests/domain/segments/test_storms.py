"""Storms of actions: a kill in the middle loses nothing that was accepted, and two processes at once stay exact."""

import asyncio
import os
import sys
from datetime import timedelta

from enlist.domain import segments
from enlist.domain.segments.matching import Known
from enlist.runtime.loops import Loop
from tests.domain.segments.helpers import NOW, a_site, add_people
from tests.support.world import World

# Records actions over a batch as the door does, and says how many were accepted.
STORM = """
import asyncio, sys
from enlist.domain import segments
from enlist.domain.accounts import Site
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database

async def main(dsn, account_id, site_id, profile_id, label, count):
    database = Database(dsn)
    await database.open()
    batch = Batch("actions", database, segments.record)
    site, accepted = Site(int(account_id), int(site_id), "main", "UTC"), 0

    async def client(number):
        nonlocal accepted
        for turn in range(int(count)):
            await batch.put(segments.Action(site, profile_id, (str(number),), label, str(turn)))
            accepted += 1
            print(accepted, flush=True)

    await asyncio.gather(*(client(number) for number in range(20)))
    await batch.close()
    await database.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def storm(dsn: str, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", STORM, dsn, *words, env=dict(os.environ), stdout=asyncio.subprocess.PIPE
    )


async def test_a_kill_loses_no_accepted_action(world: World, dsn: str) -> None:
    site = await a_site(world)
    (anna,) = await world.do(add_people, site, [Known(created_at=NOW)])
    process = await storm(dsn, str(site.account_id), str(site.id), anna, "storm", "100000")
    assert process.stdout is not None
    while int(await process.stdout.readline()) < 1000:
        pass
    process.kill()
    said = (await process.stdout.read()).split()
    await process.wait()
    accepted = int(said[-1]) if said else 1000
    async with world.reading() as tx:
        kept = await tx.fetch_value("SELECT count(*) FROM actions WHERE site_id = $1", site.id)
        assert accepted <= kept <= accepted + 40  # what was being committed may be kept without having been said
        assert await tx.fetch_value("SELECT count(*) FROM segment_changes WHERE site_id = $1", site.id) > 0


async def test_two_processes_at_once_stay_exact(world: World, dsn: str) -> None:
    site = await a_site(world)
    async with world.transaction() as tx:
        (anna,) = await add_people(tx, site, [Known(created_at=NOW)])
        rule = segments.read_rule('{"type": "action", "labels": ["left"], "at_least": 1000}')
        lots = await segments.create(tx, site, "lots", rule)
    words = str(site.account_id), str(site.id), anna
    processes = [await storm(dsn, *words, label, "50") for label in ("left", "right")]
    workers = (
        segments.Assigning(world.database),
        segments.Computing(world.database),
        segments.Assigning(world.database),
    )
    loops = [
        asyncio.create_task(Loop("segments", worker.step, rest=timedelta(seconds=0.1)).run()) for worker in workers
    ]
    await asyncio.gather(*(process.communicate() for process in processes))
    async with world.reading() as tx, asyncio.timeout(5):
        rows = await tx.fetch("SELECT label, count(*) FROM actions WHERE site_id = $1 GROUP BY 1 ORDER BY 1", site.id)
        assert [tuple(row) for row in rows] == [("left", 1000), ("right", 1000)]
        while await segments.segments_of(tx, site, anna) != [lots.id]:
            await asyncio.sleep(0.05)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
