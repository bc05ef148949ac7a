"""Sums of money: what is read as one, how it is written, and that no cent is lost in sharing it out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.kit import money

sums = st.decimals(min_value=0, max_value=money.LARGEST, places=2)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1500", "1500.00"),
        ("10.5", "10.50"),
        ("10,50", "10.50"),
        ("1.0e+3", "1000.00"),
        ("1.5E2", "150.00"),
        (" 7 ", "7.00"),
        ("+7", "7.00"),
        ("5.", "5.00"),
        (".5", "0.50"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("-0.00", "0.00"),
        ("1e-99", "0.00"),
        ("0.005", "0.01"),
        ("0.0049", "0.00"),
        ("2.675", "2.68"),
        ("99999999999.99", "99999999999.99"),
    ],
)
def test_a_sum_is_read_as_clients_write_it_and_rounded_to_cents(text: str, value: str) -> None:
    assert str(money.parse(text)) == value


def test_a_percentage_is_read_with_more_decimals() -> None:
    step = Decimal("0.0001")
    assert [str(money.parse(text, step=step)) for text in ("12.34567", "50", "-0")] == ["12.3457", "50.0000", "0.0000"]


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", ",", "-1", "-0.01", "abc", "1 500", "1,500.50", "1.2.3", "0x10", "1_000", "NaN", "Infinity", "$5", "5%",
     "1e", "e5", "1e100", "1e99", "100000000000", "99999999999.995", "9" * 21, "٣", "1\n2", "--1", "1e+-2"],
)  # fmt: skip
def test_what_is_no_sum_is_not_read(text: str) -> None:
    assert money.parse(text) is None


@given(st.text())
def test_reading_never_fails_and_never_gives_what_cannot_be_kept(text: str) -> None:
    value = money.parse(text)
    assert value is None or (money.ZERO <= value <= money.LARGEST and value == round(value, 2))


@given(sums)
def test_what_was_written_is_read_again(value: Decimal) -> None:
    assert money.parse(money.write(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [("3900", "3900.00"), ("10.5", "10.50"), ("0", "0.00"), ("-0.001", "0.00"), ("2.675", "2.68"), ("1E+3", "1000.00"),
     ("-5", "-5.00"), ("99999999999.99", "99999999999.99")],
)  # fmt: skip
def test_a_sum_is_written_with_two_decimals(value: str, text: str) -> None:
    assert money.write(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "per_cent", "result"),
    [("100", "10", "10.00"), ("0.05", "50", "0.03"), ("99999999999.99", "100", "99999999999.99"), ("1", "0.4999", "0.00")],
)  # fmt: skip
def test_a_percentage_is_rounded_to_cents_halves_up(value: str, per_cent: str, result: str) -> None:
    assert str(money.percent(Decimal(value), Decimal(per_cent))) == result


@given(sums, st.decimals(min_value=0, max_value=100, places=4))
def test_a_percentage_up_to_a_hundred_is_never_more_than_the_whole(value: Decimal, per_cent: Decimal) -> None:
    assert money.ZERO <= money.percent(value, per_cent) <= value


@given(sums, st.lists(st.one_of(sums, st.just(money.ZERO)), max_size=30))
def test_shares_sum_up_exactly_and_each_is_within_a_cent_of_its_part(value: Decimal, weights: list[Decimal]) -> None:
    shares = money.share(value, weights)
    assert len(shares) == len(weights)
    assert all(share >= 0 and share == round(share, 2) for share in shares)
    if weights:
        assert sum(shares) == value
    if whole := sum(weights):
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share * whole - value * weight) < money.CENT * whole
            assert weight or not share
            assert value > whole or share <= weight


def test_a_hundred_for_three_leaves_the_odd_cent_with_the_first() -> None:
    hundred = Decimal("100.00")
    assert money.share(hundred, [hundred] * 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert money.share(hundred, [money.ZERO] * 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert money.share(hundred, [money.ZERO, hundred]) == [money.ZERO, hundred]
    assert money.share(hundred, []) == []
    assert [str(share) for share in money.share(Decimal("3"), [Decimal(1)] * 3)] == ["1.00"] * 3
