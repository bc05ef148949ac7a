"""Subscribing: new, once more, several times at once, hostile texts."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.domain import profiles
from enlist.domain.accounts import Site
from enlist.domain.profiles.creating import known
from tests.domain.profiles.helpers import a_profile, a_site, a_subscription, reported, subscribe
from tests.support.world import World

MARKS = ("reg_url", "refid", "refidm", "utm_source", "utm_medium", "utm_campaign")


async def rows_of(world: World, site: Site) -> list[dict[str, Any]]:
    async with world.reading() as tx:
        rows = await tx.fetch("SELECT * FROM subscriptions WHERE site_id = $1 ORDER BY address_key", site.id)
    return [dict(row) for row in rows]


async def events_of(world: World, site: Site, kind: str) -> int:
    return len(await world.events(site.account_id, kind))


async def test_an_address_is_kept_with_its_marks(world: World) -> None:
    site = await a_site(world)
    profile_id = await a_profile(world, site)
    marks = {mark: f"{mark}'s" for mark in MARKS}
    assert await subscribe(world, a_subscription(site, profile_id, "Anna@Example.com", **marks)) == [None]
    (row,) = await rows_of(world, site)
    assert (row["address"], row["address_key"], row["active"], row["profile_id"].hex) == (
        "Anna@Example.com", "anna@example.com", True, profile_id)  # fmt: skip
    assert {mark: row[mark] for mark in MARKS} == marks
    assert await events_of(world, site, "profiles.subscribed") == 1


async def test_once_more_overwrites_the_marks_sent_and_keeps_the_time_of_creation(world: World) -> None:
    site = await a_site(world)
    profile_id = await a_profile(world, site)
    await subscribe(world, a_subscription(site, profile_id, "a@x.test", refid="one", refidm="m", utm_source="s"))
    (before,) = await rows_of(world, site)
    await world.do(profiles.unsubscribe, site, profile_id, "email", "a@x.test")
    assert await subscribe(world, a_subscription(site, profile_id, "A@x.test", refid="two", utm_source="")) == [None]
    (row,) = await rows_of(world, site)
    assert row == before | {"address": "A@x.test", "refid": "two", "utm_source": "", "changed_at": row["changed_at"]}
    assert row["changed_at"] > before["changed_at"]
    assert (await all_time(world, site)) == {"two": 1}
    async with world.reading() as tx:
        history = await tx.fetch(
            "SELECT active, reason FROM subscription_changes WHERE site_id = $1 ORDER BY id", site.id
        )
    assert [tuple(row) for row in history] == [(False, "request"), (True, "")]


async def test_several_wishes_for_one_subscription_in_a_batch_are_as_if_one_after_the_other(world: World) -> None:
    site = await a_site(world)
    profile_id = await a_profile(world, site)
    await subscribe(world, a_subscription(site, profile_id, "old@x.test", refid="zero"))
    assert await subscribe(
        world,
        a_subscription(site, profile_id, "a@x.test", refid="one", refidm="m"),
        a_subscription(site, profile_id, "old@x.test", refid="one"),
        a_subscription(site, profile_id, "A@x.test", refid="two"),
        a_subscription(site, profile_id, "old@x.test", refid=""),
        a_subscription(site, profile_id, "a@x.test"),
    ) == [None] * 5  # fmt: skip
    assert [(row["refid"], row["refidm"]) for row in await rows_of(world, site)] == [("two", "m"), ("", "")]
    assert await all_time(world, site) == {"two": 1}


async def test_who_is_unknown_is_refused_alone(world: World) -> None:
    site, other = await a_site(world), await a_site(world)
    profile_id, theirs = await a_profile(world, site), await a_profile(world, other)
    hostile = ["", "x", profile_id.upper(), profile_id + "0", f"{profile_id[:8]}-{profile_id[8:]}", "\0" * 32, "\ud800", "0" * 31 + "é", "9" * 10000,
               "{" + profile_id[1:-1] + "}", " " + profile_id[1:], "f" * 32, theirs]  # fmt: skip
    outcomes = await subscribe(
        world,
        *(a_subscription(site, text, "a@x.test") for text in hostile),
        a_subscription(site, profile_id, "b@x.test"),
    )
    assert all(isinstance(outcome, profiles.ProfileNotFound) for outcome in outcomes[:-1])
    assert outcomes[-1] is None
    assert len(await rows_of(world, site)) == 1
    async with world.transaction() as tx:
        assert await known(tx, site, [*hostile, profile_id]) == {profile_id}
        for text in hostile:
            with pytest.raises(profiles.ProfileNotFound):
                await profiles.unsubscribe(tx, site, text, "email", "b@x.test")
            assert await profiles.update_marks(tx, site, "email", profiles.Marks(refid="r"), profile_id=text) == 0


@pytest.mark.parametrize("mark", MARKS)
async def test_a_mark_of_255_characters_is_kept_and_one_beyond_the_limit_is_refused(world: World, mark: str) -> None:
    site = await a_site(world)
    profile_id = await a_profile(world, site)
    fine = a_subscription(site, profile_id, "a@x.test", **{mark: "я" * 512})
    for bad in ("x" * 2049, "a\0b", "\udfff"):
        outcomes = await subscribe(world, a_subscription(site, profile_id, "b@x.test", **{mark: bad}), fine)
        assert isinstance(outcomes[0], profiles.BadMark)
        assert outcomes[0].fields["field"] == mark
        assert outcomes[1] is None
        async with world.transaction() as tx:
            with pytest.raises(profiles.BadMark):
                await profiles.update_marks(
                    tx, site, "email", fine.marks.__class__(**{mark: bad}), profile_id=profile_id
                )
    assert len(await rows_of(world, site)) == 1


async def test_an_address_that_cannot_be_kept_is_refused(world: World) -> None:
    site = await a_site(world)
    profile_id = await a_profile(world, site)
    for address in ("", "a\0", "\ud800", "x" * 513):
        (outcome,) = await subscribe(world, a_subscription(site, profile_id, address))
        assert isinstance(outcome, profiles.BadMark)
    # The longest that is kept, everywhere, in letters of four bytes.
    wish = a_subscription(site, profile_id, "😀" * 512, refid="😀" * 512, refidm="😀" * 512)
    assert await subscribe(world, wish) == [None]
    assert await all_time(world, site) == {"😀" * 512: 1}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sent=st.dictionaries(st.sampled_from(MARKS), st.text(max_size=30)),
    address=st.text(max_size=40),
    profile_id=st.one_of(st.just(""), st.text(max_size=40)),
)
async def test_any_text_is_kept_as_it_is_or_refused(
    world: World, sent: dict[str, str], address: str, profile_id: str
) -> None:
    site = await a_site(world)
    known = await a_profile(world, site)
    (outcome,) = await subscribe(world, a_subscription(site, profile_id or known, address, **sent))
    rows = await rows_of(world, site)
    if outcome is None:
        assert [(row["address"], {mark: row[mark] for mark in sent}) for row in rows] == [(address, sent)]
    else:
        assert isinstance(outcome, profiles.BadMark | profiles.ProfileNotFound)
        assert rows == []


async def all_time(world: World, site: Site) -> dict[str, int]:
    async with world.reading() as tx:
        now = tx.now
    counts, days = await reported(world, site, now - timedelta(days=9), now + timedelta(days=9))
    assert sum(counts.values()) == sum(days.values())
    return counts
