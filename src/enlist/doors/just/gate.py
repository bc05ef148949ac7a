"""The gate of the protocol: whose path is it, by which method, whose token; then the call, and its answer."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from enlist.domain.accounts import SiteDirectory
from enlist.doors.just import codes, paths
from enlist.doors.just.answering import CutOff, answer, answer_in_pieces
from enlist.doors.just.calls import Call, Services, Stream
from enlist.doors.just.codes import Reply
from enlist.doors.just.paths import Route
from enlist.doors.just.reading import read_fields
from enlist.kit.errors import Refusal
from enlist.runtime import metrics
from enlist.runtime.actors import Actor
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from enlist.runtime.http import App, BodyTooLarge, ClientGone, Receive, Scope, Send, answer_and_close, header
from enlist.runtime.settings import Settings

_log = logging.getLogger(__name__)

# How many seconds a report waits for others to end, before it is refused as busy.
_PATIENCE: Final = 5
_ACTOR: Final = Actor("protocol", "just")


def build(services: Services, directory: SiteDirectory, settings: Settings) -> App:
    """Make the ASGI app for every path below ``/api/user/v1/``."""
    services = replace(services, database=services.database.by(_ACTOR))
    return _Gate(services, directory, settings)


class _Gate:
    def __init__(self, services: Services, directory: SiteDirectory, settings: Settings) -> None:
        self._services = services
        self._directory = directory
        self._body_limit = settings.body_limit
        # A report holds a connection as long as its client reads; some are left to everybody else.
        self._room_for_reports = asyncio.Semaphore(max(1, settings.connections // 2))
        self._counters: dict[tuple[str, int], Callable[[], None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = paths.find(scope["path"])
        if route is None:
            reply = codes.NO_SUCH_PATH
            await answer(scope, send, reply)
        elif scope["method"] not in route.methods:
            reply = codes.WRONG_METHOD
            await answer(scope, send, reply, route.allow)
        else:
            try:
                reply = await self._serve(scope, receive, send, route)
            except ClientGone:
                return
        self._count(route, reply)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, route: Route) -> Reply:
        """Answer the call; return what was answered."""
        function = route.function
        try:
            found = await self._call(scope, receive, route)
            if isinstance(found, Stream):
                await self._report(scope, receive, send, found)
                return codes.DONE
            reply = found
        except BodyTooLarge:
            reply = codes.TOO_LARGE
            await answer_and_close(send, receive, reply.status, reply.body, reply.content_type)
            return reply
        except CutOff as reason:
            # Returning from an answer that is not whole makes the server cut the connection.
            _log.warning("a report of %s was cut off", function.name, exc_info=reason.__cause__)
            return function.failure
        except Refusal as refusal:
            reply = function.refusals[type(refusal)]
        except ClientGone:
            raise
        except (Busy, DatabaseAway):
            reply = function.failure
        except Exception:
            _log.exception("a call of %s failed", function.name)
            reply = function.failure
        await answer(scope, send, reply)
        return reply

    async def _call(self, scope: Scope, receive: Receive, route: Route) -> Reply | Stream:
        token = header(scope, b"x-auth-token")
        if not token:
            return codes.TOKEN_MISSING
        site = await self._directory.find(token)
        if site is None:
            return codes.TOKEN_UNKNOWN
        fields = await read_fields(scope, receive, self._body_limit)
        return await route.function.handler(Call(site, fields, route.channel, self._services))

    async def _report(self, scope: Scope, receive: Receive, send: Send, stream: Stream) -> None:
        try:
            await asyncio.wait_for(self._room_for_reports.acquire(), _PATIENCE)
        except TimeoutError:
            raise Busy("reports") from None
        try:
            await answer_in_pieces(scope, receive, send, stream)
        finally:
            self._room_for_reports.release()

    def _count(self, route: Route | None, reply: Reply) -> None:
        key = (route.function.name if route else "unknown", reply.status)
        if key not in self._counters:
            self._counters[key] = metrics.calls.labels("just", key[0], str(key[1])).inc
        self._counters[key]()
