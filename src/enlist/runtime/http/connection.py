"""One connection of a client: requests are taken apart, answered one after another, and held to their bounds."""

import asyncio
import logging
from math import inf
from typing import TYPE_CHECKING, Any, Final

from enlist.runtime.http.answers import BODILESS, Answer, Header, head_of, plain, refusal, write_head
from enlist.runtime.http.framing import Chunked, Framing, Sized
from enlist.runtime.http.heads import BadHead, Head, read_head
from enlist.runtime.http.requests import Arriving, ClientGone, Request

if TYPE_CHECKING:
    from enlist.runtime.http.server import HttpServer

_log = logging.getLogger(__name__)

_END: Final = b"\r\n\r\n"
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_MEGABYTE: Final = 1024 * 1024


class Connection(asyncio.Protocol):
    """One connection. A request is begun once the one before it has been answered; until then it waits unread."""

    def __init__(self, server: "HttpServer") -> None:
        """Belong to ``server``, which looks at the deadlines of all its connections several times a second."""
        self.gone = False
        self.peer = ""
        self.address = ("", 0)  # where we were asked
        self._server = server
        self._app = server.app
        self._bounds = server.bounds
        self._loop = server.loop
        self._transport: Any = None
        self._buffer = b""  # what has come in and belongs to no request yet
        self._searched = 0  # how many bytes of it are known to hold no end of a head
        # The present request: who answers it, and its body as long as that is not whole.
        self._task: asyncio.Task[None] | None = None
        self._head: Head
        self._framing: Framing | None = None
        self._arriving: Arriving | None = None  # nobody wants the rest of the body, if this is None
        self._received = 0
        self._thrown_away = 0
        self._answered = False  # an answer has been begun
        self._whole = False  # ... and is whole
        self._keeps = True
        self._failure = 0  # the status that says why the rest of the body did not come
        self._deaf = False  # the connection ends: what still comes in is thrown away
        self._paused = False
        self._drained: asyncio.Future[None] | None = None
        self._lost: asyncio.Future[None] | None = None
        self._since = 0.0  # when the body began
        self._head_by = inf
        self._deadline = inf  # when what we wait for has to be here
        # How the client reads: unread bytes at the last look, and bytes sent since it became slow.
        self._unread = 0
        self._sent = 0
        self._behind_since = 0.0
        self._read_by = inf

    # --- called by the event loop ---

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a head, unless there are too many connections."""
        self._transport = transport
        peername = transport.get_extra_info("peername")
        self.peer = peername[0] if peername else ""
        sockname = transport.get_extra_info("sockname")
        self.address = (sockname[0], sockname[1]) if sockname and len(sockname) > 1 else ("", 0)
        self._head_by = self._deadline = self._loop.time() + self._bounds.head_seconds
        if not self._server.admit(self):
            self._transport.write(refusal(503))
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the handler that the client is gone; work in progress is still finished."""
        self.gone = True
        self._deadline = inf
        self._server.dismiss(self)
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(None)
        self._lose_body()
        self.resume_writing()

    def eof_received(self) -> bool:
        """Answer what is under way, as a client that has said all it wants to may still read."""
        self._keeps = False
        if self._deaf:
            return False
        self._lose_body()
        return self._task is not None

    def data_received(self, data: bytes) -> None:
        """Take what belongs to the present request; the rest waits for its turn."""
        try:
            if self._deaf:
                self._throw_away(len(data))
                return
            if self._framing is not None:
                data = self._take_body(data)
                if not data:
                    return
            self._buffer = self._buffer + data if self._buffer else data
            if self._task is None and self._framing is None:
                self._begin()
            elif len(self._buffer) > self._bounds.held:
                self._pause()
        except BadHead as reason:
            self._refuse(reason)

    def pause_writing(self) -> None:
        """Note that the client does not read as fast as we write."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let those go on who wait for the client to read."""
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None

    # --- called by the server ---

    def tick(self, now: float) -> None:
        """Look at the deadlines."""
        if now > self._deadline:
            self._end_late()
        unread = self._transport.get_write_buffer_size()
        if not unread:
            self._read_by = inf
        elif unread != self._unread or self._read_by == inf:
            if self._read_by == inf:
                self._behind_since, self._sent = now, unread
            whole_by = self._behind_since + self._bounds.megabyte_seconds * (1 + self._sent // _MEGABYTE)
            self._read_by = min(now + self._bounds.silence, whole_by)
        elif now > self._read_by:
            self._transport.abort()
        self._unread = unread

    def stop(self) -> None:
        """Close now if nothing is under way, else after the answer."""
        self._keeps = False
        if self._task is None:
            self._close()

    def abort(self) -> None:
        """Cut the connection, and end whatever is under way."""
        if self._task is not None:
            self._task.cancel()
        self._transport.abort()

    @property
    def at_work(self) -> asyncio.Task[None] | None:
        """The task that answers the present request, if there is one."""
        return self._task

    # --- what comes in ---

    def _begin(self) -> None:
        """Begin the next request if its head is whole. Raises BadHead."""
        data = self._buffer
        if not self._searched and data.startswith(b"\r\n"):  # RFC 9112 §2.2
            data = data.lstrip(b"\r\n")
        end = data.find(_END, self._searched)
        if end < 0 or end > self._bounds.head:
            self._check_incomplete(data)
            if data:
                self._deadline = self._head_by
            self._buffer = data
            self._searched = max(0, len(data) - 3)
            return
        self._searched = 0
        self._head = head = read_head(data[:end], self._bounds)
        self._keeps = head.keeps and self._keeps
        self._answered = self._whole = False
        self._deadline = inf
        rest = data[end + 4 :]
        length = head.length
        if length is not None and len(rest) >= length:
            body: bytes | Arriving = rest[:length]
            self._buffer = rest[length:]
        else:
            self._since = self._loop.time()
            self._received = 0
            self._framing = Chunked(self._bounds) if length is None else Sized(length)
            self._arriving = body = Arriving(length, self._let_body_in)
            self._buffer = self._take_body(rest)
        self._task = self._loop.create_task(self._answer(Request(head, self.peer, self, body)))

    def _check_incomplete(self, data: bytes) -> None:
        bounds = self._bounds
        if data and not 0x20 < data[0] < 0x7F:
            raise BadHead(400, "this is not HTTP")
        if len(data) > bounds.head:
            raise BadHead(431 if 0 <= data.find(b"\n") < bounds.head else 414, "too long a head")
        if data.count(b"\n", self._searched) and data.count(b"\n") > bounds.lines + 1:
            raise BadHead(431, "too many header lines")

    def _take_body(self, data: bytes) -> bytes:
        """Take what belongs to the body; return what follows it. Raises BadHead."""
        assert self._framing is not None
        part, rest = self._framing.feed(data)
        self._received += len(part)
        complete = self._framing.complete
        arriving = self._arriving
        if arriving is not None:
            arriving.feed(part)
            if complete:
                self._framing = self._arriving = None
                self._deadline = inf
                arriving.end()
            else:
                self._expect_body()
                if arriving.is_ahead(self._bounds.held):
                    self._pause()
        elif complete:
            self._framing = None
            self._buffer = rest
            self._rest()
            return b""
        else:
            self._throw_away(len(part))
        return rest

    def _throw_away(self, size: int) -> None:
        self._thrown_away += size
        if self._thrown_away > self._bounds.thrown_away:
            self._close()

    def _let_body_in(self) -> None:
        """Take more of the body: somebody waits for it."""
        self._resume()
        self._expect_body()
        if self._head.expects and not self._answered:
            self._head.expects = False
            self._transport.write(_CONTINUE)

    def _expect_body(self) -> None:
        whole_by = self._since + self._bounds.megabyte_seconds * (1 + self._received // _MEGABYTE)
        self._deadline = min(self._loop.time() + self._bounds.silence, whole_by)

    def _lose_body(self) -> None:
        if self._arriving is not None:
            self._arriving.lose()

    # --- answering ---

    async def _answer(self, request: Request) -> None:
        try:
            answer = await self._app(request)
            if answer is not None:
                self._write(answer)
        except ClientGone:
            self._keeps = False
        except asyncio.CancelledError:
            self._transport.abort()
            raise
        except Exception:
            _log.exception("a request failed")
            if not self._answered:
                self._write(plain(500, b"Internal Server Error\n", close=True))
        if self._drained is not None:  # the next request waits until this answer is read
            await self._drained
        self._end()

    def _write(self, answer: Answer) -> None:
        """Write a whole answer in one call of the system, which is a tenth of what a small one costs."""
        if self._answered:
            raise RuntimeError("an answer was begun before")
        head = head_of(answer)
        self._answered = self._whole = True
        if self.gone or self._failure:
            return
        if answer.close or (self._framing is not None and self._head.expects):
            self._keeps = False
        body = answer.body
        if answer.status in BODILESS:
            body = b""
        else:
            head += b"content-length: %d\r\n" % (len(body) if answer.length is None else answer.length)
            if self._head.method == "HEAD":
                body = b""
        self._transport.write(b"%b%b%b%b" % (head, self._server.date, self._last_lines(), body))

    def begin(self, status: int, headers: tuple[Header, ...]) -> "_Pieces":
        """Begin an answer whose length is not known; its head goes out with its first piece."""
        if self._answered:
            raise RuntimeError("an answer was begun before")
        head = write_head(status, headers)
        self._answered = True
        chunked = self._head.minor > 0
        if chunked:
            head += b"transfer-encoding: chunked\r\n"
        else:
            self._keeps = False
        head = b"%b%b%b" % (head, self._server.date, self._last_lines())
        return _Pieces(self, head, chunked=chunked, silent=self._head.method == "HEAD")

    async def send(self, data: bytes) -> None:
        """Send a part of an answer; return once most of it has been read. Raises ClientGone."""
        if self.gone:
            raise ClientGone
        self._transport.write(data)
        self._sent += len(data)
        if self._drained is not None:
            await self._drained
            if self.gone:
                raise ClientGone

    async def wait_until_gone(self) -> None:
        """Wait until the client hangs up."""
        if not self.gone:
            if self._lost is None:
                self._lost = self._loop.create_future()
            await asyncio.shield(self._lost)

    def finish(self, data: bytes) -> None:
        """Send the last part of an answer."""
        self._whole = True
        if data and not self.gone:
            self._transport.write(data)

    def _last_lines(self) -> bytes:
        if not self._keeps:
            return b"connection: close\r\n\r\n"
        return b"\r\n" if self._head.minor else b"connection: keep-alive\r\n\r\n"

    # --- what follows an answer ---

    def _end(self) -> None:
        """Go on with the next request, or with the end of the connection."""
        self._task = None
        if self.gone:
            return
        if self._failure:
            self._transport.write(refusal(self._failure))
            self._linger()
        elif not self._whole:
            self._transport.abort()
        elif not self._keeps or self._server.stopping:
            self._linger() if self._framing is not None or self._paused else self._close()
        elif self._framing is not None:
            self._arriving = None  # the rest of the body is thrown away
            self._thrown_away = 0
            self._deadline = self._loop.time() + self._bounds.patience
            self._resume()
        else:
            self._rest()

    def _rest(self) -> None:
        """Wait for the next request, which may be here already."""
        self._resume()
        now = self._loop.time()
        self._deadline = now + self._bounds.idle
        self._head_by = now + self._bounds.head_seconds
        if self._buffer:
            try:
                self._begin()
            except BadHead as reason:
                self._refuse(reason)

    def _refuse(self, reason: BadHead) -> None:
        """Answer what is no request, or whose body breaks off, and end the connection."""
        _log.debug("%s sent no request: %s", self.peer, reason)
        if self._task is not None:
            self._fail(reason.status)
        elif self._framing is not None:  # its answer was sent before
            self._close()
        else:
            self._transport.write(refusal(reason.status))
            self._linger()

    def _fail(self, status: int) -> None:
        """Tell the reader of the body that the rest will not come; the answer is then ``status``."""
        self._failure = status
        self._deadline = inf
        self._lose_body()
        self._deaf, self._framing = True, None

    def _end_late(self) -> None:
        """End a connection that was waited for long enough, and say so where a request was begun."""
        if self._task is not None:
            self._fail(408)
        elif self._buffer:
            self._transport.write(refusal(408))
            self._linger()
        else:
            self._close()

    def _linger(self) -> None:
        """Say that no more will be said, and read on for a while.

        Closing at once would make the client's system throw away our answer together with the rest of its request.
        """
        self._deaf = True
        self._framing = self._arriving = None
        self._buffer = b""
        self._thrown_away = 0
        self._deadline = self._loop.time() + self._bounds.patience
        self._resume()
        self._transport.write_eof()

    def _close(self) -> None:
        self._deaf = True
        self._deadline = inf
        self._transport.close()

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resume_reading()


class _Pieces:
    """An answer that is sent piece by piece; to HEAD its head alone."""

    def __init__(self, connection: Connection, head: bytes, *, chunked: bool, silent: bool) -> None:
        self._connection = connection
        self._head = head
        self._chunked = chunked
        self._silent = silent

    async def write(self, piece: bytes) -> None:
        """Send a piece; return once the client has read most of what was sent. Raises ClientGone."""
        if piece:
            framed = b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece
            await self._connection.send(self._take_head() + (b"" if self._silent else framed))

    def end(self) -> None:
        """Say that the answer is whole. One that never is ends by cutting the connection."""
        last = b"0\r\n\r\n" if self._chunked and not self._silent else b""
        self._connection.finish(self._take_head() + last)

    def _take_head(self) -> bytes:
        head, self._head = self._head, b""
        return head
