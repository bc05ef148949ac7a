"""Reads form bodies as PHP clients write them: urlencoded or multipart, with brackets in the names."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final, Union

import multipart  # type: ignore[import-untyped]

Pair = tuple[str, str]
Tree = dict[str, Union[str, "Tree"]]

DEEPEST: Final = 8
_MOST_NAMES: Final = 2048
_LONGEST_NAME_KEPT: Final = 64
_BROKEN_ESCAPE: Final = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class MalformedForm(ValueError):
    """The body cannot be read as a form; the message says why, fit to follow the words "the form"."""


def split(body: bytes, *, max_fields: int) -> list[Pair]:
    """Read an urlencoded ``body``; return its decoded names and values in the order of the wire.

    As in PHP, broken percent escapes stay as they are, ``+`` is a space, a missing ``=`` gives an empty value, empty
    segments are skipped and ``;`` divides nothing. Raises MalformedForm for text that is not UTF-8, for NUL characters,
    for brackets deeper than 8 and for more than ``max_fields`` pairs.
    """
    if b"\0" in body or b"%00" in body:
        raise MalformedForm("holds a NUL character")
    pieces = [piece.partition(b"=") for piece in body.split(b"&") if piece]
    if len(pieces) > max_fields:
        raise MalformedForm(f"has more than {max_fields} fields")
    try:
        names = [_names[name] for name, _, _ in pieces]
        # All values are decoded in one go: the NUL that joins them can be no part of one.
        values = _decode(b"\0".join([value for _, _, value in pieces])).split("\0")
    except UnicodeDecodeError:
        raise MalformedForm("is not UTF-8") from None
    return list(zip(names, values, strict=False))


def read_multipart(body: bytes, content_type: str, *, max_fields: int, max_field_size: int) -> list[Pair]:
    """Read a multipart ``body``; return its text fields in the order of the wire.

    ``content_type`` is the request's header with the boundary. Files (parts with a file name) are read over but left
    out, as PHP leaves them out of its POST array; they count for the limits. A form without parts gives no pairs.
    Raises MalformedForm as ``split`` does, for a wrong boundary and for a part of more than ``max_field_size`` bytes.
    """
    boundary = multipart.parse_options_header(content_type)[1].get("boundary")
    if not boundary:
        raise MalformedForm("names no boundary")
    try:
        parser = multipart.PushMultipartParser(boundary, max_segment_count=max_fields, max_segment_size=max_field_size)
        pairs = [(name, value.decode()) for name, value in _fields(parser, body)]
    except UnicodeError:
        raise MalformedForm("is not UTF-8") from None
    except multipart.MultipartError as reason:
        raise MalformedForm(f"is not multipart: {reason}") from None
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise MalformedForm("holds a NUL character")
        _path(name)
    return pairs


class Form:
    """The fields of a form as PHP sees them: the last one of a name wins, brackets make lists and mappings.

    A name with broken brackets (``a[0``, ``a[b]c``) is a plain name, taken literally.
    """

    __slots__ = ("_last", "pairs")

    def __init__(self, pairs: Sequence[Pair]) -> None:
        """Take decoded ``pairs`` in the order of the wire; they stay at hand as ``pairs``."""
        self.pairs = pairs
        self._last = dict(pairs)

    def __contains__(self, name: str) -> bool:
        """Tell whether a field spelt exactly ``name`` was sent, be it empty."""
        return name in self._last

    def text(self, name: str, default: str = "") -> str:
        """Return the last value of the field spelt exactly ``name``, else ``default``."""
        return self._last.get(name, default)

    def texts(self, name: str) -> list[str]:
        """Return the values of ``name[]``, ``name[0]`` and so on in the order of the wire, or of plain ``name``."""
        numbered = self._numbered(name)
        if numbered is not None:
            return list(numbered.values())
        found = self.tree(name)
        if isinstance(found, dict):
            return [value for value in found.values() if isinstance(value, str)]
        return [] if found is None else [found]

    def _numbered(self, name: str) -> dict[str, str] | None:
        """Return the values of ``name[0]``, ``name[1]`` and so on, if there is nothing else below ``name``."""
        opening = name + "["
        found = {}
        for key, value in self.pairs:
            if key.startswith(name):
                if key.startswith(opening) and key[-1] == "]" and key[len(opening) : -1].isdigit():
                    found[key] = value
                elif key == name or key.startswith(opening):
                    return None
        return found

    def mapping(self, name: str) -> dict[str, str]:
        """Return the values of ``name[this]``, ``name[that]`` by what stands in the brackets."""
        found = self.tree(name)
        if not isinstance(found, dict):
            return {}
        return {step: value for step, value in found.items() if isinstance(value, str)}

    def tree(self, name: str) -> Tree | str | None:
        """Return everything below ``name``, nested as the brackets say; its text, if it is plain; None, if not sent.

        ``name[]`` counts on from the highest number so far; of ``name`` and ``name[x]`` the later one replaces the
        other. Raises MalformedForm for brackets deeper than 8.
        """
        opening = name + "["
        root = _Branch()
        for key, value in self.pairs:
            if key == name:
                root[name] = value
            elif key.startswith(opening):
                root.put(_path(key), value)
        return root.get(name)


class _Branch(dict[str, Union[str, "Tree"]]):
    """One level of a tree, which knows the number that the next ``[]`` gets."""

    free = 0

    def put(self, path: Sequence[str], value: str) -> None:
        branch = self
        for step in path[:-1]:
            branch = branch._below(branch._number(step))
        branch[branch._number(path[-1])] = value

    def _below(self, step: str) -> "_Branch":
        below = self.get(step)
        if not isinstance(below, _Branch):
            below = self[step] = _Branch()
        return below

    def _number(self, step: str) -> str:
        if not step:
            step = str(self.free)
        # As in PHP, "07" is a word; longer numbers than these are words too.
        if step.isdecimal() and step.isascii() and len(step) < 19 and (step[0] != "0" or step == "0"):
            self.free = max(self.free, int(step) + 1)
        return step


class _Names(dict[bytes, str]):
    """Decoded names by their raw spelling: clients keep sending the same few names."""

    def __missing__(self, raw: bytes) -> str:
        name = _decode(raw)
        _path(name)
        if len(raw) <= _LONGEST_NAME_KEPT:
            if len(self) >= _MOST_NAMES:
                self.clear()  # a flood of made-up names must not keep the real ones out
            self[raw] = name
        return name


_names: Final = _Names()


def _decode(raw: bytes) -> str:
    raw = raw.replace(b"+", b" ")
    return (_unescape(raw) if b"%" in raw else raw).decode()


def _unescape(raw: bytes) -> bytes:
    """Undo percent escapes as ``urllib.parse.unquote_to_bytes`` does, only four times faster and at an even pace.

    The codec reads ``\\xD0`` as ``%D0`` is meant; what it would stumble over is escaped first.
    """
    if b"\\" in raw:
        raw = raw.replace(b"\\", b"%5C")
    try:
        return _read_escapes(raw)
    except UnicodeDecodeError:
        return _read_escapes(_BROKEN_ESCAPE.sub(b"%25", raw))


def _read_escapes(raw: bytes) -> bytes:
    return raw.replace(b"%", b"\\x").decode("unicode_escape").encode("latin-1")


def _path(name: str) -> Sequence[str]:
    """Part ``a[0][b]`` into its steps. Raises MalformedForm if there are too many."""
    return _path_of_short(name) if len(name) <= _LONGEST_NAME_KEPT else _read_path(name)


def _read_path(name: str) -> Sequence[str]:
    head, bracket, rest = name.partition("[")
    if not bracket or not head or not rest.endswith("]"):
        return (name,)
    steps = rest[:-1].split("][")
    if rest.count("]") > len(steps):  # one that closes nothing
        return (name,)
    if len(steps) > DEEPEST:
        raise MalformedForm(f"has brackets deeper than {DEEPEST}")
    return (head, *steps)


_path_of_short: Final = lru_cache(_MOST_NAMES)(_read_path)


def _fields(parser: multipart.PushMultipartParser, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Put the parser's events together: a segment, its content in pieces, None at its end."""
    for event in _events(parser, body):
        if isinstance(event, multipart.MultipartSegment):
            segment, content = event, bytearray()
        elif event is not None:
            content += event
        elif segment.filename is None:
            yield segment.name, bytes(content)


def _events(parser: multipart.PushMultipartParser, body: bytes) -> Iterator[Any]:
    if body:
        yield from parser.parse(body)
        parser.close()  # complains if the last boundary is missing
