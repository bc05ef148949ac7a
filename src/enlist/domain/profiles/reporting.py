"""Reporting how many subscriptions came by which refid: exact to the second, and fast over any span."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final

from enlist.domain.accounts import Site
from enlist.domain.profiles import tally_queries
from enlist.domain.profiles.model import Channel, DaySpan
from enlist.runtime.db import Tx

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_WHOLE: Final = (1, 31)


async def count_by_refid(tx: Tx, site: Site, channel: Channel, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Count the subscriptions created from ``start`` to ``end``, both seconds included, by refid.

    Deactivated ones count, those without a refid do not (readings.md#17; profiles-api.md §10). Whole days of the site's
    zone come from what is counted already; what remains at both ends is counted one by one.
    """
    stop = end + _SECOND
    while True:
        span = await tally_queries.part(tx, site, start, stop)
        months = _together(_months(span))
        found = await tally_queries.count(tx, site, channel, months, (start, span.begins, span.ends, stop))
        if await tally_queries.zone_of(tx, site) == span.time_zone:  # else the days have changed meanwhile
            return found


class ZoneChanged(Exception):
    """The site's zone was changed while its days were told."""


async def count_by_day(
    tx: Tx, site: Site, channel: Channel, start: datetime, end: datetime
) -> AsyncIterator[list[tuple[date, str, int]]]:
    """Count the same by day, too: portions of (day, refid, count) in the order of days (profiles-api.md §11).

    Needs a transaction. Neither here nor in the database is more in memory than a small part. Raises ZoneChanged.
    """
    stop = end + _SECOND
    span = await tally_queries.part(tx, site, start, stop)
    async for portion in tally_queries.edge_by_day(tx, site, channel, start, span.begins, span.time_zone):
        yield portion
    first, last = await tally_queries.first_and_last_month(tx, site, channel)
    for month, first_day, last_day in _months(span, first, last):
        async for portion in tally_queries.month_by_day(tx, site, channel, month, first_day, last_day):
            yield portion
    async for portion in tally_queries.edge_by_day(tx, site, channel, span.ends, stop, span.time_zone):
        yield portion
    if await tally_queries.zone_of(tx, site) != span.time_zone:
        raise ZoneChanged(site.name)


def _months(span: DaySpan, first: date = date.min, last: date = date.max) -> Iterator[tuple[date, int, int]]:
    """List the months from ``first`` to ``last`` that have whole days of the span: month, first day, last day."""
    day = max(span.first, first)
    while day < span.behind and (month := day.replace(day=1)) <= last:
        following = (month + 32 * _DAY).replace(day=1)
        yield month, day.day, 31 if following <= span.behind else (span.behind - _DAY).day
        day = following


def _together(months: Iterable[tuple[date, int, int]]) -> list[tuple[date, date, int, int]]:
    """Put whole months that follow each other together: ranges of first month, last month, first day, last day."""
    ranges: list[tuple[date, date, int, int]] = []
    for month, first_day, last_day in months:
        if ranges and ranges[-1][2:] == (first_day, last_day) == _WHOLE:
            ranges[-1] = (ranges[-1][0], month, first_day, last_day)
        else:
            ranges.append((month, month, first_day, last_day))
    return ranges
