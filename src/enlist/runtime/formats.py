"""How sums, shares, days and moments are written in a language: the patterns stand in its catalogue."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from enlist.kit import money
from enlist.runtime.texts import NP_, say, say_in

_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "RUB": "₽", "UAH": "₴", "KZT": "₸"}
_MONTHS: Final = (
    NP_("month in a date", "January"),
    NP_("month in a date", "February"),
    NP_("month in a date", "March"),
    NP_("month in a date", "April"),
    NP_("month in a date", "May"),
    NP_("month in a date", "June"),
    NP_("month in a date", "July"),
    NP_("month in a date", "August"),
    NP_("month in a date", "September"),
    NP_("month in a date", "October"),
    NP_("month in a date", "November"),
    NP_("month in a date", "December"),
)
_SHORT_MONTHS: Final = (
    NP_("month in a table", "Jan"),
    NP_("month in a table", "Feb"),
    NP_("month in a table", "Mar"),
    NP_("month in a table", "Apr"),
    NP_("month in a table", "May"),
    NP_("month in a table", "Jun"),
    NP_("month in a table", "Jul"),
    NP_("month in a table", "Aug"),
    NP_("month in a table", "Sep"),
    NP_("month in a table", "Oct"),
    NP_("month in a table", "Nov"),
    NP_("month in a table", "Dec"),
)
# Zones that have a name of their own among people; others are named after their city.
_ZONES: Final = {
    "UTC": NP_("time zone", "UTC"),
    "Europe/Kaliningrad": NP_("time zone", "Kaliningrad time"),
    "Europe/Moscow": NP_("time zone", "Moscow time"),
    "Europe/Samara": NP_("time zone", "Samara time"),
    "Asia/Yekaterinburg": NP_("time zone", "Yekaterinburg time"),
    "Asia/Omsk": NP_("time zone", "Omsk time"),
    "Asia/Novosibirsk": NP_("time zone", "Novosibirsk time"),
    "Asia/Krasnoyarsk": NP_("time zone", "Krasnoyarsk time"),
    "Asia/Irkutsk": NP_("time zone", "Irkutsk time"),
    "Asia/Yakutsk": NP_("time zone", "Yakutsk time"),
    "Asia/Vladivostok": NP_("time zone", "Vladivostok time"),
    "Asia/Magadan": NP_("time zone", "Magadan time"),
    "Asia/Kamchatka": NP_("time zone", "Kamchatka time"),
    "Europe/Kyiv": NP_("time zone", "Kyiv time"),
    "Europe/Minsk": NP_("time zone", "Minsk time"),
    "Asia/Almaty": NP_("time zone", "Almaty time"),
    "Europe/Berlin": NP_("time zone", "Berlin time"),
    "Europe/London": NP_("time zone", "London time"),
    "America/New_York": NP_("time zone", "New York time"),
}


def amount(locale: str, value: Decimal) -> str:
    """Write a sum as people type it into a field: ``1500.00``, in Russian ``1500,00``."""
    return money.write(value).replace(".", say_in(locale, "number", "."))


def price(locale: str, value: Decimal, currency: str) -> str:
    """Write a sum for people: ``$1,500``, ``1,500.50 CHF``, in Russian ``1 500,50 ₽``; no cents where there are none.

    ``currency`` is an ISO code.
    """
    text = f"{value:,.2f}".removesuffix(".00")
    point, group = say_in(locale, "number", "."), say_in(locale, "number", ",")
    text = "".join({".": point, ",": group}.get(letter, letter) for letter in text)
    sign = _SIGNS.get(currency, "")
    if sign and sign in say_in(locale, "currency signs that readers know", "$ € £").split():
        return say_in(locale, "price", "%(sign)s%(amount)s", sign=sign, amount=text)
    return say_in(locale, "price", "%(amount)s\N{NO-BREAK SPACE}%(currency)s", amount=text, currency=currency)


def percentage(locale: str, value: float) -> str:
    """Write a share of 100 with one decimal: ``12.5%``, in Russian ``12,5 %``."""
    number = f"{value:.1f}".replace(".", say_in(locale, "number", "."))
    return say_in(locale, "percentage", "%(number)s%%", number=number)


def day(locale: str, on: date) -> str:
    """Write a day in a sentence: ``1 December 2026``."""
    month = say_in(locale, "month in a date", _MONTHS[on.month - 1])
    return say_in(locale, "date", "%(day)s %(month)s %(year)s", day=on.day, month=month, year=on.year)


def short_day(locale: str, on: date) -> str:
    """Write a day in a table: ``1 Dec 2026``."""
    month = say_in(locale, "month in a table", _SHORT_MONTHS[on.month - 1])
    return say_in(locale, "date in a table", "%(day)s %(month)s %(year)s", day=on.day, month=month, year=on.year)


def moment(locale: str, at: datetime, time_zone: str) -> str:
    """Write an instant in a sentence, by the clocks of ``time_zone``: ``1 December 2026, 15:00 Moscow time``."""
    there = at.astimezone(ZoneInfo(time_zone))
    when = {"date": day(locale, there.date()), "time": f"{there:%H:%M}", "zone": zone(locale, time_zone)}
    return say_in(locale, "moment", "%(date)s, %(time)s %(zone)s", **when)


def short_moment(locale: str, at: datetime, time_zone: str) -> str:
    """Write an instant in a table, by the clocks of ``time_zone``: ``1 Dec 2026, 15:00``."""
    there = at.astimezone(ZoneInfo(time_zone))
    when = {"date": short_day(locale, there.date()), "time": f"{there:%H:%M}"}
    return say_in(locale, "moment in a table", "%(date)s, %(time)s", **when)


def zone(locale: str, time_zone: str) -> str:
    """Say whose clocks a zone is: ``Moscow time``; ``time_zone`` is its key."""
    if name := _ZONES.get(time_zone):
        return say_in(locale, "time zone", name)
    return say_in(locale, "time zone", "%(city)s time", city=time_zone.rpartition("/")[2].replace("_", " "))


def quoted(locale: str, titles: Sequence[str]) -> str:
    """Write titles one after another, each in quotation marks: ``“A”, “B” and “C”``. There must be one at least."""
    *others, last = [say(locale, "“%(title)s”", title=title) for title in titles]
    return say(locale, "%(titles)s and %(last)s", titles=", ".join(others), last=last) if others else last
