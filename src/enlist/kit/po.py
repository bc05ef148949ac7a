"""Reading message catalogues in gettext's PO format, as it stands in a file."""

import re
from collections.abc import Callable, Iterator
from gettext import c2py
from typing import Final

import msgspec

Key = tuple[str, str]  # context (empty: none) and message
_LINE: Final = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[([0-9])\])?\s+)?"(.*)"')
_ESCAPE: Final = re.compile(r'\\([ntr"\\])')
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}
_PLURAL: Final = re.compile(r"nplurals\s*=\s*([0-9]+)\s*;\s*plural\s*=\s*([^;\n]+)")
_PLACEHOLDER: Final = re.compile(r"%(?:\((\w+)\)s|(%)|)")


class Catalogue(msgspec.Struct, frozen=True):
    """The messages of one language: one form each, or as many as the language has plurals, chosen by ``plural``."""

    messages: dict[Key, tuple[str, ...]]
    plural: Callable[[int], int]


class MalformedCatalogue(ValueError):
    """A line of a catalogue cannot be read; the text names its number."""


def parse(text: str) -> Catalogue:
    """Read a catalogue. What is untranslated, fuzzy or fills in other values than its message is left out.

    Raises MalformedCatalogue.
    """
    header, messages = "", {}
    for entry in _entries(text):
        key = (entry.get("msgctxt", ""), entry.get("msgid", ""))
        forms = tuple(entry[name] for name in sorted(entry) if name.startswith("msgstr"))
        if not key[1]:
            header = header or "".join(forms)
        elif forms and all(forms) and _fills_in_the_same(entry, forms):
            messages[key] = forms
    found = _PLURAL.search(header)
    try:
        rule = c2py(found[2].strip()) if found else _english
    except ValueError as reason:
        raise MalformedCatalogue(f"Plural-Forms cannot be read: {reason}") from None
    count = int(found[1]) if found else 2
    plural = {key: forms for key, forms in messages.items() if len(forms) in (1, count)}
    return Catalogue(plural, rule)


def placeholders(message: str) -> set[str] | None:
    """Name the values that ``message`` fills in by ``%(name)s``; None if a ``%`` in it begins something else."""
    names = set()
    for found in _PLACEHOLDER.finditer(message):
        if found[1]:
            names.add(found[1])
        elif not found[2]:
            return None
    return names


def _fills_in_the_same(entry: dict[str, str], forms: tuple[str, ...]) -> bool:
    known = placeholders(entry["msgid"] + entry.get("msgid_plural", ""))
    return known is not None and all((names := placeholders(form)) is not None and names <= known for form in forms)


def _entries(text: str) -> Iterator[dict[str, str]]:
    entry: dict[str, str] = {}
    fuzzy, place = False, ""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            if any(name.startswith("msgstr") for name in entry):
                if not fuzzy:
                    yield entry
                entry, fuzzy = {}, False
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        found = _LINE.fullmatch(line)
        if found is None or not (found[1] or place):
            raise MalformedCatalogue(f"line {number} cannot be read")
        if found[1]:
            place = found[1] + (found[2] or "")
            if place in ("msgctxt", "msgid") and any(name.startswith("msgstr") for name in entry):
                if not fuzzy:
                    yield entry
                entry, fuzzy = {}, False
        entry[place] = entry.get(place, "") + _ESCAPE.sub(lambda code: _ESCAPES.get(code[1], code[1]), found[3])
    if entry and not fuzzy:
        yield entry


def _english(n: int) -> int:
    return int(n != 1)
