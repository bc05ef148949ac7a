"""The door itself: one app that takes a call through the gate to its function and answers it, signed."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from enlist.domain.accounts import Account, Directory
from enlist.doors.justclick.api import codes, contacts, envelope, leads, orders, partners, products
from enlist.doors.justclick.api.calls import KEYED, SIGNED, USUAL_FAULTS, Call, Function, Services
from enlist.doors.justclick.api.codes import Reply
from enlist.doors.justclick.api.envelope import Turned
from enlist.doors.justclick.api.settings import ApiSettings
from enlist.doors.justclick.fields import Fault
from enlist.kit.addresses import client_address
from enlist.kit.errors import Refusal
from enlist.kit.php_form import MalformedForm
from enlist.runtime import metrics
from enlist.runtime.actors import Actor
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from enlist.runtime.http import JSON, Answer, App, BodyTooLarge, ClientGone, Request, plain
from enlist.runtime.limits import RateLimit

_log = logging.getLogger(__name__)

PREFIX: Final = "/api/"
FUNCTIONS: Final = (
    *contacts.FUNCTIONS,
    *leads.FUNCTIONS,
    *products.FUNCTIONS,
    *orders.FUNCTIONS,
    *partners.FUNCTIONS,
)

# The functions of one name, by generation.
Named = Mapping[int, Function]
_UNKNOWN: Final[tuple[str, Named]] = ("unknown", {})


_ACTOR: Final = Actor("protocol", "justclick")


def build(services: Services, directory: Directory, settings: ApiSettings) -> App:
    """Make the app for every path below ``/api/`` that no other door takes."""
    services = replace(services, database=services.database.by(_ACTOR))
    return _Door(services, directory, settings, FUNCTIONS)


class _Door:
    def __init__(
        self, services: Services, directory: Directory, settings: ApiSettings, functions: Iterable[Function]
    ) -> None:
        self._services = services
        self._directory = directory
        self._trusted = settings.trusted_proxies
        self._body_limit = settings.body_limit
        self._functions = _by_name(functions)
        self._within_limit = _limit(settings)
        self._counters: dict[tuple[str, int], Callable[[], None]] = {}

    async def __call__(self, request: Request) -> Answer | None:
        name, named = self._functions.get(request.path[len(PREFIX) :].strip("/").lower(), _UNKNOWN)
        account: Account | None = None
        close = False
        try:
            account = await self._directory.find(request.header("host"))
            reply = await self._serve(request, account, named)
        except Turned as turned:
            reply = turned.reply
        except BodyTooLarge:
            reply, close = codes.WRONG_DATA, True
        except (Busy, DatabaseAway):
            reply = codes.BUSY
        except ClientGone:
            return None
        except Exception:
            _log.exception("a call of %s failed", name)
            reply = codes.BUSY
        self._count(name, reply)
        return plain(200, envelope.seal(reply, account.api_key if account else ""), JSON, close=close)

    async def _serve(self, request: Request, account: Account | None, named: Named) -> Reply:
        ip = request.peer
        if self._trusted:
            ip = client_address(ip, request.header("x-forwarded-for") or None, self._trusted)
        account = envelope.check_caller(account, ip, self._within_limit)
        form, proved = await envelope.read_form(request, account, self._body_limit)
        # A call that proves itself in both ways is one of the second generation, if there is such a function.
        if KEYED in proved and KEYED in named:
            generation = KEYED
        elif SIGNED in proved and SIGNED in named:
            generation = SIGNED
        else:
            return codes.WRONG_DATA
        function = named[generation]
        try:
            reply = await function.handler(Call(account, form, self._services, generation))
        except MalformedForm:  # brackets too deep, found when their field is read
            return codes.WRONG_DATA
        except Fault as fault:
            return function.faults.get(type(fault)) or USUAL_FAULTS[type(fault)]
        except Refusal as refusal:
            return function.refusals[type(refusal)](refusal)
        return codes.in_capitals(reply) if generation == KEYED else reply

    def _count(self, name: str, reply: Reply) -> None:
        key = (name, reply.code)
        if key not in self._counters:
            self._counters[key] = metrics.calls.labels("justclick", name, str(reply.code)).inc
        self._counters[key]()


def _by_name(functions: Iterable[Function]) -> Mapping[str, tuple[str, Named]]:
    """Sort functions by their names in lower case, as clients spell them in every way (api-1.0.md §1)."""
    found: dict[str, tuple[str, dict[int, Function]]] = {}
    for function in functions:
        _, named = found.setdefault(function.name.lower(), (function.name, {}))
        for generation in function.generations:
            if generation in named:
                raise ValueError(f"{function.name} is served twice in generation {generation}")
            named[generation] = function
    return found


def _limit(settings: ApiSettings) -> Callable[[str], bool]:
    if settings.request_limit is None:
        return lambda _: True
    return RateLimit(settings.request_limit.requests, settings.request_limit.span).allows
