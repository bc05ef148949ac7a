"""Membership follows what happens and the passing of time, with an event for each move, however many workers there are."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import msgspec
import pytest

from enlist.domain import profiles, segments
from enlist.domain.accounts import Site
from enlist.domain.segments import worker_queries
from enlist.domain.segments.assigning import sort_site
from enlist.domain.segments.matching import DoneAction, Known
from enlist.domain.segments.model import key_of
from enlist.runtime.events import Dispatcher, Reaction
from enlist.runtime.loops import Loop
from tests.domain.segments.helpers import NOW, a_site, add_people, change_country
from tests.support.world import Clock, World

BOUGHT = '{"type": "action", "labels": ["buy"]}'
RUSSIAN = '{"type": "country", "any_of": ["RU"]}'
IDLE = '{"type": "not", "rule": {"type": "action", "within": {"days": 30}}}'
ANNOUNCED = (profiles.ProfileCreated, profiles.Subscribed, profiles.Unsubscribed, profiles.MarksChanged)
TWICE_A_DAY = '{"type": "action", "tags": ["1"], "at_least": 2, "within": {"days": 1}}'


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def clocked(dsn: str, clock: Clock) -> AsyncIterator[World]:
    async with World.open(dsn, clock=clock, connections=20) as world:
        async with world.transaction() as tx:
            await tx.execute(
                "TRUNCATE events, segment_changes, segments, segment_states, segment_members, segment_sites"
            )
        yield world


async def people(world: World, site: Site, *them: Known) -> list[str]:
    return sorted(await world.do(add_people, site, them or [Known(created_at=NOW)]))


async def act(world: World, site: Site, profile_id: str, label: str = "buy", *tags: str) -> None:
    await world.do(segments.record, [segments.Action(site, profile_id, tags, label)])


async def a_segment(world: World, site: Site, rule: str, *, compute: bool = True) -> int:
    made = await world.do(segments.create, site, rule, segments.read_rule(rule))
    while compute and await segments.Computing(world.database).compute_one():
        pass
    return made.id


async def settle(world: World) -> None:
    """Let one worker do all there is to do."""
    worker, computing = segments.Assigning(world.database), segments.Computing(world.database)
    while await computing.compute_one() or await worker.follow_time() or await worker.sort_some():
        pass


async def members(world: World, site: Site, number: int) -> list[str]:
    async with world.transaction() as tx:
        # The count and the list have to be of one moment, also while a worker sorts.
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        listed = [member.profile_id for member in await segments.list_members(tx, site, number)]
        assert (await segments.get(tx, site, number)).members == len(listed)
    return listed


async def events(world: World) -> list[tuple[str, str, int, bool]]:
    """Take what was announced: (entered or left, profile_id, segment, whole)."""
    async with world.transaction() as tx:
        rows = await tx.fetch("DELETE FROM events WHERE kind LIKE 'segments.%' RETURNING id, owner_id, kind, body")
    found = []
    for row in sorted(rows, key=lambda row: row["id"]):
        body = msgspec.json.decode(row["body"])
        found.append((row["kind"].rpartition("_")[2], body["profile_id"], body["segment_id"], body["whole"]))
    return found


async def test_a_new_segment_is_computed_in_the_background(clocked: World) -> None:
    site = await a_site(clocked)
    (anna,) = await people(clocked, site, Known(created_at=NOW, country="RU"))
    (boris,) = await people(clocked, site)
    number = await a_segment(clocked, site, RUSSIAN, compute=False)
    async with clocked.reading() as tx:
        new = await segments.get(tx, site, number)
        assert (new.state, new.members, new.computed_at) == ("computing", 0, None)
        assert await segments.segments_of(tx, site, anna) == []
    await settle(clocked)
    async with clocked.reading() as tx:
        ready = await segments.get(tx, site, number)
        assert (ready.state, ready.members, ready.computed_at) == ("ready", 1, NOW)
        assert await segments.segments_of(tx, site, anna) == [number]
        assert await segments.segments_of(tx, site, boris) == []
    assert await events(clocked) == [("entered", anna, number, True)]


async def test_numbers_are_counted_per_site_and_never_given_twice(clocked: World) -> None:
    site, other = await a_site(clocked), await a_site(clocked)
    assert [await a_segment(clocked, site, rule) for rule in (BOUGHT, RUSSIAN)] == [1, 2]
    assert await a_segment(clocked, other, BOUGHT) == 1
    await clocked.do(segments.delete, site, 2)
    assert await a_segment(clocked, site, RUSSIAN) == 3


async def test_an_action_moves_its_profile(clocked: World) -> None:
    site = await a_site(clocked)
    anna, boris = await people(clocked, site, Known(created_at=NOW), Known(created_at=NOW))
    number = await a_segment(clocked, site, BOUGHT)
    idle = await a_segment(clocked, site, IDLE)
    assert await members(clocked, site, idle) == [anna, boris]
    await events(clocked)
    await act(clocked, site, anna)
    await act(clocked, site, boris, "login")
    await settle(clocked)
    assert await members(clocked, site, number) == [anna]
    assert await members(clocked, site, idle) == []
    assert sorted(await events(clocked)) == [
        ("entered", anna, number, False), ("left", anna, idle, False), ("left", boris, idle, False)
    ]  # fmt: skip
    await act(clocked, site, anna)
    await settle(clocked)
    assert await events(clocked) == []


async def test_a_change_of_the_profile_moves_it(clocked: World) -> None:
    site = await a_site(clocked)
    number = await a_segment(clocked, site, RUSSIAN)
    (anna,) = await people(clocked, site, Known(created_at=NOW))
    await change_country(clocked, site, anna, "RU")
    await settle(clocked)
    assert await members(clocked, site, number) == [anna]
    await change_country(clocked, site, anna, "KZ")
    await settle(clocked)
    assert await members(clocked, site, number) == []
    assert [word for word, *_ in await events(clocked)] == ["entered", "left"]


async def test_what_the_profiles_slice_announces_moves_profiles(clocked: World) -> None:
    site = await a_site(clocked)
    number = await a_segment(clocked, site, '{"type": "channel", "channel": "email", "state": "active"}')
    marked = await a_segment(clocked, site, '{"type": "subscription", "refid": ["ch-direct"]}')
    anonymous = await a_segment(clocked, site, '{"type": "country", "any_of": [""]}')
    dispatcher = Dispatcher(clocked.database, [Reaction("segments.note_changes", segments.note_changes, ANNOUNCED)])

    async def follow() -> list[list[str]]:
        while await dispatcher.deliver_some():
            await settle(clocked)
        return [await members(clocked, site, segment) for segment in (number, marked, anonymous)]

    (anna,) = await clocked.do(profiles.create, [profiles.NewProfile(site)])
    assert await follow() == [[], [], [anna]]
    async with clocked.transaction() as tx:
        wish = profiles.Subscription(site, anna, "email", "anna@example.com", "anna@example.com")
        assert await profiles.subscribe(tx, [wish]) == [None]
    assert await follow() == [[anna], [], [anna]]
    await clocked.do(profiles.update_marks, site, "email", profiles.Marks(refid="ch-direct"), key="anna@example.com")
    assert await follow() == [[anna], [anna], [anna]]
    await clocked.do(profiles.unsubscribe, site, anna, "email", "anna@example.com")
    assert await follow() == [[], [anna], [anna]]


async def test_time_alone_moves_profiles(clocked: World, clock: Clock) -> None:
    site = await a_site(clocked)
    (anna,) = await people(clocked, site)
    idle, twice = await a_segment(clocked, site, IDLE), await a_segment(clocked, site, TWICE_A_DAY)
    await act(clocked, site, anna, "x", "1")
    clock.advance(hours=1)
    await act(clocked, site, anna, "x", "1")
    await settle(clocked)
    assert (await members(clocked, site, idle), await members(clocked, site, twice)) == ([], [anna])
    clock.advance(hours=23)
    await settle(clocked)
    assert await members(clocked, site, twice) == [anna]  # exactly a day ago is within a day
    clock.advance(minutes=1)
    await settle(clocked)
    assert await members(clocked, site, twice) == []
    clock.advance(days=29)
    await settle(clocked)
    assert await members(clocked, site, idle) == []
    clock.advance(hours=1, minutes=1)
    await settle(clocked)
    assert await members(clocked, site, idle) == [anna]


async def test_a_slow_clock_does_not_undo_what_a_fast_one_did(clocked: World, clock: Clock, dsn: str) -> None:
    site = await a_site(clocked)
    (anna,) = await people(clocked, site)
    number = await a_segment(clocked, site, TWICE_A_DAY)
    await act(clocked, site, anna, "x", "1")
    await act(clocked, site, anna, "x", "1")
    await settle(clocked)
    fast_clock = Clock(NOW)
    fast_clock.advance(days=1, seconds=1)
    async with World.open(dsn, clock=fast_clock) as fast:
        await settle(fast)
    assert await members(clocked, site, number) == []
    await act(clocked, site, anna, "y")  # sorted by a process whose clock says that it is yesterday still
    await settle(clocked)
    assert await members(clocked, site, number) == []


async def test_another_rule_sorts_everybody_anew(clocked: World) -> None:
    site = await a_site(clocked)
    (anna,) = await people(clocked, site, Known(created_at=NOW, country="RU"))
    (boris,) = await people(clocked, site, Known(created_at=NOW, country="KZ"))
    number = await a_segment(clocked, site, RUSSIAN)
    async with clocked.transaction() as tx:
        changed = await segments.change(tx, site, number, rule=segments.read_rule(RUSSIAN.replace("RU", "KZ")))
        assert (changed.state, changed.members) == ("computing", 1)
    await settle(clocked)
    assert await members(clocked, site, number) == [boris]
    assert sorted(await events(clocked)) == sorted([
        ("entered", anna, number, True), ("entered", boris, number, True), ("left", anna, number, True)
    ])  # fmt: skip


async def test_a_deleted_segment_is_empty_at_once_and_everybody_leaves(clocked: World) -> None:
    site = await a_site(clocked)
    (anna,) = await people(clocked, site, Known(created_at=NOW, country="RU"))
    number = await a_segment(clocked, site, RUSSIAN)
    await events(clocked)
    async with clocked.transaction() as tx:
        await segments.delete(tx, site, number)
        assert await segments.segments_of(tx, site, anna) == []
        with pytest.raises(segments.SegmentNotFound):
            await segments.get(tx, site, number)
        with pytest.raises(segments.SegmentNotFound):
            await segments.delete(tx, site, number)
    computing = segments.Computing(clocked.database)
    while await computing.clear_one():
        pass
    assert await events(clocked) == [("left", anna, number, True)]
    async with clocked.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM segment_members WHERE site_id = $1", site.id) == 0


async def test_what_happens_during_a_computation_is_not_lost(clocked: World) -> None:
    site = await a_site(clocked)
    anna, boris = await people(clocked, site, Known(created_at=NOW), Known(created_at=NOW))
    other = await a_segment(clocked, site, RUSSIAN)
    number = await a_segment(clocked, site, BOUGHT, compute=False)
    async with clocked.transaction() as tx:
        claimed = await worker_queries.claim_uncomputed(tx, key_of(site), number)
        assert claimed is not None
        async for _ in worker_queries.sort_all(tx, key_of(site), number, claimed.rule, tx.now):
            pass
        # The computation has seen all it will see, and now:
        await act(clocked, site, anna)
        await change_country(clocked, site, boris, "RU")
        assert await segments.Assigning(clocked.database).sort_some() == 2
        assert await segments.Assigning(clocked.database).sort_some() == 0
        assert await members(clocked, site, other) == [boris]
        await worker_queries.set_computed(tx, claimed, tx.now, 0, NOW - NOW)
    assert await members(clocked, site, number) == []
    await settle(clocked)
    assert await members(clocked, site, number) == [anna]


async def test_an_edit_does_not_wait_for_a_computation(clocked: World) -> None:
    site = await a_site(clocked)
    (anna,) = await people(clocked, site, Known(created_at=NOW, country="KZ"))
    number = await a_segment(clocked, site, RUSSIAN, compute=False)
    async with clocked.transaction() as tx:
        claimed = await worker_queries.claim_uncomputed(tx, key_of(site), number)
        assert claimed is not None
        async with asyncio.timeout(5), clocked.transaction() as editing:
            await segments.change(editing, site, number, rule=segments.read_rule(RUSSIAN.replace("RU", "KZ")))
        await worker_queries.set_computed(tx, claimed, tx.now, 0, NOW - NOW)
    await settle(clocked)
    assert await members(clocked, site, number) == [anna]


async def test_a_computation_that_fails_says_so_and_is_tried_again_later(
    clocked: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site = await a_site(clocked)
    number = await a_segment(clocked, site, RUSSIAN, compute=False)
    computing = segments.Computing(clocked.database)
    with monkeypatch.context() as patch:
        patch.setattr(worker_queries, "plan_for_all", _fail)
        assert await computing.compute_one()
        assert not await computing.compute_one()
    failed = await clocked.ask(segments.get, site, number)
    assert (failed.state, failed.error) == ("computing", "RuntimeError: out of luck")
    clock.advance(minutes=2)
    assert await computing.compute_one()
    assert (await clocked.ask(segments.get, site, number)).error == ""


async def test_many_workers_at_once_lose_nothing_and_announce_nothing_twice(clocked: World) -> None:
    sites = [await a_site(clocked) for _ in range(3)]
    crowd = {site.id: await people(clocked, site, *[Known(created_at=NOW)] * 30) for site in sites}
    numbers = {site.id: [await a_segment(clocked, site, rule) for rule in (BOUGHT, RUSSIAN)] for site in sites}
    stop = asyncio.Event()

    async def work() -> None:
        worker = segments.Assigning(clocked.database)
        while not stop.is_set():
            await worker.sort_some()
            await asyncio.sleep(0)

    async def happen(site: Site, profile_ids: Sequence[str]) -> None:
        for profile_id in profile_ids:
            await act(clocked, site, profile_id)
            await change_country(clocked, site, profile_id, "RU")

    async def edit(site: Site) -> None:
        for _ in range(5):
            await clocked.do(segments.change, site, 1, rule=segments.read_rule(BOUGHT))
            await segments.Computing(clocked.database).compute_one()

    workers = [asyncio.create_task(work()) for _ in range(3)]
    await asyncio.gather(*(happen(site, crowd[site.id]) for site in sites), *(edit(site) for site in sites))
    stop.set()
    await asyncio.gather(*workers)
    await settle(clocked)
    announced = await events(clocked)
    assert len(announced) == len(set(announced)) == 3 * 30 * 2
    for site in sites:
        for number in numbers[site.id]:
            assert await members(clocked, site, number) == crowd[site.id]


async def test_sites_without_segments_leave_nothing_behind(clocked: World) -> None:
    site = await a_site(clocked)
    (anna,) = await people(clocked, site)
    await act(clocked, site, anna)
    async with clocked.transaction() as tx:
        assert await sort_site(tx, key_of(site)) == 0
        assert await tx.fetch_value("SELECT count(*) FROM segment_changes") == 0


async def test_segments_of_somebody_unknown_are_refused(clocked: World) -> None:
    site, other = await a_site(clocked), await a_site(clocked)
    (anna,) = await people(clocked, other)
    async with clocked.reading() as tx:
        for profile_id in (anna, "f" * 32, "", "no profile_id at all", "\0", anna.upper() + "A"):
            with pytest.raises(profiles.ProfileNotFound):
                await segments.segments_of(tx, site, profile_id)


async def test_a_run_follows_an_action_within_two_seconds(dsn: str) -> None:
    async with World.open(dsn) as world:
        site = await a_site(world)
        async with world.transaction() as tx:
            (anna,) = await add_people(tx, site, [Known(created_at=tx.now)])
        number = await a_segment(world, site, BOUGHT, compute=False)
        workers = (segments.Assigning(world.database), segments.Computing(world.database))

        loops = [
            asyncio.create_task(Loop("segments", worker.step, rest=timedelta(seconds=0.5)).run()) for worker in workers
        ]
        while True:
            async with world.reading() as tx:
                if (await segments.get(tx, site, number)).state == "ready":
                    break
            await asyncio.sleep(0.05)
        await act(world, site, anna)
        # Two seconds are promised; a busy machine is given some more before it is called a fault.
        async with asyncio.timeout(6):
            while await members(world, site, number) != [anna]:
                await asyncio.sleep(0.05)
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def test_an_old_action_counts_by_its_own_time(clocked: World) -> None:
    site = await a_site(clocked)
    old = DoneAction("x", ["1"], "", NOW.replace(month=1))
    (anna,) = await people(clocked, site, Known(created_at=NOW, actions=[old, old]))
    assert await members(clocked, site, await a_segment(clocked, site, TWICE_A_DAY)) == []
    assert await members(clocked, site, await a_segment(clocked, site, IDLE)) == [anna]


async def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("out of luck")
