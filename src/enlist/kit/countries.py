"""Countries in the spellings that people and clients use: two letters, three letters, English names."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

# Codes of three letters that are no standard, or none any more (wire.md §8).
_OWN: Final = {"XEN": "GB", "XSC": "GB", "XWA": "GB", "XNI": "GB", "YUG": "RS", "ANT": "CW", "UK": "GB"}


@lru_cache(maxsize=1024)
def code(text: str) -> str | None:
    """Return the two-letter code (ISO 3166) of the country that ``text`` names; None if that is not known."""
    # Imported where it is used: it takes longer than all the rest, and most accounts limit no product to countries.
    import pycountry

    name = text.strip()
    if own := _OWN.get(name.upper()):
        return own
    try:
        found = pycountry.countries.lookup(name)
    except LookupError:
        return None
    return str(found.alpha_2)


def may_be_among(text: str, countries: Iterable[str]) -> bool:
    """Tell whether ``text`` may name one of ``countries``, in whichever spelling.

    People write their country as they please: only what is certainly elsewhere is told apart.
    """
    found = code(text)
    return found is None or any(code(one) in (found, None) for one in countries)
