"""Ending subscriptions and correcting their marks."""

from typing import Any

import pytest

from enlist.domain import profiles
from enlist.domain.accounts import Site
from tests.domain.profiles.helpers import a_profile, a_site, a_subscription, subscribe
from tests.domain.profiles.test_subscribing import all_time, events_of, rows_of
from tests.support.world import World


async def mark(world: World, site: Site, marks: profiles.Marks, channel: profiles.Channel = "email", **by: Any) -> int:
    return await world.do(profiles.update_marks, site, channel, marks, **by)


async def test_ending_twice_is_as_good_as_once(world: World) -> None:
    site = await a_site(world)
    profile_id = await a_profile(world, site)
    await subscribe(world, a_subscription(site, profile_id, "a@x.test", refid="r"))
    for reason in ("bounced\0", "again"):
        await world.do(profiles.unsubscribe, site, profile_id, "email", "a@x.test", reason=reason)
    (row,) = await rows_of(world, site)
    assert (row["active"], row["reason"], row["refid"]) == (False, "bounced", "r")
    assert await events_of(world, site, "profiles.unsubscribed") == 1


async def test_what_is_not_subscribed_cannot_be_ended(world: World) -> None:
    site, other = await a_site(world), await a_site(world)
    profile_id, friend = await a_profile(world, site), await a_profile(world, site)
    theirs = await a_profile(world, other)
    await subscribe(world, a_subscription(site, profile_id, "a@x.test"), a_subscription(other, theirs, "a@x.test"))
    for key in ("", "b@x.test", "http://a.test/\0", "\ud800", "x" * 100_000):
        async with world.transaction() as tx:
            with pytest.raises(profiles.SubscriptionNotFound):
                await profiles.unsubscribe(tx, site, profile_id, "email", key)
    async with world.transaction() as tx:
        with pytest.raises(profiles.SubscriptionNotFound):
            await profiles.unsubscribe(tx, site, friend, "email", "a@x.test")
        with pytest.raises(profiles.SubscriptionNotFound):
            await profiles.unsubscribe(tx, site, profile_id, "sms", "a@x.test")
        with pytest.raises(profiles.ProfileNotFound):
            await profiles.unsubscribe(tx, site, theirs, "email", "a@x.test")
    assert all(row["active"] for row in await rows_of(world, site))


async def test_marks_are_corrected_on_all_subscriptions_of_the_site_with_that_address(world: World) -> None:
    site, other = await a_site(world), await a_site(world)
    one, two, theirs = (
        await a_profile(world, site),
        await a_profile(world, site),
        await a_profile(world, other),
    )
    await subscribe(world, a_subscription(site, one, "a@x.test", refid="r", refidm="m"), a_subscription(site, two, "a@x.test"),
                    a_subscription(site, two, "b@x.test", refid="r"), a_subscription(other, theirs, "a@x.test", refid="r"))  # fmt: skip
    await world.do(profiles.unsubscribe, site, one, "email", "a@x.test")
    assert await mark(world, site, profiles.Marks(refid="new", utm_source="u"), key="a@x.test") == 2
    rows = await rows_of(world, site)
    assert sorted((row["address"], row["refid"], row["refidm"], row["utm_source"], row["active"]) for row in rows) == [
        ("a@x.test", "new", "", "u", True), ("a@x.test", "new", "m", "u", False), ("b@x.test", "r", "", "", True),
    ]  # fmt: skip
    assert await all_time(world, site) == {"new": 2, "r": 1}
    assert await all_time(world, other) == {"r": 1}
    assert await events_of(world, site, "profiles.marks_changed") == 2


async def test_they_are_found_by_profile_too_and_by_both(world: World) -> None:
    site = await a_site(world)
    one, two = await a_profile(world, site), await a_profile(world, site)
    await subscribe(world, a_subscription(site, one, "a@x.test"), a_subscription(site, one, "b@x.test"), a_subscription(site, two, "a@x.test"),
                    a_subscription(site, one, "https://push.test/1", "push"))  # fmt: skip
    new = profiles.Marks(refid="new")
    assert await mark(world, site, new, profile_id=one) == 2
    assert await mark(world, site, new, profile_id=one, key="a@x.test") == 1
    assert await mark(world, site, new, profile_id=two, key="b@x.test") == 0
    assert await mark(world, site, new, "push", profile_id=one) == 1
    assert await mark(world, site, new, "sms", profile_id=one) == 0
    assert await mark(world, site, new) == 0
    assert await mark(world, site, new, key="\0") == 0
    assert await mark(world, site, profiles.Marks(refid=""), profile_id=one) == 2
    assert await all_time(world, site) == {}
