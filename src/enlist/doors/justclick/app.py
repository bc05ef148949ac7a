"""The door itself: one ASGI app that takes a call through the gate to its function and answers it, signed."""

import logging
from collections.abc import Callable, Iterable
from itertools import chain

from enlist.domain.accounts import Account, Directory
from enlist.doors.justclick import codes, contacts, envelope
from enlist.doors.justclick.calls import Call, Function, Services
from enlist.doors.justclick.codes import Reply
from enlist.doors.justclick.envelope import Turned
from enlist.kit.addresses import client_address
from enlist.kit.errors import Refusal
from enlist.kit.php_form import MalformedForm
from enlist.runtime import metrics
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from enlist.runtime.http import (
    JSON,
    App,
    BodyTooLarge,
    ClientGone,
    Receive,
    Scope,
    Send,
    answer,
    answer_and_close,
    header,
)
from enlist.runtime.limits import RateLimit
from enlist.runtime.settings import Settings

_log = logging.getLogger(__name__)

PREFIX = "/api/"


def build(services: Services, directory: Directory, settings: Settings) -> App:
    """Make the ASGI app for every path below ``/api/`` that no other door takes."""
    return _Door(services, directory, settings, chain(contacts.FUNCTIONS))


class _Door:
    def __init__(
        self, services: Services, directory: Directory, settings: Settings, functions: Iterable[Function]
    ) -> None:
        self._services = services
        self._directory = directory
        self._trusted = settings.trusted_proxies
        self._body_limit = settings.body_limit
        # Clients spell names in different letter cases (api-1.0.md §1).
        self._functions = {function.name.lower(): function for function in functions}
        self._within_limit = _limit(settings)
        self._counters: dict[tuple[str, int], Callable[[], None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        function = self._functions.get(scope["path"][len(PREFIX) :].strip("/").lower())
        account: Account | None = None
        close = False
        try:
            account = await self._directory.find(header(scope, b"host"))
            reply = await self._serve(scope, receive, account, function)
        except Turned as turned:
            reply = turned.reply
        except BodyTooLarge:
            reply, close = codes.WRONG_DATA, True
        except (Busy, DatabaseAway):
            reply = codes.BUSY
        except ClientGone:
            return
        except Exception:
            _log.exception("a call of %s failed", function.name if function else "an unknown function")
            reply = codes.BUSY
        self._count(function, reply)
        body = envelope.seal(reply, account.api_key if account else "")
        if close:
            await answer_and_close(send, receive, 200, body, JSON)
        else:
            await answer(send, 200, body, JSON)

    async def _serve(self, scope: Scope, receive: Receive, account: Account | None, function: Function | None) -> Reply:
        peer = scope["client"][0] if scope.get("client") else ""
        ip = client_address(peer, header(scope, b"x-forwarded-for") or None, self._trusted) if self._trusted else peer
        account = envelope.check_caller(account, ip, self._within_limit)
        form = await envelope.read_form(scope, receive, account, self._body_limit)
        if function is None:
            return codes.WRONG_DATA
        try:
            return await function.handler(Call(account, form, self._services))
        except MalformedForm:  # brackets too deep, found when their field is read
            return codes.WRONG_DATA
        except Refusal as refusal:
            return function.refusals[type(refusal)](refusal)

    def _count(self, function: Function | None, reply: Reply) -> None:
        key = (function.name if function else "unknown", reply.code)
        if key not in self._counters:
            self._counters[key] = metrics.calls.labels("justclick", key[0], str(key[1])).inc
        self._counters[key]()


def _limit(settings: Settings) -> Callable[[str], bool]:
    if settings.request_limit is None:
        return lambda _: True
    return RateLimit(settings.request_limit.requests, settings.request_limit.span).allows
