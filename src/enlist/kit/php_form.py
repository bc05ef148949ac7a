"""Reads form bodies as PHP clients write them: urlencoded or multipart, with brackets in the names."""

from collections.abc import Sequence
from typing import Final, Union
from urllib.parse import unquote_to_bytes

import multipart

Pair = tuple[str, str]
Tree = dict[str, Union[str, "Tree"]]

DEEPEST: Final = 8
_CACHED_KEYS: Final = 2048
_LONGEST_CACHED_KEY: Final = 64

_keys: dict[bytes, str] = {}


class MalformedForm(ValueError):
    """The body cannot be read as a form; the message says why."""


def split(body: bytes, *, max_fields: int) -> list[Pair]:
    """Read an urlencoded ``body``; return its decoded pairs in the order of the wire.

    As in PHP, broken percent escapes stay as they are, ``+`` is a space, a missing ``=`` gives an empty value. Raises
    MalformedForm for text that is not UTF-8, for NUL characters, too deep brackets and more than ``max_fields`` pairs.
    """
    if b"%00" in body or b"\0" in body:
        raise MalformedForm("holds a NUL character")
    pieces = body.split(b"&")
    if len(pieces) > max_fields:
        pieces = [piece for piece in pieces if piece]
        if len(pieces) > max_fields:
            raise MalformedForm(f"has more than {max_fields} fields")
    known = _keys
    pairs: list[Pair] = []
    try:
        for piece in pieces:
            if piece:
                raw, _, value = piece.partition(b"=")
                key = known.get(raw) or _read_key(raw)
                if b"+" in value:
                    value = value.replace(b"+", b" ")
                pairs.append((key, (unquote_to_bytes(value) if b"%" in value else value).decode()))
    except UnicodeDecodeError:
        raise MalformedForm("is not UTF-8") from None
    return pairs


def _read_key(raw: bytes) -> str:
    """Decode a field's name, and remember short ones: clients send the same few names for ever."""
    key = unquote_to_bytes(raw.replace(b"+", b" ")).decode()
    _check_depth(key)
    if len(raw) <= _LONGEST_CACHED_KEY and len(_keys) < _CACHED_KEYS:
        _keys[raw] = key
    return key


def _check_depth(key: str) -> None:
    if key.count("[") > DEEPEST:
        raise MalformedForm(f"has brackets deeper than {DEEPEST}")


def read_multipart(body: bytes, content_type: str, *, max_fields: int, max_field_size: int) -> list[Pair]:
    """Read a multipart ``body``; return its text fields in the order of the wire, files left out.

    Raises MalformedForm as ``split`` does, and for a wrong boundary or a field larger than ``max_field_size`` bytes.
    """
    options = multipart.parse_options_header(content_type)[1]
    boundary = options.get("boundary", "")
    if not boundary:
        raise MalformedForm("names no boundary")
    if _is_without_parts(body, boundary):
        return []
    pairs: list[Pair] = []
    try:
        for name, value in _parts(body, boundary, max_fields, max_field_size):
            key, text = name, value.decode()
            if "\0" in key or "\0" in text:
                raise MalformedForm("holds a NUL character")
            _check_depth(key)
            pairs.append((key, text))
    except UnicodeDecodeError:
        raise MalformedForm("is not UTF-8") from None
    except multipart.MultipartError as reason:
        raise MalformedForm(f"is no multipart form: {reason}") from None
    return pairs


def _is_without_parts(body: bytes, boundary: str) -> bool:
    """Tell whether there is only the closing boundary, as Go's writer sends it when no field was added."""
    return body.strip() == b"--%s--" % boundary.encode("latin-1", "replace")


def _parts(body: bytes, boundary: str, max_fields: int, max_field_size: int) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    name, is_file, content = "", False, bytearray()
    with multipart.PushMultipartParser(boundary, max_segment_count=max_fields) as parser:
        for event in (*parser.parse(body), *parser.parse(b"")):
            if isinstance(event, multipart.MultipartSegment):
                name, is_file, content = event.name, event.filename is not None, bytearray()
            elif event:
                content += event
                if len(content) > max_field_size:
                    raise MalformedForm(f"has a field larger than {max_field_size} bytes")
            elif not is_file:
                found.append((name, bytes(content)))
    return found


class Form:
    """The fields of a form, as PHP sees them: the last one of a name wins, brackets make lists and mappings."""

    __slots__ = ("_last", "pairs")

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.pairs = pairs
        self._last = dict(pairs)

    def __contains__(self, name: str) -> bool:
        """Tell whether a plain field of this name was sent, be it empty."""
        return name in self._last

    def text(self, name: str, default: str = "") -> str:
        """Return the plain field ``name``, else ``default``."""
        return self._last.get(name, default)

    def texts(self, name: str) -> list[str]:
        """Return the values of ``name``, ``name[]``, ``name[0]`` and so on, in the order of the wire."""
        opening = name + "["
        found: dict[str, str] = {}
        for place, (key, value) in enumerate(self.pairs):
            if key == name:
                found[""] = value
            elif key.startswith(opening):
                found[f"[]{place}" if key == opening + "]" else key] = value
        return list(found.values())

    def mapping(self, name: str) -> dict[str, str]:
        """Return the values of ``name[this]``, ``name[that]`` by what stands in the brackets."""
        opening = name + "["
        skip = len(opening)
        return {
            key[skip:-1]: value
            for key, value in self._last.items()
            if key.startswith(opening) and key[-1] == "]" and "]" not in key[skip:-1]
        }

    def tree(self, name: str) -> Tree | str | None:
        """Return everything below ``name``, nested as the brackets say; a text, if it is a plain field; else nothing.

        ``name[]`` counts on from the highest number so far, as in PHP.
        """
        whole: Tree = {}
        for key, value in self.pairs:
            path = _path(key)
            if path[0] == name:
                _put(whole, path, value)
        return whole.get(name)


def _path(key: str) -> list[str]:
    """Part ``goods[0][good_name]`` into its steps; a name with broken brackets is a plain one."""
    name, bracket, rest = key.partition("[")
    if not bracket or not name or not rest.endswith("]"):
        return [key]
    return [name, *rest[:-1].split("][")]


def _put(tree: Tree, path: Sequence[str], value: str) -> None:
    *folders, last = path
    for step in folders:
        below = tree.get(_step(tree, step))
        if not isinstance(below, dict):
            below = tree[_step(tree, step)] = {}
        tree = below
    tree[_step(tree, last)] = value


def _step(tree: Tree, step: str) -> str:
    if step:
        return step
    numbers = [int(key) for key in tree if key.isdecimal()]
    return str(max(numbers) + 1 if numbers else 0)
