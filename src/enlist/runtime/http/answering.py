"""Answering in a plain door: whole answers, and last words before a connection is ended."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, Final

from enlist.runtime.http.asgi import WHOLE, Receive, Send

# How much of a refused body is still read, and for how many seconds, before the connection is cut.
MOST_THROWN_AWAY: Final = 32 * 1024 * 1024
PATIENCE: Final = 5


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
