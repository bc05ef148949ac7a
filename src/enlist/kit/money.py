"""Exact sums of money: read from text, written with two decimals, shared out without losing a cent."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
LARGEST: Final = Decimal("99999999999.99")
_SUM: Final = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,2})?")


def parse(text: str, *, step: Decimal = CENT) -> Decimal | None:
    """Read a sum as clients write it: ``1500``, ``10.5``, ``10,50``, ``1.0e+3``; round it to cents, halves up.

    For percentages there is a finer ``step`` than a cent. None if it is no number, negative or above ``LARGEST``.
    """
    plain = text.strip().replace(",", ".")
    if not _SUM.fullmatch(plain):
        return None
    value = Decimal(plain)
    if value < 0 or value > LARGEST:
        return None
    return abs(value.quantize(step, ROUND_HALF_UP))  # of nothing, too, there is a negative


def write(value: Decimal) -> str:
    """Write a sum, rounded to cents, halves up, with two decimals and a point, such as ``3900.00`` (readings.md#11)."""
    rounded = value.quantize(CENT, ROUND_HALF_UP)
    return f"{rounded if rounded else ZERO:f}"


def percent(value: Decimal, per_cent: Decimal) -> Decimal:
    """Return ``per_cent`` per cent of ``value``, rounded to cents, halves up."""
    return (value * per_cent / 100).quantize(CENT, ROUND_HALF_UP)


def share(value: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share ``value`` (whole cents, not negative) out by ``weights`` (not negative); the shares sum up to it exactly.

    The cents that rounding leaves over go to the shares that lost most by it, the first of equals before others, so
    that a weight of zero gets nothing. All weights zero: equal weights. No weights: no shares.
    """
    if not weights:
        return []
    # Not with decimals: a third of them is no number, and a share might be a cent more than what it is a share of.
    parts = [Fraction(weight) for weight in weights]
    whole = sum(parts)
    if not whole:
        parts, whole = [Fraction(1)] * len(parts), Fraction(len(parts))
    cents = int(value / CENT)
    exact = [cents * part / whole for part in parts]
    shares = [int(amount) for amount in exact]
    losers = sorted(range(len(shares)), key=lambda place: (shares[place] - exact[place], place))
    for place in losers[: cents - sum(shares)]:
        shares[place] += 1
    return [number * CENT for number in shares]
