"""Text that can be kept: what a database can store, of a bounded length; told, or cut to it."""

import re
from typing import Final
from unicodedata import normalize

# PostgreSQL keeps no NUL, and UTF-8 has no half of a surrogate pair.
_UNKEEPABLE: Final = re.compile("[\0\ud800-\udfff]")


def can_be_kept(text: str) -> bool:
    """Tell whether ``text`` can be stored at all, however long it is."""
    return ("\0" not in text) if text.isascii() else _UNKEEPABLE.search(text) is None


def fits(text: str, longest: int) -> bool:
    """Tell whether ``text`` can be stored and has at most ``longest`` characters."""
    return len(text) <= longest and can_be_kept(text)


def fault(text: str, longest: int) -> str | None:
    """Say what keeps ``text`` from being stored in at most ``longest`` characters, to follow its name; None if nothing.

    The words fit after the name of a field: "is longer than 255 characters".
    """
    if len(text) > longest:
        return f"is longer than {longest} characters"
    return None if can_be_kept(text) else "holds a character that cannot be kept"


def cut(text: str, longest: int) -> str:
    """Take of ``text`` what can be stored, at most ``longest`` characters: for texts that nobody answers for."""
    return (text if can_be_kept(text) else _UNKEEPABLE.sub("", text))[:longest]


def comparable(text: str) -> str:
    """Write ``text`` so that two spellings of the same characters are equal (NFC)."""
    return text if text.isascii() else normalize("NFC", text)
