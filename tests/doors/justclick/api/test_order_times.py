"""Times as the order functions write them, and the spans of lists."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.doors.justclick.api import order_times
from enlist.doors.justclick.values import seconds

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
moments = st.datetimes(datetime(1971, 1, 1), datetime(2285, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)


def utc(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[misc, arg-type]


@given(moments)
def test_seconds_are_read_back(moment: datetime) -> None:
    assert seconds(str(int(moment.timestamp()))) == moment


@pytest.mark.parametrize("text", ["", "0", "-1", "+1", "1.5", "1e9", "tomorrow", "99999999999", " 1", "١٢"])
def test_other_texts_are_no_seconds(text: str) -> None:
    assert seconds(text) is None


@pytest.mark.parametrize(
    "text",
    ["30.01.2020 04:22:16", "2020-01-30 04:22:16", "01/30/2020 04:22:16", "2020-01-30T04:22:16", "30.1.2020  4:22:16"],
)
def test_a_moment_is_read_in_every_documented_spelling_on_the_clocks_of_the_account(text: str) -> None:
    assert order_times.read_moment(text, MOSCOW) == utc(2020, 1, 30, 1, 22, 16)


def test_a_moment_may_lack_its_seconds_or_its_time() -> None:
    assert order_times.read_moment("30.01.2020 04:22", MOSCOW) == utc(2020, 1, 30, 1, 22)
    assert order_times.read_moment("30.01.2020", MOSCOW) == utc(2020, 1, 29, 21)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "31.02.2020",
        "2020-13-01",
        "30.01.2020 25:00:00",
        "30/01/2020",
        "0001-01-01",
        "30.01.9999",
        "30.01.20",
    ],
)
def test_other_texts_are_no_moments(text: str) -> None:
    assert order_times.read_moment(text, MOSCOW) is None


def test_without_dates_the_span_is_today_in_the_zone_of_the_account() -> None:
    late = utc(2026, 3, 4, 22, 30)  # the 5th in Moscow
    today = (utc(2026, 3, 4, 21), utc(2026, 3, 5, 21))
    assert order_times.span_of_days("", "", late, MOSCOW) == today
    assert order_times.span_of_seconds("", "", late, MOSCOW) == today


def test_both_days_belong_to_the_span() -> None:
    # The documented sample, and the blocks of 31 days that a client asks for.
    expected = (utc(2016, 12, 31, 21), utc(2017, 2, 1, 21))
    assert order_times.span_of_days("01.01.2017", "01.02.2017", NOW, MOSCOW) == expected


def test_a_span_longer_than_a_month_keeps_its_end() -> None:
    start, end = order_times.span_of_days("01.01.2015", "01.03.2017", NOW, MOSCOW) or (NOW, NOW)
    assert (start, end) == (utc(2017, 1, 28, 21), utc(2017, 3, 1, 21))


def test_without_an_end_the_span_reaches_to_today() -> None:
    assert order_times.span_of_days("01.03.2026", "", NOW, MOSCOW) == (utc(2026, 2, 28, 21), utc(2026, 3, 4, 21))
    assert order_times.span_of_days("01.03.2020", "", NOW, MOSCOW) == (utc(2026, 1, 31, 21), utc(2026, 3, 4, 21))


def test_without_a_start_the_span_is_the_month_before_its_end() -> None:
    assert order_times.span_of_days("", "01.02.2017", NOW, MOSCOW) == (utc(2016, 12, 31, 21), utc(2017, 2, 1, 21))


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    start, end = order_times.span_of_days("29.03.2026", "29.03.2026", NOW, BERLIN) or (NOW, NOW)
    assert end - start == timedelta(hours=23)


def test_a_span_in_seconds_includes_its_last_one_and_is_cut_to_a_month() -> None:
    first, last = utc(2026, 1, 1), utc(2026, 1, 2)
    begin, end = (str(int(moment.timestamp())) for moment in (first, last))
    assert order_times.span_of_seconds(begin, end, NOW, MOSCOW) == (first, last + timedelta(seconds=1))
    assert order_times.span_of_seconds(begin, "", NOW, MOSCOW) == (
        NOW - order_times.MONTH,
        NOW + timedelta(seconds=1),
    )
    assert order_times.span_of_seconds("", end, NOW, MOSCOW) == (
        last - order_times.MONTH,
        last + timedelta(seconds=1),
    )


@pytest.mark.parametrize(("zero", "empty"), [(("0", "0"), ("", "")), (("0", "1767225600"), ("", "1767225600")),
                                            (("1772000000", "0"), ("1772000000", ""))])  # fmt: skip
def test_zero_seconds_say_as_little_as_nothing(zero: tuple[str, str], empty: tuple[str, str]) -> None:
    span = order_times.span_of_seconds(*zero, NOW, MOSCOW)
    assert span is not None
    assert span == order_times.span_of_seconds(*empty, NOW, MOSCOW)


@pytest.mark.parametrize("text", ["x", "2017-01-01", "32.01.2017", "01.01.17", "01.01.0001", "1.1.9999", "1485900000"])
def test_what_is_no_day_makes_no_span(text: str) -> None:
    assert order_times.span_of_days(text, "", NOW, MOSCOW) is None
    assert order_times.span_of_days("", text, NOW, MOSCOW) is None


def test_what_is_no_second_makes_no_span() -> None:
    assert order_times.span_of_seconds("01.01.2017", "", NOW, MOSCOW) is None
    assert order_times.span_of_seconds("", "-5", NOW, MOSCOW) is None


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2286, 1, 1)), st.integers(0, 4000))
def test_no_span_of_days_is_longer_than_a_month_and_its_last_day(day: date, back: int) -> None:
    begin, end = (f"{one:%d.%m}.{one.year}" for one in (day - timedelta(days=back), day))
    span = order_times.span_of_days(begin, end, NOW, BERLIN)
    assert span is not None
    assert timedelta(0) < span[1] - span[0] <= timedelta(days=32, hours=2)
