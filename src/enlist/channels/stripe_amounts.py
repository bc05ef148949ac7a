"""Sums of money as Stripe writes them: whole numbers of a currency's smallest unit, as Stripe counts it."""

from decimal import Decimal
from typing import Final

# https://docs.stripe.com/currencies; all others are told in hundredths, also ISK and UGX, which have none in fact.
_WHOLE: Final = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
_THOUSANDTHS: Final = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
_NEVER_IN_PARTS: Final = frozenset({"isk", "ugx"})


class Unspeakable(ValueError):
    """A sum that does not exist in its currency, such as half a yen."""


def in_smallest_units(amount: Decimal, currency: str) -> int:
    """Write ``amount`` of ``currency`` (an ISO code in whichever letter case). Raises Unspeakable."""
    code = currency.lower()
    units = amount * _units(code)
    if units != units.to_integral_value() or (code in _NEVER_IN_PARTS and amount != amount.to_integral_value()):
        raise Unspeakable(f"there is no sum of {amount} {currency.upper()}")
    return int(units)


def from_smallest_units(units: int, currency: str) -> Decimal:
    """Read ``units`` of ``currency``; thousandths are rounded to cents, as sums here have no more."""
    return (Decimal(units) / _units(currency.lower())).quantize(Decimal("0.01"))


def _units(code: str) -> int:
    if code in _WHOLE:
        return 1
    return 1000 if code in _THOUSANDTHS else 100
