"""The ends of a span are read to the second, on the clocks of the site's zone, whatever those clocks do."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.just.spans import EARLIEST, LATEST, read_moments, read_seconds

MOSCOW, BERLIN, KATHMANDU, APIA = map(ZoneInfo, ("Europe/Moscow", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_sample_in_seconds() -> None:
    assert read_seconds("1642137171", "1655183571") == (utc("2022-01-14T05:12:51"), utc("2022-06-14T05:12:51"))


def test_one_second_and_seconds_before_1970_and_all_of_time() -> None:
    assert read_seconds("7", "7") == (utc("1970-01-01T00:00:07"),) * 2
    assert read_seconds("-7", "+7") == (utc("1969-12-31T23:59:53"), utc("1970-01-01T00:00:07"))
    assert read_seconds("-62135596800", "253402300799") == (EARLIEST, LATEST)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("1", ""),
        ("", "1"),
        ("2", "1"),
        ("x", "1"),
        ("1.0", "2"),
        ("1e3", "2000"),
        ("0x1", "2"),
        ("1_0", "20"),
        ("٣", "9"),
        ("2022-01-14", "2022-06-14"),
        ("2022-01-14 05:12:51", "2022-06-14 05:12:51"),
        ("1642137171000", "1655183571000"),
        ("0", "9" * 5000),
        ("0", "999999999999"),
        ("-999999999999", "0"),
    ],
)
def test_what_is_no_span_in_seconds(start: str, end: str) -> None:
    assert read_seconds(start, end) is None


def test_the_sample_in_clock_time() -> None:
    start, end = "2020-08-11 20:38:49", "2020-11-29 00:27:52"
    assert read_moments(start, end, ZoneInfo("UTC")) == (utc("2020-08-11T20:38:49"), utc("2020-11-29T00:27:52"))
    assert read_moments(start, end, MOSCOW) == (utc("2020-08-11T17:38:49"), utc("2020-11-28T21:27:52"))
    assert read_moments(start, end, KATHMANDU) == (utc("2020-08-11T14:53:49"), utc("2020-11-28T18:42:52"))


def test_bare_dates_are_whole_days_and_seconds_are_instants() -> None:
    assert read_moments("2020-08-11", "2020-08-11", MOSCOW) == (utc("2020-08-10T21:00:00"), utc("2020-08-11T20:59:59"))
    assert read_moments("1642137171", "2022-01-14", MOSCOW) == (utc("2022-01-14T05:12:51"), utc("2022-01-14T20:59:59"))
    assert read_moments("7", "9", MOSCOW) == (utc("1970-01-01T00:00:07"), utc("1970-01-01T00:00:09"))


def test_an_hour_that_comes_twice_is_in_the_span_twice() -> None:
    # 2025-10-26: at 01:00 UTC the clocks of Berlin go back from three to two.
    assert read_moments("2025-10-26 02:30:00", "2025-10-26 02:30:00", BERLIN) == (
        utc("2025-10-26T00:30:00"),
        utc("2025-10-26T01:30:00"),
    )


def test_an_end_in_an_hour_that_is_left_out_is_where_the_clocks_jump() -> None:
    # 2025-03-30: at 01:00 UTC the clocks of Berlin go on from two to three.
    assert read_moments("2025-03-30 02:30:00", "2025-03-30 03:00:00", BERLIN) == (utc("2025-03-30T01:00:00"),) * 2
    assert read_moments("2025-03-30 01:59:59", "2025-03-30 02:30:00", BERLIN) == (utc("2025-03-30T00:59:59"),) * 2


def test_a_span_without_a_second_of_real_time_is_one_and_ends_before_it_starts() -> None:
    # Samoa had no 30 December 2011.
    span = read_moments("2011-12-30", "2011-12-30", APIA)
    assert span == (utc("2011-12-30T10:00:00"), utc("2011-12-30T09:59:59"))


def test_ends_of_the_calendar_are_no_trouble() -> None:
    for zone in (MOSCOW, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")):
        assert read_moments("0001-01-01 00:00:00", "9999-12-31 23:59:59", zone) == (EARLIEST, LATEST)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("", ""),
        ("2020-08-11 20:38:49", ""),
        ("2020-08-11 20:38:49", "2020-08-11 20:38:48"),
        ("2020-08-12", "2020-08-11"),
        ("2020-02-30", "2020-03-01"),
        ("0000-00-00 00:00:00", "2020-01-01 00:00:00"),
        ("2020-08-11 24:00:00", "2020-08-12 00:00:00"),
        ("2020-08-11 20:38:60", "2020-08-12 00:00:00"),
        ("2020-8-11", "2020-08-12"),
        ("2020-08-11T20:38:49", "2020-08-12T00:00:00"),
        ("2020-08-11  20:38:49", "2020-08-12 00:00:00"),
        ("2020-08-11 20:38", "2020-08-12 00:00"),
        ("yesterday", "today"),
        ("٢٠٢٠-08-11", "2020-08-12"),
        ("2022-01-15", "1642137171"),
        ("99999-01-01", "99999-01-02"),
        ("1642137171000", "1655183571000"),
    ],
)
def test_what_is_no_span_in_clock_time(start: str, end: str) -> None:
    assert read_moments(start, end, MOSCOW) is None


zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"]
)
clocks = st.integers(631_152_000, 1_893_456_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
)


@given(zones, clocks, clocks | st.none(), st.integers(-200_000, 200_000))
def test_a_second_is_in_the_span_when_its_clock_time_is(
    name: str, start: datetime, end: datetime | None, offset: int
) -> None:
    zone = ZoneInfo(name)
    end = end if end is not None and end >= start else start + timedelta(hours=5)
    span = read_moments(f"{start:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}", zone)
    assert span is not None
    for border in (start, end):
        instant = border.replace(tzinfo=zone).astimezone(UTC) + timedelta(seconds=offset % 7201 - 3600)
        shown = instant.astimezone(zone).replace(tzinfo=None)
        if start <= shown <= end:
            assert span[0] <= instant <= span[1]
    # And both ends themselves are in it, or there is nothing between them.
    if span[0] <= span[1]:
        for instant in span:
            assert start <= instant.astimezone(zone).replace(tzinfo=None) <= end
