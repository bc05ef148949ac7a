"""Reading the ends of a report's span: Unix seconds, and dates and times on the clocks of the site's zone."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]

_SECONDS: Final = re.compile(r"[+-]?[0-9]{1,12}")
_MOMENT: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?: ([0-9]{2}):([0-9]{2}):([0-9]{2}))?")
_SECOND: Final = timedelta(seconds=1)

# Nothing was subscribed outside of these, and calculations with time zones stay inside the calendar.
EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2999, 12, 31, tzinfo=UTC)


def read_seconds(start: str, end: str) -> Span | None:
    """Read a span given in Unix seconds; None if it is not one, or ends before it starts."""
    first, last = _instant(start), _instant(end)
    if first is None or last is None or first > last:
        return None
    return _bounded(first), _bounded(last)


def read_moments(start: str, end: str, zone: ZoneInfo) -> Span | None:
    """Read a span given as `YYYY-MM-DD HH:MM:SS`, bare dates or Unix seconds; None if it is not one.

    It reaches from the first instant at which the clocks of ``zone`` show ``start`` or later to the last second at
    which they show ``end`` or earlier: hours that come twice are in it twice, an end in an hour that is left out is
    where the clocks jump. A bare date is its first second as start and its last as end. A span that holds no second
    of real time ends before it starts.
    """
    first, last = _moment(start, last=False), _moment(end, last=True)
    if first is None or last is None:
        return None
    if first.tzinfo is None and last.tzinfo is None and first > last:
        return None
    span = _on_clocks(first, zone, last=False), _on_clocks(last, zone, last=True)
    if (first.tzinfo or last.tzinfo) and span[0] > span[1]:
        return None
    return span


def _instant(text: str) -> datetime | None:
    if not _SECONDS.fullmatch(text):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _moment(text: str, *, last: bool) -> datetime | None:
    """Read one end: an aware instant from seconds, else what the clocks show."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return _instant(text)
    year, month, day, hour, minute, second = match.groups()
    if hour is None:
        hour, minute, second = ("23", "59", "59") if last else ("00", "00", "00")
    try:
        return datetime(int(year), int(month), int(day), int(hour), int(minute), int(second))  # noqa: DTZ001
    except ValueError:
        return None


def _on_clocks(moment: datetime, zone: ZoneInfo, *, last: bool) -> datetime:
    if moment.tzinfo is not None:
        return _bounded(moment)
    if not EARLIEST.year < moment.year < LATEST.year:
        return _bounded(moment.replace(tzinfo=UTC))
    instant = moment.replace(tzinfo=zone, fold=1 if last else 0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == moment:
        return _bounded(instant)
    jump = _jump(moment, zone)
    return _bounded(jump - _SECOND if last else jump)


def _jump(moment: datetime, zone: ZoneInfo) -> datetime:
    """Find the instant at which the clocks jump over ``moment``."""
    before = moment.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).replace(tzinfo=None) < moment:
            before = middle
        else:
            after = middle
    return after


def _bounded(instant: datetime) -> datetime:
    return min(max(instant, EARLIEST), LATEST)
