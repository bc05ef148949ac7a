"""The few lines of ASGI that the plain doors share: reading a bounded body, headers, answering."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# A message of our own, for a ``send`` that has ``takes_whole``: head and body in one (docs/decisions/0002).
WHOLE: Final = "enlist.whole"
JSON: Final = b"application/json; charset=utf-8"
TEXT: Final = b"text/plain; charset=utf-8"

# How much of a refused body is still read, and for how many seconds, before the connection is cut.
MOST_THROWN_AWAY: Final = 32 * 1024 * 1024
PATIENCE: Final = 5


class BodyTooLarge(Exception):
    """The request's body is larger than the limit; most of it was not read."""


class ClientGone(Exception):
    """The client hung up before its request was read."""


def header(scope: Scope, name: bytes) -> str:
    """Return the request header called ``name`` (lower case); empty if it was not sent, the last one if repeated."""
    found = b""
    for key, value in scope["headers"]:
        if key == name:
            found = value
    return found.decode("latin-1")


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """Read the whole body, at most ``limit`` bytes.

    Raises BodyTooLarge, at once where the length is announced, and ClientGone.
    """
    announced = header(scope, b"content-length")
    if announced.isdigit() and int(announced) > limit:
        raise BodyTooLarge
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise BodyTooLarge
        return body
    return await _read_on(message, receive, limit)


async def _read_on(message: MutableMapping[str, Any], receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise BodyTooLarge
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()


def answer(send: Send, status: int, body: bytes, content_type: bytes) -> Awaitable[None]:
    """Send a whole answer."""
    return answer_bare(send, status, body, (b"content-type", content_type))


async def answer_bare(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    """Send a whole answer with these headers and its length."""
    if status != 204:
        headers = (*headers, (b"content-length", b"%d" % len(body)))
    if getattr(send, "takes_whole", False):
        await send({"type": WHOLE, "status": status, "headers": headers, "body": body})
        return
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


async def answer_and_close(send: Send, receive: Receive, status: int, body: bytes, content_type: bytes) -> None:
    """Send a whole answer and end the connection, reading on for a while what the client still sends.

    Closing at once would make the client's system throw the answer away together with the rest of its request.
    """
    start = _start(status, body, content_type)
    start["headers"].append((b"connection", b"close"))
    await send(start)
    await send({"type": "http.response.body", "body": body, "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await _throw_away(receive)
    await send({"type": "http.response.body", "body": b""})


async def _throw_away(receive: Receive) -> None:
    left = MOST_THROWN_AWAY
    while left > 0:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return
        left -= len(message.get("body", b""))


def _start(status: int, body: bytes, content_type: bytes) -> dict[str, Any]:
    headers = [(b"content-type", content_type), (b"content-length", b"%d" % len(body))]
    return {"type": "http.response.start", "status": status, "headers": headers}
