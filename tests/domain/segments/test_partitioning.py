"""The parts of the table of actions: made ahead, dropped by age, and nothing lost without them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from enlist.domain import segments
from enlist.domain.segments.matching import DoneAction, Known
from tests.domain.segments.helpers import NOW, a_site, add_people
from tests.support.world import Clock, World


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def clocked(dsn: str, clock: Clock) -> AsyncIterator[World]:
    async with World.open(dsn, clock=clock) as world:
        yield world


async def parts(world: World) -> dict[str, int]:
    """Count the actions in each part."""
    async with world.reading() as tx:
        rows = await tx.fetch(
            "SELECT inhrelid::regclass::text AS name, (SELECT count(*) FROM actions a WHERE a.tableoid = inhrelid)"
            " FROM pg_inherits WHERE inhparent = 'actions'::regclass ORDER BY 1"
        )
    return {row[0]: row[1] for row in rows}


async def keep(world: World) -> int:
    return await world.do(segments.keep_partitions)


async def drop(world: World, days: int) -> int:
    return await world.do(segments.drop_old, timedelta(days=days))


async def test_parts_are_made_ahead_and_actions_find_home(clocked: World, clock: Clock) -> None:
    site = await a_site(clocked)
    done = [DoneAction("x", [], "", NOW - timedelta(days=days)) for days in (0, 1, 8, 30)]
    await clocked.do(add_people, site, [Known(created_at=NOW, actions=done)])
    assert await parts(clocked) == {"actions_rest": 4}
    assert await keep(clocked) == 9
    home = await parts(clocked)
    assert home.pop("actions_rest") == 0
    assert home["actions_20261116"] == 2
    assert home["actions_20261109"] == 1
    assert home["actions_20261019"] == 1
    assert max(home) == "actions_20261214"
    assert await keep(clocked) == 0
    clock.advance(days=7)
    assert await keep(clocked) == 1


async def test_old_parts_are_dropped_and_only_those(clocked: World) -> None:
    site = await a_site(clocked)
    rule = segments.read_rule('{"type": "or", "rules": [{"type": "action", "labels": ["x"]}]}')
    other = segments.read_rule('{"type": "country", "any_of": ["RU"]}')
    async with clocked.transaction() as tx:
        concerned = await segments.create(tx, site, "acted", rule)
        await segments.create(tx, site, "country", other)
    computing = segments.Computing(clocked.database)
    while await computing.compute_one():
        pass
    assert await drop(clocked, 5) == 4
    assert {name: n for name, n in (await parts(clocked)).items() if n} == {"actions_20261116": 2}
    states = {segment.id: segment.state for segment in await clocked.ask(segments.list_, site)}
    assert [number for number, state in states.items() if state == "computing"] == [concerned.id]
    assert await drop(clocked, 5) == 0


async def test_a_reader_who_takes_long_only_puts_it_off(clocked: World, clock: Clock) -> None:
    clock.advance(days=70)
    async with clocked.transaction() as reader:
        await reader.fetch("SELECT count(*) FROM actions")
        assert await keep(clocked) == 0
    made = await asyncio.gather(keep(clocked), keep(clocked), keep(clocked))
    assert sum(made) == 5
