"""Writing answers: bare bodies, and reports that are sent while they are being read."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from enlist.doors.just.calls import Stream
from enlist.doors.just.codes import JSON, Reply
from enlist.runtime.http import Answer, ClientGone, Request, Sink

# How many seconds a client may take to accept a piece of a report: a transaction is open as long.
PATIENCE: Final = 20


class CutOff(Exception):
    """A report broke off after its first piece: the connection has to end before the answer does."""


def answer(reply: Reply, *headers: tuple[bytes, bytes], close: bool = False) -> Answer:
    """Make a whole answer."""
    return Answer(reply.status, reply.body, (b"content-type", reply.content_type), *headers, close=close)


async def answer_in_pieces(request: Request, stream: Stream) -> None:
    """Send a report piece by piece, never holding more of it than one.

    Raises what the report raises before its first piece, as nothing is sent by then, and CutOff later on. Ends early
    when the client is gone.
    """
    pieces = stream.pieces
    try:
        piece = await anext(pieces)
        sink = request.begin(200, (b"content-type", JSON))
        if request.method != "HEAD":
            try:
                await _send_pieces(sink, piece, pieces)
            except ClientGone:
                return
            except Exception as reason:
                raise CutOff(f"{type(reason).__name__}: {reason}") from reason
        sink.end()
    finally:
        await pieces.aclose()  # type: ignore[attr-defined]  # an asynchronous generator


async def _send_pieces(sink: Sink, piece: bytes, rest: AsyncIterator[bytes]) -> None:
    await _send_piece(sink, piece)
    async for another in rest:
        await _send_piece(sink, another)


async def _send_piece(sink: Sink, piece: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        await sink.write(piece)
