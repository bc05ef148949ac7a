"""The clicks that brought a visitor here, as cookies, forms and addresses carry them (README.md beside this file)."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, unquote

from enlist.domain import attribution
from enlist.kit.php_form import Form, Pair

COOKIE: Final = "enlist_clicks"
FIELD: Final = "clicks"

MOST: Final = 20
LONGEST: Final = 3000
LONGEST_CLICK: Final = 1000
LONGEST_MARK: Final = 255
AGAIN: Final = timedelta(minutes=10)

# As in clicks.js: one letter per mark, since a cookie is small.
_LETTERS: Final = {
    f"{kind}_{part}": letter.upper() if kind == "aff" else letter
    for kind in ("utm", "aff")
    for part, letter in {"medium": "m", "source": "s", "campaign": "c", "content": "o", "term": "t"}.items()
}
NAMES: Final = tuple(_LETTERS)
_CLICK: Final = re.compile(r"\d{1,12}:[\w%.~!*'()=&-]{0,1000}", re.ASCII)
_BARE: Final = "!~*'()"  # with letters, digits, `-`, `_` and `.`, what encodeURIComponent leaves as it is
_MARKS: Final = {letter: name for name, letter in _LETTERS.items()}


def touches_of(form: Form, cookie: str, now: datetime) -> tuple[attribution.Touch, ...]:
    """Collect the clicks that a form or an address with fields carries beside its marks, the earliest first.

    They stand in our cookie (``cookie`` is the whole Cookie header), in the field that the click script adds, and, as
    ``utm_...`` without brackets, in the address itself: that click happened ``now``.
    """
    found = {
        (touch.at, *sorted(touch.marks.items())): touch
        for text in (cookie_in(cookie), form.text(FIELD))
        for touch in read(text, now)
    }
    history = sorted(found.values(), key=lambda touch: touch.at)
    if marks := marks_in(form):
        history.append(attribution.Touch(now, marks, "address"))
    return tuple(history)


def carried(form: Form, cookie: str, now: datetime) -> list[Pair]:
    """Return the hidden input by which a page carries the clicks on that led to it; empty if there are none.

    ``form`` is what stands in the page's address, marks of a click just now among it.
    """
    touches = touches_of(form, cookie, now)
    return [(FIELD, write(touches))] if touches else []


def marks_in(form: Form) -> dict[str, str]:
    """Return the marks in the fields of an address, by name; none unless one of them is a utm mark."""
    found = known_marks(form)
    return found if any(name.startswith("utm_") for name in found) else {}


def known_marks(form: Form) -> dict[str, str]:
    """Return the marks in the fields of an address, by name; long ones are cut."""
    return {name: mark for name, value in form.pairs if name in _LETTERS and (mark := value.strip()[:LONGEST_MARK])}


def extended(history: str, said: str, now: datetime) -> str:
    """Add a click with marks (as ``joined`` writes them) to a written history, unless it is the latest one again."""
    if not history:
        return f"{int(now.timestamp())}:{said}"
    clicks = [click for click in history.split("/") if _CLICK.fullmatch(click)]
    if clicks:
        at, _, before = clicks[-1].partition(":")
        if before == said and now.timestamp() - int(at) < AGAIN.total_seconds():
            return _bounded(clicks)
    clicks.append(f"{int(now.timestamp())}:{said}")
    return _bounded(clicks)


def read(text: str, now: datetime) -> list[attribution.Touch]:
    """Read a history of clicks. What cannot be read is left out, a time to come counts as ``now``. Never raises."""
    touches: list[attribution.Touch] = []
    if not text:
        return touches
    for click in text[: 2 * LONGEST].split("/")[:MOST]:
        seconds, colon, said = click.partition(":")
        if colon and seconds.isascii() and seconds.isdigit() and len(seconds) <= 12:
            at = min(int(seconds), int(now.timestamp()))
            touches.append(attribution.Touch(datetime.fromtimestamp(at, UTC), _marks(said), "cookie"))
    return touches


def write(touches: Iterable[attribution.Touch]) -> str:
    """Write a history of clicks, fit for a cookie: at most 3,000 characters of the first click and the latest ones."""
    return _bounded(
        [
            f"{int(touch.at.timestamp())}:{joined({name: encoded(mark) for name, mark in touch.marks.items()})}"
            for touch in touches
        ]
    )


def joined(marks: Mapping[str, str]) -> str:
    """Write marks, encoded already, in short; if they are too long together, the partner's name goes first."""
    said = "&".join([f"{_LETTERS[name]}={mark}" for name, mark in marks.items() if name in _LETTERS])
    if len(said) < LONGEST_CLICK:
        return said
    said = ""
    for name, letter in _LETTERS.items():  # medium and source come first
        pair = f"&{letter}={marks[name]}" if name in marks else ""
        if len(said) + len(pair) < LONGEST_CLICK:
            said += pair
    return said[1:]


def encoded(mark: str) -> str:
    """Write a mark as encodeURIComponent does."""
    return mark if mark.isalnum() and mark.isascii() else quote(mark, safe=_BARE)


def cookie_in(header: str) -> str:
    """Return our cookie from a Cookie header; empty if it was not sent."""
    if COOKIE in header:
        for pair in header.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == COOKIE:
                return value
    return ""


def _marks(said: str) -> dict[str, str]:
    marks = {}
    for pair in said.split("&"):
        letter, _, value = pair.partition("=")
        mark = unquote(value)[:LONGEST_MARK]
        if letter in _MARKS and mark and "\0" not in mark:
            marks[_MARKS[letter]] = mark
    return marks


def _bounded(clicks: list[str]) -> str:
    if len(clicks) > MOST:
        clicks = [clicks[0], *clicks[1 - MOST :]]
    while sum(map(len, clicks)) + len(clicks) - 1 > LONGEST:
        del clicks[1]
    return "/".join(clicks)
