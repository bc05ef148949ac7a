"""The two reports about refids (profiles-api.md §§10 and 11)."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Final, cast
from zoneinfo import ZoneInfo

import msgspec

from enlist.domain import profiles
from enlist.doors.just import codes, spans
from enlist.doors.just.calls import Call, Function, Stream
from enlist.doors.just.codes import Reply

CHANNELS: Final = frozenset({"email", "sms"})


class Count(msgspec.Struct):
    """One row of the first report, in the order of the sample's keys."""

    subscount: int
    refid: str


async def count_by_refid(call: Call) -> Reply:
    """Count the subscriptions of a span for each refid; the span is given in Unix seconds."""
    if call.channel not in CHANNELS:
        return codes.NO_SERVICE
    span = spans.read_seconds(call.fields.text("startDate"), call.fields.text("endDate"))
    if span is None:
        return codes.INVALID_DATES
    async with call.services.database.reading() as tx:
        found = await profiles.count_by_refid(tx, call.site, cast(profiles.Channel, call.channel), *span)
    return codes.json([Count(count, refid) for refid, count in found])


async def count_by_day(call: Call) -> Reply | Stream:
    """Count the subscriptions of a span for each day and refid; the span is given by the clocks of the site's zone."""
    if call.channel not in CHANNELS:
        return codes.NO_SERVICE
    zone = ZoneInfo(call.site.time_zone)
    span = spans.read_moments(call.fields.text("start"), call.fields.text("end"), zone)
    if span is None:
        return codes.INVALID_SPAN
    if span[0] > span[1]:
        return codes.json({})
    return Stream(_pieces(_portions(call, span)))


async def _portions(call: Call, span: spans.Span) -> AsyncIterator[list[tuple[date, str, int]]]:
    channel = cast(profiles.Channel, call.channel)
    async with (
        call.services.database.transaction() as tx,
        aclosing(profiles.count_by_day(tx, call.site, channel, *span)) as portions,  # type: ignore[type-var]
    ):
        async for portion in portions:
            yield portion


async def _pieces(portions: AsyncIterator[list[tuple[date, str, int]]]) -> AsyncIterator[bytes]:
    """Write an object of objects, a piece for each portion; a day may reach over several of them."""
    opened: date | None = None
    async with aclosing(portions):  # type: ignore[type-var]
        async for portion in portions:
            piece = bytearray()
            for day, rows in groupby(portion, itemgetter(0)):
                if day == opened:
                    piece += b","
                else:
                    piece += b'%s"%s":{' % (b"{" if opened is None else b"},", day.isoformat().encode())
                    opened = day
                piece += msgspec.json.encode({refid: count for _, refid, count in rows})[1:-1]
            if piece:
                yield bytes(piece)
    yield b"{}" if opened is None else b"}}"


COUNT_BY_REFID: Final = Function("stat/get-count-refid", count_by_refid, codes.NOT_QUERIED, {})
COUNT_BY_DAY: Final = Function("stat/stat-by-refid", count_by_day, codes.NOT_QUERIED, {})
