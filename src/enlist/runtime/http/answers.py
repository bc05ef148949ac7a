"""What a door answers with, and how it is written."""

from functools import lru_cache
from http import HTTPStatus
from typing import Final

Header = tuple[bytes, bytes]

JSON: Final = b"application/json; charset=utf-8"
TEXT: Final = b"text/plain; charset=utf-8"

_LINES: Final = {status.value: b"HTTP/1.1 %d %b\r\n" % (status.value, status.phrase.encode()) for status in HTTPStatus}
# Answers with these never have a body (RFC 9110 §6.4.1).
BODILESS: Final = frozenset({204, 304})


class Answer:
    """A whole answer: the server adds its length, the date, and what concerns the connection."""

    __slots__ = ("body", "close", "headers", "length", "status")

    def __init__(
        self, status: int, body: bytes, *headers: Header, close: bool = False, length: int | None = None
    ) -> None:
        """Answer with ``body``; ``close`` ends the connection, ``length`` is told where HEAD spares the body."""
        self.status = status
        self.body = body
        self.headers = headers
        self.close = close
        self.length = length


def plain(status: int, body: bytes, content_type: bytes = TEXT, *, close: bool = False) -> Answer:
    """Answer with this body of this type."""
    return Answer(status, body, (b"content-type", content_type), close=close)


@lru_cache(maxsize=256)
def _plain_head(status: int, content_type: bytes) -> bytes:
    return write_head(status, ((b"content-type", content_type),))


def head_of(answer: Answer) -> bytes:
    """Do as ``write_head``, remembering the heads that only name a type: nearly all answers to calls have one."""
    headers = answer.headers
    if len(headers) == 1 and headers[0][0] == b"content-type":
        return _plain_head(answer.status, headers[0][1])
    return write_head(answer.status, headers)


def write_head(status: int, headers: tuple[Header, ...]) -> bytes:
    """Write the head of an answer, but for its last line. Raises ValueError for a header that would be several."""
    head = (_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status) + b"".join([b"%b: %b\r\n" % pair for pair in headers])
    # Whatever the values hold, the lines are those of the headers.
    breaks = head.count(b"\n")
    if breaks != head.count(b"\r") or breaks != 1 + len(headers) or b"\0" in head:
        raise ValueError("a header that would be several")
    return head


def refusal(status: int) -> bytes:
    """Write the whole answer to what is no request: no door is asked."""
    body = b"%b\n" % HTTPStatus(status).phrase.encode()
    return b"%bcontent-type: %b\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b" % (
        _LINES[status], TEXT, len(body), body,
    )  # fmt: skip
