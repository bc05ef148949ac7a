"""Where a body ends: after its stated length, or after its last chunk (RFC 9112 §§6-7). Trailers are read over."""

import re
from typing import Final, Protocol

from enlist.runtime.http.bounds import Bounds
from enlist.runtime.http.heads import BadHead

_SIZE: Final = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\r\n\0]*)?")
_LONGEST_LINE: Final = 4096


class Framing(Protocol):
    """Takes what comes in after a head, and tells what of it is the body."""

    complete: bool

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Take ``data``; return what of it belongs to the body, and what follows after its end. Raises BadHead."""


class Sized:
    """A body whose length was announced."""

    __slots__ = ("_left", "complete")

    def __init__(self, length: int) -> None:
        self._left = length
        self.complete = False

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Take ``data``; return the body's part of it, and what follows."""
        part, rest = data[: self._left], data[self._left :]
        self._left -= len(part)
        self.complete = not self._left
        return part, rest


class Chunked:
    """A body that comes in chunks.

    What stands beside the chunks, extensions and trailers, may be as long as a head.
    """

    __slots__ = ("_beside", "_bounds", "_left", "_line", "_lines", "_state", "complete")

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._state = _SIZES
        self._left = 0
        self._line = b""
        self._beside = 0  # bytes that are no body
        self._lines = 0  # of trailers
        self.complete = False

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Take ``data``; return what of it belongs to the body, and what follows after its end. Raises BadHead."""
        if self._line:
            data, self._line = self._line + data, b""
        parts = []
        at = 0
        while at < len(data) and not self.complete:
            if self._state is _DATA:
                part = data[at : at + self._left]
                parts.append(part)
                at += len(part)
                self._left -= len(part)
                if not self._left:
                    self._state = _ENDS
                continue
            end = data.find(b"\n", at)
            if (len(data) if end < 0 else end) - at > _LONGEST_LINE:
                raise BadHead(431, "too long a line between chunks")
            if end < 0:
                self._line = data[at:]
                return b"".join(parts), b""
            if end == at or data[end - 1] != 13:
                raise BadHead(400, "a line between chunks that does not end in CRLF")
            self._read_line(data[at : end - 1])
            at = end + 1
        return b"".join(parts), data[at:]

    def _read_line(self, line: bytes) -> None:
        if self._state is _ENDS:
            if line:
                raise BadHead(400, "a chunk longer than it said")
            self._state = _SIZES
            return
        if self._state is _SIZES:
            size = _SIZE.fullmatch(line)
            if size is None:
                raise BadHead(400, "a chunk without a size")
            self._left = int(size[1], 16)
            # A size itself is free: a large body may have many chunks.
            self._beside += len(line) - len(size[1])
            self._state = _DATA if self._left else _TRAILERS
        elif line:
            self._beside += len(line)
            self._lines += 1
        else:
            self.complete = True
        if self._beside > self._bounds.head or self._lines > self._bounds.lines:
            raise BadHead(431, "too much beside the chunks")


_SIZES, _DATA, _ENDS, _TRAILERS = "sizes", "data", "ends", "trailers"
