"""The reports: the same as plain SQL, whatever the data, the zone, the span."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.domain import accounts, profiles
from tests.domain.profiles.helpers import a_profile, a_site, a_subscription, plainly, reported
from tests.support.world import Clock, World

# Half and quarter hours, clocks that are set at midnight, before it and behind it, by half an hour, by a whole day.
ZONES = [
    "UTC", "Europe/Moscow", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Eucla",
    "America/Sao_Paulo", "America/St_Johns", "America/Havana", "Atlantic/Azores", "Asia/Beirut", "Africa/Cairo",
    "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Marquesas", "America/Scoresbysund", "Asia/Pyongyang",
    "Africa/Casablanca", "America/Caracas", "America/Asuncion", "Antarctica/Troll", "Asia/Gaza",
]  # fmt: skip
_numbers = count(1)

# Moments at which clocks are set, or near them: the end of 2011 in Samoa, Newfoundland's minute past midnight in 2010.
NOTABLE = [
    datetime(2011, 12, 30, 10, 0, tzinfo=UTC),
    datetime(2010, 11, 7, 2, 31, tzinfo=UTC),
    datetime(2017, 10, 15, 3, 0, tzinfo=UTC),
    datetime(2018, 2, 18, 2, 0, tzinfo=UTC),
    datetime(2023, 3, 26, 0, 0, tzinfo=UTC),
    datetime(2023, 10, 29, 1, 0, tzinfo=UTC),
    datetime(2015, 8, 14, 15, 0, tzinfo=UTC),
    datetime(2024, 3, 31, 0, 0, tzinfo=UTC),
]
near = st.builds(
    lambda moment, seconds: moment + timedelta(seconds=seconds),
    st.sampled_from(NOTABLE),
    st.one_of(st.integers(-200_000, 200_000), st.integers(-48, 48).map(lambda n: n * 1800)),
)
anywhere = st.datetimes(datetime(2010, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
moments = st.one_of(near, near, anywhere)
REFIDS = ["", "a", "ch-direct_src-main", "ё", "A"]


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock(datetime(2020, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
async def timed(dsn: str, clock: Clock) -> AsyncIterator[World]:
    async with World.open(dsn, clock) as world:
        yield world


async def put(world: World, clock: Clock, site: accounts.Site, rows: Sequence[tuple[datetime, str]]) -> str:
    profile_id = await a_profile(world, site)
    for number, (moment, refid) in enumerate(rows):
        clock.now = moment
        await world.do(profiles.subscribe, [a_subscription(site, profile_id, f"{number}@example.com", refid=refid)])
    return profile_id


@pytest.mark.parametrize("unpacked", [2, 100])
@settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(ZONES),
    rows=st.lists(st.tuples(moments, st.sampled_from(REFIDS)), min_size=1, max_size=25),
    remarked=st.lists(st.tuples(st.integers(0, 24), st.sampled_from(REFIDS)), max_size=8),
    ends=st.lists(st.tuples(moments, moments), min_size=1, max_size=6),
    other=st.sampled_from(ZONES),
)
async def test_reports_are_the_same_as_plain_sql(
    timed: World,
    clock: Clock,
    unpacked: int,
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    rows: list[tuple[datetime, str]],
    remarked: list[tuple[int, str]],
    ends: list[tuple[datetime, datetime]],
    other: str,
) -> None:
    monkeypatch.setattr("enlist.domain.profiles.tally_queries.UNPACKED", unpacked)
    site = await a_site(timed, zone)
    profile_id = await put(timed, clock, site, rows)
    clock.now = datetime(2026, 5, 5, tzinfo=UTC)
    for number, refid in remarked:
        async with timed.transaction() as tx:
            if number % 2:
                await profiles.update_marks(tx, site, "email", profiles.Marks(refid=refid), key=f"{number}@example.com")
            elif number < len(rows):
                await profiles.subscribe(tx, [a_subscription(site, profile_id, f"{number}@example.com", refid=refid)])
    spans = [(min(pair), max(pair)) for pair in ends] + [(rows[0][0], rows[0][0]), (rows[-1][0], rows[-1][0])]
    spans.append((datetime(2009, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)))
    # An end behind the last second, so that a fraction of it must not count.
    spans = [(start.replace(microsecond=0), end.replace(microsecond=0)) for start, end in spans]
    for start, end in spans:
        assert await reported(timed, site, start, end) == await plainly(timed, site, start, end)
    site = await timed.do(profiles.change_time_zone, site, other)
    for start, end in spans:
        assert await reported(timed, site, start, end) == await plainly(timed, site, start, end)


@pytest.mark.parametrize("zone", ZONES)
async def test_every_span_between_two_days_round_a_setting_of_clocks_is_exact(
    timed: World, clock: Clock, zone: str
) -> None:
    site = await a_site(timed, zone)
    turn = _turn(zone)
    moments = [turn + timedelta(minutes=minutes) for minutes in range(-3000, 3001, 97)]
    await put(timed, clock, site, [(moment, "a") for moment in moments])
    edges = [
        turn + timedelta(minutes=minutes) for minutes in (-2880, -1441, -700, -61, -30, 0, 29, 61, 700, 1441, 2880)
    ]
    for start in edges:
        for end in edges:
            if start <= end:
                assert await reported(timed, site, start, end) == await plainly(timed, site, start, end)


def _turn(name: str) -> datetime:
    """Find the latest setting of a zone's clocks before 2020."""
    zone = ZoneInfo(name)
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    while moment.year > 2009 and moment.astimezone(zone).utcoffset() == (
        (moment - timedelta(minutes=30)).astimezone(zone).utcoffset()
    ):
        moment -= timedelta(minutes=30)
    return moment


