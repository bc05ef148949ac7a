"""Sums, days and moments are written as each language writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit import money
from enlist.runtime import formats

NARROW = "\N{NO-BREAK SPACE}"
AT = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "amount", "currency", "text"),
    [
        ("en", "1500", "USD", "$1,500"),
        ("en", "1500.5", "EUR", "€1,500.50"),
        ("en", "0", "CHF", "0 CHF"),
        ("en", "9.90", "RUB", "9.90 RUB"),
        ("ru", "1234567.5", "RUB", "1 234 567,50 ₽"),
        ("ru", "10", "USD", "10 $"),
        ("ru", "10", "BYN", "10 BYN"),
    ],
)
def test_how_sums_are_written(locale: str, amount: str, currency: str, text: str) -> None:
    assert formats.price(locale, Decimal(amount), currency) == text.replace(" ", NARROW)


@pytest.mark.parametrize(
    ("locale", "zone", "text"),
    [
        ("en", "Europe/Moscow", "1 December 2026, 15:00 Moscow time"),
        ("en", "Europe/Riga", "1 December 2026, 14:00 Riga time"),
        ("en", "America/Argentina/Buenos_Aires", "1 December 2026, 09:00 Buenos Aires time"),
        ("en", "UTC", "1 December 2026, 12:00 UTC"),
        ("ru", "Europe/Moscow", "1 декабря 2026 г., 15:00 по московскому времени"),
        ("ru", "Europe/Riga", "1 декабря 2026 г., 14:00 по часовому поясу Riga"),
    ],
)
def test_moments_say_by_whose_clocks(locale: str, zone: str, text: str) -> None:
    assert formats.moment(locale, AT, zone).replace(NARROW, " ") == text


def test_in_tables_moments_are_short() -> None:
    assert formats.short_moment("en", AT, "Europe/Moscow") == "1 Dec 2026, 15:00"
    assert formats.short_moment("ru", AT, "Europe/Moscow").replace(NARROW, " ") == "1 дек. 2026, 15:00"
    assert formats.short_day("ru", date(2027, 5, 31)).replace(NARROW, " ") == "31 мая 2027"


def test_shares_have_one_decimal() -> None:
    assert formats.percentage("en", 12.345) == "12.3%"
    assert formats.percentage("ru", 100) == f"100,0{NARROW}%"


def test_titles_stand_in_the_quotation_marks_of_the_language() -> None:
    assert formats.quoted("en", ["A"]) == "“A”"
    assert formats.quoted("en", ["A", "100 %", "%(title)s"]) == "“A”, “100 %” and “%(title)s”"
    assert formats.quoted("ru", ["A", "B"]) == "«A» и «B»"


@given(st.decimals(min_value=0, max_value=money.LARGEST, places=2), st.sampled_from(["en", "ru", "xx"]))
def test_a_sum_in_a_field_is_read_as_it_was_written(value: Decimal, locale: str) -> None:
    assert money.parse(formats.amount(locale, value)) == value
