"""Writing answers: bare bodies, heads without one, and reports that are sent while they are being read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final

from enlist.doors.just.calls import Stream
from enlist.doors.just.codes import JSON, Reply
from enlist.runtime.http import Receive, Scope, Send

# How many seconds a client may take to accept a piece of a report: a transaction is open as long.
PATIENCE: Final = 20


class CutOff(Exception):
    """A report broke off behind its first piece: the connection has to end before the answer does."""


async def answer(scope: Scope, send: Send, reply: Reply, allow: bytes = b"") -> None:
    """Send a whole answer; to a HEAD the same one without its body."""
    headers = [(b"content-type", reply.content_type), (b"content-length", b"%d" % len(reply.body))]
    if allow:
        headers.append((b"allow", allow))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})


async def answer_in_pieces(scope: Scope, receive: Receive, send: Send, stream: Stream) -> None:
    """Send a report piece by piece, never holding more of it than one.

    Raises what the report raises before its first piece, as nothing is sent by then, and CutOff later on. Ends early
    when the client is gone.
    """
    pieces = stream.pieces
    gone = asyncio.ensure_future(_wait_until_gone(receive))
    try:
        piece = await anext(pieces)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", JSON)]})
        if scope["method"] != "HEAD":
            try:
                await _send_pieces(send, piece, pieces, gone)
            except Exception as reason:
                raise CutOff(f"{type(reason).__name__}: {reason}") from reason
        await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone
        await pieces.aclose()  # type: ignore[attr-defined]  # an asynchronous generator


async def _send_pieces(send: Send, piece: bytes, rest: AsyncIterator[bytes], gone: "asyncio.Future[None]") -> None:
    await _send_piece(send, piece)
    async for another in rest:
        if gone.done():
            return
        await _send_piece(send, another)


async def _send_piece(send: Send, piece: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _wait_until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