async def test_both_ends_are_in_the_span_to_the_second(timed: World, clock: Clock) -> None:
    site = await a_site(timed)
    first = datetime(2024, 5, 1, 10, 0, 0, tzinfo=UTC)
    last = datetime(2024, 5, 1, 10, 0, 9, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    second = timedelta(seconds=1)
    inside = [first, last, last + second - tick]
    await put(
        timed, clock, site, [(moment, "in") for moment in inside] + [(first - tick, "out"), (last + second, "out")]
    )
    assert (await reported(timed, site, first, last))[0] == {"in": 3}


async def test_the_deactivated_count_those_without_a_refid_do_not_and_channels_are_apart(world: World) -> None:
    site, other = await a_site(world), await a_site(world)
    profile_id = await a_profile(world, site)
    theirs = await a_profile(world, other)
    async with world.transaction() as tx:
        wishes = [a_subscription(site, profile_id, "a@x.test", refid="r"), a_subscription(site, profile_id, "b@x.test"),
                  a_subscription(site, profile_id, "123456", "sms", refid="s"), a_subscription(other, theirs, "a@x.test", refid="t")]  # fmt: skip
        assert await profiles.subscribe(tx, wishes) == [None] * 4
        await profiles.unsubscribe(tx, site, profile_id, "email", "a@x.test")
        now = tx.now
    day = timedelta(days=1)
    assert (await reported(world, site, now - day, now + day))[0] == {"r": 1}
    assert (await reported(world, site, now - day, now + day, "sms"))[0] == {"s": 1}
    assert (await reported(world, other, now - day, now + day))[0] == {"t": 1}


async def test_spans_without_anything_and_spans_that_end_before_they_start_are_empty(world: World) -> None:
    site = await a_site(world)
    for start, end in [(1900, 2999), (2999, 1900), (2020, 2020)]:
        span = datetime(start, 1, 1, tzinfo=UTC), datetime(end, 12, 31, tzinfo=UTC)
        assert await reported(world, site, *span) == ({}, {})


async def test_a_month_of_many_refids_comes_in_portions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enlist.domain.profiles.tally_queries.PORTION", 10)
    monkeypatch.setattr("enlist.domain.profiles.tally_queries.UNPACKED", 36)
    site = await a_site(world)
    profile_id = await a_profile(world, site)
    async with world.transaction() as tx:
        await profiles.subscribe(
            tx, [a_subscription(site, profile_id, f"{n}@x.test", refid=f"r{n}") for n in range(37)]
        )
        start, end = tx.now - timedelta(days=40), tx.now + timedelta(days=40)
        portions = [len(rows) async for rows in profiles.count_by_day(tx, site, "email", start, end)]
    assert portions == [10, 10, 10, 7]
    assert (await reported(world, site, start, end)) == await plainly(world, site, start, end)
