"""Recording actions: kept for whoever exists, everything else in the diagnostics, and nothing ever fails."""

import asyncio

from enlist.domain import segments
from enlist.domain.accounts import Site
from enlist.domain.segments import diagnosing
from enlist.domain.segments.matching import Known
from tests.domain.segments.helpers import NOW, a_site, add_people
from tests.support.world import World

NOBODY = "f" * 32


async def a_person(world: World, site: Site) -> str:
    return (await world.do(add_people, site, [Known(created_at=NOW)]))[0]


async def record(world: World, *actions: segments.Action) -> None:
    assert await world.do(segments.record, actions) == [None] * len(actions)


async def kept(world: World, site: Site) -> list[tuple[str, str, str, list[str]]]:
    async with world.reading() as tx:
        rows = await tx.fetch(
            "SELECT profile_id, label, article, tags FROM actions WHERE site_id = $1 ORDER BY label", site.id
        )
    return [(row["profile_id"].hex, row["label"], row["article"], row["tags"]) for row in rows]


async def reasons(world: World, site: Site) -> list[tuple[str, int]]:
    return [(line.reason, line.times) for line in await world.ask(segments.diagnostics, site)]


async def test_an_action_is_kept_with_all_it_says(world: World) -> None:
    site = await a_site(world)
    profile_id = await a_person(world, site)
    await record(
        world,
        segments.Action(site, profile_id, ("1", "2", "a,b", '"q" {x}', "NULL", "\x1f"), "buy", "item 5"),
        segments.Action(site, profile_id, (), "login"),
    )
    assert await kept(world, site) == [
        (profile_id, "buy", "item 5", ["1", "2", "a,b", '"q" {x}', "NULL", "\x1f"]),
        (profile_id, "login", "", []),
    ]
    assert await reasons(world, site) == []


async def test_what_cannot_be_kept_is_told_with_its_reason(world: World) -> None:
    site = await a_site(world)
    profile_id = await a_person(world, site)
    bad = {
        "no profile_id": segments.Action(site, "", ("1",), "login"),
        "profile_id is not 32 lower-case hexadecimal digits": segments.Action(
            site, "cLH6gah9CVp1j9kNoGrvl0i1rzLXSWDS", (), "x"
        ),
        "no label": segments.Action(site, profile_id, ("1",), ""),
        "label is longer than 255 characters": segments.Action(site, profile_id, (), "x" * 256),
        "article is longer than 2048 characters": segments.Action(site, profile_id, (), "x", "y" * 2049),
        "more than 100 tags": segments.Action(site, profile_id, tuple(map(str, range(101))), "x"),
        "a tag is longer than 255 characters": segments.Action(site, profile_id, ("t" * 256,), "x"),
        "holds a character that cannot be kept": segments.Action(site, profile_id, ("a\0b",), "x"),
        "unknown profile_id": segments.Action(site, NOBODY, (), "x"),
    }
    more = [segments.Action(site, profile_id, (), "a\0b"), segments.Action(site, profile_id, (), "x", "\ud800")]
    await record(world, *bad.values(), *more, segments.Action(site, profile_id, (), "good"))
    assert [label for _, label, _, _ in await kept(world, site)] == ["good"]
    told = [reason for reason, _ in await reasons(world, site)]
    assert set(told) == set(bad)
    assert len(told) == len(bad) + len(more)


async def test_a_profile_id_of_another_site_is_unknown(world: World) -> None:
    site, other = await a_site(world), await a_site(world)
    profile_id = await a_person(world, other)
    await record(world, segments.Action(site, profile_id, (), "x"), segments.Action(other, profile_id, (), "y"))
    assert await kept(world, site) == []
    assert await reasons(world, site) == [("unknown profile_id", 1)]
    assert len(await kept(world, other)) == 1


async def test_a_flood_of_bad_actions_costs_few_lines(world: World) -> None:
    site, quiet = await a_site(world), await a_site(world)
    await record(world, *[segments.Action(site, NOBODY, (), "x")] * 500, segments.Action(quiet, "", (), ""))
    told = await reasons(world, site)
    assert len(told) == 16
    assert sum(times for _, times in told) == 500
    assert await reasons(world, quiet) == [("no profile_id", 1)]


async def test_diagnostics_are_a_ring_of_the_latest(world: World, monkeypatch: object) -> None:
    site = await a_site(world)
    diagnosing_kept = diagnosing.KEPT
    try:
        diagnosing.KEPT = 5  # type: ignore[misc]
        for number in range(12):
            await world.do(
                segments.note_refused, site, f"reason {number}", {"profile_id": "x" * 500, "bad\0": "\ud800"}
            )
    finally:
        diagnosing.KEPT = diagnosing_kept  # type: ignore[misc]
    assert [reason for reason, _ in await reasons(world, site)] == [f"reason {n}" for n in (11, 10, 9, 8, 7)]


async def test_simultaneous_refusals_all_find_a_place(world: World) -> None:
    site = await a_site(world)
    await asyncio.gather(*(record(world, segments.Action(site, "", (), str(n))) for n in range(20)))
    assert len(await reasons(world, site)) == 20
