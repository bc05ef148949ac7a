"""Making profiles of whatever is said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.domain import profiles
from enlist.domain.profiles.model import birth_day, make_profile_id
from enlist.runtime.geo import Place
from tests.domain.profiles.helpers import a_profile, a_site
from tests.support.world import World


async def profile(world: World, profile_id: str) -> dict[str, Any]:
    async with world.reading() as tx:
        row = await tx.fetch_row("SELECT * FROM profiles WHERE profile_id = $1", profile_id)
    assert row is not None
    return dict(row)


async def test_a_profile_is_kept_as_it_was_sent(world: World) -> None:
    site = await a_site(world, "Europe/Moscow")
    place = Place("DE", "Berlin", "Berlin", "Europe/Berlin")
    profile_id = await a_profile(
        world, site, ip="192.0.2.1", name="Анна", gender="f", birth_date=641509200, place=place
    )  # fmt: skip
    row = await profile(world, profile_id)
    assert (row["ip"], row["name"], row["gender"], row["birth_date"], row["born_on"]) == (
        "192.0.2.1", "Анна", "f", 641509200, date(1990, 5, 1))  # fmt: skip
    assert (row["country"], row["city"], row["time_zone"]) == ("DE", "Berlin", "Europe/Berlin")


async def test_nothing_said_is_a_profile_too_in_the_sites_zone(world: World) -> None:
    site = await a_site(world, "Asia/Kolkata")
    row = await profile(world, await a_profile(world, site))
    assert (row["time_zone"], row["country"], row["birth_date"], row["born_on"]) == ("Asia/Kolkata", "", None, None)


async def test_profile_ids_are_random_and_in_the_order_of_time(world: World) -> None:
    site = await a_site(world)
    async with world.transaction() as tx:
        profile_ids = await profiles.create(tx, [profiles.NewProfile(site)] * 1000)
        assert await profiles.create(tx, []) == []
    assert len(set(profile_ids)) == 1000
    assert all(
        profiles.is_profile_id(profile_id) and profile_id[12] == "7" and profile_id[16] in "89ab"
        for profile_id in profile_ids
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert make_profile_id(now) < make_profile_id(now + timedelta(milliseconds=1))


@pytest.mark.parametrize(
    ("seconds", "zone", "day"),
    [(0, "America/New_York", date(1970, 1, 1)), (-86400, "Asia/Tokyo", date(1969, 12, 31)),
     (75600, "Europe/Moscow", date(1970, 1, 2)), (10**15, "UTC", None), (-(10**30), "UTC", None)],
)  # fmt: skip
def test_seconds_mean_a_day_of_birth(seconds: int, zone: str, day: date | None) -> None:
    assert birth_day(seconds, zone) == day


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.one_of(st.characters(), st.sampled_from("\0\ud800\udfff")), max_size=300),
    seconds=st.one_of(st.none(), st.integers(), st.integers(-(2**70), 2**70)),
)
async def test_no_text_and_no_number_is_an_error(world: World, text: str, seconds: int | None) -> None:
    site = await a_site(world)
    profile_id = await a_profile(
        world, site, ip=text, name=text, gender=text, birth_date=seconds, place=Place(text, text, text, text)
    )
    kept = "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff")[:255]
    row = await profile(world, profile_id)
    assert {row[field] for field in ("ip", "name", "gender", "city")} == {kept}
