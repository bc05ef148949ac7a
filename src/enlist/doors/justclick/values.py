"""How the protocol writes values: yes and no, numbers, sums, percentages, moments, hosts, lists (wire.md §§3, 6, 9)."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal

from enlist.kit import money

# Reads a text as it was sent. Raises ValueError for what cannot be read.
Reader = Callable[[str], Any]

# wire.md §6; any other word is a yes, as it is to PHP: the only yes asked for here makes us ask once too often.
_FALSE: Final = frozenset({"", "0", "false", "off", "no"})
_YES: Final = frozenset({"1", "true", "on", "yes"})
_NO: Final = _FALSE - {""}
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,9}")  # until the year 2286; 0 is what PHP makes of nothing
_DOMAIN: Final = re.compile(r"[\w.-]{1,253}(:[0-9]{1,5})?")
_PERCENT_STEP: Final = Decimal("0.0001")
# `UTC+03` with or without spaces, `+03`, `-01`, `3` (api-2.0.md §2); also with minutes, which some zones have.
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-]?)(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE | re.ASCII)


def as_sent(text: str) -> str:
    """Return a text with the spaces round it, which mean something in letters."""
    return text


def truth(text: str) -> bool:
    """Read a yes or no in any of its spellings (wire.md §6)."""
    return text.strip().lower() not in _FALSE


def number(text: str) -> int | None:
    """Read the number of something; None if the text is none."""
    return int(text) if _NUMBER.fullmatch(text) else None


def percentage(text: str) -> Decimal | None:
    """Read a percentage, exact to four decimals; None if the text is none."""
    return money.parse(text, step=_PERCENT_STEP)


def seconds(text: str) -> datetime | None:
    """Read UNIX seconds; None if the text is none, or later than the year 2286."""
    return datetime.fromtimestamp(int(text), UTC) if _SECONDS.fullmatch(text) else None


def moment_or_none(text: str) -> datetime | None:
    """Read UNIX seconds; an empty text and 0 are no moment. Raises ValueError."""
    return None if text in ("", "0") else needed(seconds)(text)


def cancelling(text: str) -> Literal["by product", "never"] | datetime:
    """Read when an order is to be cancelled: a yes or nothing, a no, or UNIX seconds. Raises ValueError."""
    word = text.lower()
    if not word or word in _YES:
        return "by product"
    if word in _NO:
        return "never"
    moment: datetime = needed(seconds)(word)
    return moment


def utc_offset(text: str) -> int:
    """Read how many minutes a clock is ahead of UTC. Raises ValueError."""
    found = _OFFSET.fullmatch("".join(text.split()).replace("\N{MINUS SIGN}", "-"))
    if found is None:
        raise ValueError("is no offset")
    sign, hours, minutes = found.groups()
    return (-1 if sign == "-" else 1) * (int(hours) * 60 + int(minutes or 0))


def domain(text: str) -> str:
    """Return the host that was sent; a protocol before it is cut off, what is no host is dropped."""
    host = text.removeprefix("https://").removeprefix("http://").rstrip("/")
    return host if _DOMAIN.fullmatch(host) else ""


def listed(text: str) -> Iterator[str]:
    """Read words divided by commas; samples have spaces and line breaks round them (wire.md §3)."""
    return (word for part in text.split(",") if (word := part.strip()))


def codes(text: str) -> tuple[str, ...]:
    """Read codes divided by commas, as they stand there."""
    return tuple(text.split(","))


def needed(read: Callable[[str], Any]) -> Reader:
    """Make a reader of one that gives None for what cannot be read."""
    return partial(_needed, read)


def optional(read: Callable[[str], Any], empty: Any = None) -> Reader:
    """Make a reader to which an empty text means ``empty``, and None from ``read`` that it cannot be read."""
    return partial(_optional, needed(read), empty)


def chosen(words: Mapping[str, str]) -> Reader:
    """Make a reader of one of some ``words``, in whichever letter case."""
    return partial(_chosen, words)


def _needed(read: Callable[[str], Any], text: str) -> Any:
    value = read(text)
    if value is None:
        raise ValueError("cannot be read")
    return value


def _optional(read: Reader, empty: Any, text: str) -> Any:
    plain = text.strip()
    return read(plain) if plain else empty


def _chosen(words: Mapping[str, str], text: str) -> str:
    word = words.get(text.strip().lower())
    if word is None:
        raise ValueError("is none of the words")
    return word
