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
from enlist.doors.just.settings import JustSettings
from enlist.kit.errors import Refusal
from enlist.runtime import metrics
from enlist.runtime.actors import Actor
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from enlist.runtime.http import Answer, App, BodyTooLarge, ClientGone, Request

_log = logging.getLogger(__name__)

# How many seconds a report waits for others to end, before it is refused as busy.
_PATIENCE: Final = 5
_ACTOR: Final = Actor("protocol", "just")


def build(services: Services, directory: SiteDirectory, settings: JustSettings) -> App:
    """Make the app for every path below ``/api/user/v1/``."""
    services = replace(services, database=services.database.by(_ACTOR))
    return _Gate(services, directory, settings)


class _Gate:
    def __init__(self, services: Services, directory: SiteDirectory, settings: JustSettings) -> None:
        self._services = services
        self._directory = directory
        self._body_limit = settings.body_limit
        # A report holds a connection as long as its client reads; some are left for everything else.
        self._room_for_reports = asyncio.Semaphore(max(1, settings.connections // 2))
        self._counters: dict[tuple[str, int], Callable[[], None]] = {}

    async def __call__(self, request: Request) -> Answer | None:
        route = paths.find(request.path)
        if route is None:
            self._count(None, codes.NO_SUCH_PATH)
            return answer(codes.NO_SUCH_PATH)
        if request.method not in route.methods:
            self._count(route, codes.WRONG_METHOD)
            return answer(codes.WRONG_METHOD, (b"allow", route.allow))
        try:
            reply = await self._serve(request, route)
        except ClientGone:
            return None
        except CutOff as reason:
            # An answer that is begun and not whole makes the server cut the connection.
            _log.warning("a report of %s was cut off", route.function.name, exc_info=reason.__cause__)
            self._count(route, route.function.failure)
            return None
        self._count(route, reply or codes.DONE)
        return answer(reply, close=reply is codes.TOO_LARGE) if reply else None

    async def _serve(self, request: Request, route: Route) -> Reply | None:
        """Say what the call is answered with; None if it has been told already, piece by piece."""
        function = route.function
        try:
            found = await self._call(request, route)
            if isinstance(found, Stream):
                await self._report(request, found)
                return None
        except BodyTooLarge:
            return codes.TOO_LARGE
        except Refusal as refusal:
            return function.refusals[type(refusal)]
        except (ClientGone, CutOff):
            raise
        except (Busy, DatabaseAway):
            return function.failure
        except Exception:
            _log.exception("a call of %s failed", function.name)
            return function.failure
        return found

    async def _call(self, request: Request, route: Route) -> Reply | Stream:
        token = _token(request)
        if not token:
            return codes.TOKEN_MISSING
        site = await self._directory.find(token)
        if site is None:
            return codes.TOKEN_UNKNOWN
        fields = await read_fields(request, self._body_limit)
        return await route.function.handler(Call(site, fields, route.channel, self._services))

    async def _report(self, request: Request, stream: Stream) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._room_for_reports.acquire()
        except TimeoutError:
            raise Busy("reports") from None
        try:
            await answer_in_pieces(request, stream)
        finally:
            self._room_for_reports.release()

    def _count(self, route: Route | None, reply: Reply) -> None:
        key = (route.function.name if route else "unknown", reply.status)
        if key not in self._counters:
            self._counters[key] = metrics.calls.labels("just", key[0], str(key[1])).inc
        self._counters[key]()


def _token(request: Request) -> str:
    """Read the token; several header lines count only if they say the same, else they make none that exists."""
    token = request.header("x-auth-token")
    first, comma, _ = token.partition(", ")
    return first if comma and set(token.split(", ")) == {first} else token
