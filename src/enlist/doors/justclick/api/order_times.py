"""Reading times as the order functions write them: UNIX seconds, days, moments, and the spans of lists."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from enlist.doors.justclick.values import seconds

Span = tuple[datetime, datetime]

_DAY: Final = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_TIME: Final = r"(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
# What samples show: 30.01.2020, 2019-07-30, and 01/30/2020 with the month first (api-2.0.md §5).
_MOMENTS: Final = (
    (re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})" + _TIME), (2, 1, 0)),
    (re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})" + _TIME), (0, 1, 2)),
    (re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})" + _TIME), (2, 0, 1)),
)
_YEARS: Final = range(1900, 2287)
_ONE_DAY: Final = timedelta(days=1)
_ONE_SECOND: Final = timedelta(seconds=1)
# A calendar month, yet 31 days at least (api-1.0.md §12): no month is longer.
MONTH: Final = timedelta(days=31)


def read_moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Read ``30.01.2020 04:22:16``, ``2019-07-30 04:22:16`` or ``01/30/2020 04:22:16`` on the clocks of ``zone``.

    Seconds, or the whole time of the day, may be left out. Nothing if the text is no such moment.
    """
    for pattern, (year, month, day) in _MOMENTS:
        if match := pattern.fullmatch(text):
            numbers = [int(group or 0) for group in match.groups()]
            return _instant(numbers[year], numbers[month], numbers[day], numbers[3:], zone)
    return None


def span_of_seconds(start: str, end: str, now: datetime, zone: ZoneInfo) -> Span | None:
    """Read the span of GetOrders, UNIX seconds, the last one belonging to it; None if a text is not one.

    Empty texts and spans longer than a month mean what they do for getOrdersWithGoods; 0 is as good as empty.
    """
    start, end = ("" if text == "0" else text for text in (start, end))
    if not start and not end:
        return _of_days(now.astimezone(zone).date(), now.astimezone(zone).date(), zone)
    first, last = seconds(start) if start else None, seconds(end) if end else now
    if last is None or (start and first is None):
        return None
    earliest = last - MONTH
    return max(first or earliest, earliest), last + _ONE_SECOND


def span_of_days(start: str, end: str, now: datetime, zone: ZoneInfo) -> Span | None:
    """Read the span of getOrdersWithGoods, days as ``dd.mm.yyyy`` in ``zone``; None if a text is not one.

    The last day belongs to it. Without both: today. Without an end: until today. A span longer than a month, or
    without a start, begins a month before its end.
    """
    today = now.astimezone(zone).date()
    first, last = _day(start) if start else None, _day(end) if end else today
    if last is None or (start and first is None):
        return None
    if first is None:
        first = last - MONTH if end else today
    return _of_days(max(first, last - MONTH), last, zone)


def _of_days(first: date, last: date, zone: ZoneInfo) -> Span:
    return _midnight(first, zone), _midnight(last + _ONE_DAY, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    day, month, year = (int(group) for group in match.groups())
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _instant(year: int, month: int, day: int, clock: list[int], zone: ZoneInfo) -> datetime | None:
    hour, minute, second = clock
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC) if year in _YEARS else None
    except ValueError:
        return None
