"""Reading the head of a request: strict where a mistake could part two requests wrongly, lenient in the target."""

import re
from typing import Final, NoReturn
from urllib.parse import quote_from_bytes, unquote

from enlist.runtime.http.bounds import Bounds

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ABSOLUTE: Final = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)
_SLASHES: Final = re.compile("//+")
_DIGITS: Final = re.compile("[0-9]{1,15}")
# Every visible ASCII character stays as it is; what lies above is percent-encoded.
_VISIBLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_MOST_LINES: Final = 2048
_LONGEST_LINE_KEPT: Final = 96


class BadHead(Exception):
    """A head cannot be served; ``status`` is what to answer."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Head:
    """The head of one request, as all doors see it.

    ``path`` is decoded and has no two slashes in a row; ``raw_path`` and ``query`` are as they were sent, but for bytes
    above ASCII, which are percent-encoded. ``headers`` has every name in lower case once: several lines of one name are
    joined by ``, ``, those of cookies by ``; ``. ``length`` is that of the body; None if it comes in chunks.
    """

    __slots__ = ("expects", "headers", "keeps", "length", "method", "minor", "path", "query", "raw_path")

    method: str
    path: str
    raw_path: str
    query: bytes
    headers: dict[str, str]
    minor: int  # of HTTP/1
    keeps: bool  # the connection stays open afterwards
    expects: bool  # the client waits for "100 Continue" before it sends the body
    length: int | None


def read_head(raw: bytes, bounds: Bounds) -> Head:
    """Read a head, without the empty line at its end (RFC 9112 §§2-6). Raises BadHead."""
    text = raw.decode("latin-1")
    lines = text.split("\r\n")
    breaks = len(lines) - 1
    if text.count("\n") != breaks or text.count("\r") != breaks or "\0" in text:
        _refuse(400, "a line that does not end in CRLF, or a NUL")
    if breaks > bounds.lines:
        _refuse(431, "too many header lines")
    head = Head()
    target = _read_request_line(head, lines[0])
    head.headers = _read_headers(lines)
    _read_target(head, target)
    _read_framing(head)
    return head


def _read_request_line(head: Head, line: str) -> str:
    parts = line.split(" ")
    if len(parts) != 3:
        _refuse(400, "a request line of not three parts")
    head.method, target, version = parts
    if version == "HTTP/1.1":
        head.minor = 1
    elif version == "HTTP/1.0":
        head.minor = 0
    else:
        _refuse(505 if version.startswith("HTTP/") else 400, "another version than 1.0 and 1.1")
    if not _TOKEN.fullmatch(head.method):
        _refuse(400, "a method that is no word")
    return target


def _read_headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines[1:]:
        key, value = _lines[line]
        if key in headers:
            if key in ("host", "content-length", "transfer-encoding"):
                _refuse(400, f"two lines of {key}")
            value = f"{headers[key]}{'; ' if key == 'cookie' else ', '}{value}"
        headers[key] = value
    return headers


class _Lines(dict[str, tuple[str, str]]):
    """Names, in lower case, and values by the lines that said them: clients send the same few lines again and again."""

    def __missing__(self, line: str) -> tuple[str, str]:
        name, colon, value = line.partition(":")
        if not colon:
            _refuse(400, "a header line without a colon")
        if not _TOKEN.fullmatch(name):
            _refuse(400, "a header name that is no word")
        read = name.lower(), value.strip(" \t")
        if len(line) <= _LONGEST_LINE_KEPT:
            if len(self) >= _MOST_LINES:
                self.clear()  # a flood of made-up lines must not keep the usual ones out
            self[line] = read
        return read


_lines: Final = _Lines()


def _read_target(head: Head, target: str) -> None:
    if not target.startswith("/"):
        absolute = _ABSOLUTE.match(target)
        if absolute is not None:  # RFC 9112 §3.2.2: its host counts
            head.headers["host"] = absolute[1]
            target = target[absolute.end() :]
            target = target if target.startswith("/") else f"/{target}"
        elif not (target == "*" and head.method == "OPTIONS"):
            _refuse(400, "a target that is no path")
    if not target.isascii() or not target.isprintable():
        target = _plain(target)
    raw_path, _, query = target.partition("#")[0].partition("?")
    head.raw_path = raw_path
    head.query = query.encode("ascii")
    path = unquote(raw_path) if "%" in raw_path else raw_path
    head.path = _SLASHES.sub("/", path) if "//" in path else path
    if "host" not in head.headers and head.minor == 1:
        _refuse(400, "no Host")


def _plain(target: str) -> str:
    """Percent-encode what is not ASCII, as old scripts send it raw."""
    if any(char < "!" or char == "\x7f" for char in target):
        _refuse(400, "a control character in the target")
    return quote_from_bytes(target.encode("latin-1"), safe=_VISIBLE)


def _read_framing(head: Head) -> None:
    headers = head.headers
    length = headers.get("content-length")
    coding = headers.get("transfer-encoding")
    if coding is not None:
        if length is not None or head.minor == 0:
            _refuse(400, "a body of two lengths")
        if coding.lower() != "chunked":
            _refuse(501, "a transfer coding other than chunked")
        head.length = None
    elif length is None:
        head.length = 0
    elif _DIGITS.fullmatch(length):
        head.length = int(length)
    else:
        _refuse(400, "a length that is no number")
    connection = headers.get("connection")
    if connection is None:
        head.keeps = head.minor == 1
    else:
        words = {word.strip() for word in connection.lower().split(",")}
        head.keeps = "close" not in words and (head.minor == 1 or "keep-alive" in words)
    head.expects = head.minor == 1 and headers.get("expect", "").lower() == "100-continue"


def _refuse(status: int, reason: str) -> NoReturn:
    raise BadHead(status, reason)
