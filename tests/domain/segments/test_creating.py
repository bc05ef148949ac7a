"""Keeping segments: names, numbers, members in pages, and counting without a segment."""

import asyncio

import pytest

from enlist.domain import segments
from enlist.domain.segments.matching import Known
from tests.domain.segments.helpers import NOW, a_site, add_people
from tests.support.world import World

RUSSIAN = segments.read_rule('{"type": "country", "any_of": ["RU"]}')


async def test_a_name_is_given_once_per_site(world: World) -> None:
    site, other = await a_site(world), await a_site(world)
    async with world.transaction() as tx:
        first = await segments.create(tx, site, "  buyers ", RUSSIAN)
        assert first.name == "buyers"
        second = await segments.create(tx, site, "others", RUSSIAN)
        await segments.create(tx, other, "buyers", RUSSIAN)
        with pytest.raises(segments.SegmentTaken):
            await segments.create(tx, site, "buyers", RUSSIAN)
        with pytest.raises(segments.SegmentTaken):
            await segments.change(tx, site, second.id, name="buyers")
        assert (await segments.change(tx, site, second.id, name="rest")).name == "rest"
        assert [segment.name for segment in await segments.list_(tx, site)] == ["buyers", "rest"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 256, "a\0b", "\ud800"])
async def test_a_name_that_cannot_be_is_refused(world: World, name: str) -> None:
    site = await a_site(world)
    with pytest.raises(segments.BadSegment):
        await world.do(segments.create, site, name, RUSSIAN)


@pytest.mark.parametrize("number", [0, -1, 99, 2**31, 2**70])
async def test_a_number_without_segment_is_refused(world: World, number: int) -> None:
    site = await a_site(world)
    for refuse in (segments.get, segments.delete, segments.change, segments.list_members):
        with pytest.raises(segments.SegmentNotFound):
            await world.do(refuse, site, number)


async def test_the_same_name_at_once_is_given_to_one(world: World) -> None:
    site = await a_site(world)

    async def create() -> bool:
        try:
            await world.do(segments.create, site, "rush", RUSSIAN)
        except segments.SegmentTaken:
            return False
        return True

    assert sorted(await asyncio.gather(*(create() for _ in range(5)))) == [False] * 4 + [True]


async def test_members_come_in_pages_and_can_be_counted_before(world: World) -> None:
    site = await a_site(world)
    async with world.transaction() as tx:
        profile_ids = await add_people(tx, site, [Known(created_at=NOW, country="RU")] * 5 + [Known(created_at=NOW)])
        assert await segments.count_matching(tx, site, RUSSIAN) == 5
        made = await segments.create(tx, site, "russians", RUSSIAN)
    while await segments.Computing(world.database).compute_one():
        pass
    async with world.reading() as tx:
        first = await segments.list_members(tx, site, made.id, limit=3)
        rest = await segments.list_members(tx, site, made.id, after=first[-1].profile_id, limit=3)
        assert [member.profile_id for member in [*first, *rest]] == sorted(profile_ids[:5])
        with pytest.raises(segments.BadSegment):
            await segments.list_members(tx, site, made.id, after="nonsense")
