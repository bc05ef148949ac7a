"""Types of command-line values: sums, percentages, time spans, moments, and texts that may be in a file."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import click

from enlist.kit import money

_SPAN: Final = re.compile(r"([1-9][0-9]{0,5}) ?(min|hour|day)s?")
_UNITS: Final = {"min": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


class Sum(click.ParamType[Any]):
    """A sum of money, such as 1500 or 10.50."""

    name = "sum"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the sum in whole cents; refuse anything else."""
        read = money.parse(value)
        return self.fail(f"{value} is not a sum, such as 10.50", param, ctx) if read is None else read


class Percentage(click.ParamType[Any]):
    """A percentage, such as 12.5."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number with four decimals at most; refuse anything else."""
        read = money.parse(value, step=Decimal("0.0001"))
        return self.fail(f"{value} is not a percentage, such as 12.5", param, ctx) if read is None else read


class Span(click.ParamType[Any]):
    """A span of time, such as 90min, 36hours or 3days."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the span; refuse anything else."""
        read = _SPAN.fullmatch(value)
        if read is None:
            return self.fail(f"{value} is not a time span, such as 90min, 36hours or 3days", param, ctx)
        return _UNITS[read[2]] * int(read[1])


class Moment(click.ParamType[Any]):
    """A day, such as 2026-03-04, or a moment, such as 2026-03-04T12:30; without an offset in the account's zone."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a date or a datetime, as it was written; refuse anything else."""
        try:
            return date.fromisoformat(value) if len(value) == len("2026-03-04") else datetime.fromisoformat(value)
        except ValueError:
            return self.fail(f"{value} is not a day or time, such as 2026-03-04 or 2026-03-04T12:30", param, ctx)


class OrNone(click.ParamType[Any]):
    """A value of another type, or the word none, which removes the value."""

    def __init__(self, of: click.ParamType[Any]) -> None:
        """Take the type ``of`` the value."""
        self._of = of
        self.name = f"{of.name}|none"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value, or the empty text for none; refuse what the other type refuses."""
        return "" if value in ("", "none") else self._of.convert(value, param, ctx)


class Text(click.ParamType[Any]):
    """A text, or @FILE for the text in a file."""

    name = "text|@file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the text; refuse a file that cannot be read as UTF-8."""
        if not value.startswith("@"):
            return value
        try:
            with click.open_file(value[1:], encoding="utf-8") as file:
                return file.read()
        except (OSError, UnicodeDecodeError) as reason:
            return self.fail(f"{value[1:]} cannot be read ({reason})", param, ctx)


def instant(moment: date | None, zone: ZoneInfo, *, after_day: bool = False) -> datetime | None:
    """Return when a day of ``zone`` begins or, with ``after_day``, ends; a datetime is returned as it is."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment + timedelta(days=after_day), time())
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
