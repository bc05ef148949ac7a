"""One app of the pages of several doors, without scripts of its own."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from enlist.doors.web import problems, showing
from enlist.doors.web.desk import Desk, NoSuchPage
from enlist.doors.web.languages import preferred
from enlist.kit.php_form import MalformedForm
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from enlist.runtime.http import App, BodyTooLarge, ClientGone
from enlist.runtime.http.asgi import app_of

_log = logging.getLogger(__name__)


class Door(msgspec.Struct, frozen=True):
    """The pages of a door: what serves them, what they work with besides the desk, by the names of their parameters.

    ``answers`` are for exceptions of its own.
    """

    handlers: Sequence[HTTPRouteHandler]
    services: Mapping[str, object] = {}
    answers: Mapping[type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Any]]] = {}


def build(desk: Desk, doors: Iterable[Door]) -> App:
    """Make the app for every path that no other door takes: the pages of ``doors``, which work with ``desk``."""
    doors = tuple(doors)
    services: dict[str, object] = {"desk": desk}
    for door in doors:
        services |= door.services
    litestar = Litestar(
        [handler for door in doors for handler in door.handlers],
        dependencies={name: _provided(service) for name, service in services.items()},
        exception_handlers={
            NoSuchPage: _no_such_page,
            HTTPException: _refused_by_the_framework,
            MalformedForm: _malformed,
            BodyTooLarge: _too_large,
            ClientGone: _nobody_there,
            Busy: _away,
            DatabaseAway: _away,
            Exception: _fault,
            **{kind: answer for door in doors for kind, answer in door.answers.items()},
        },
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    return app_of(litestar)  # type: ignore[arg-type]  # an ASGI app of another library's typing


def _provided(service: object) -> Provide:
    return Provide(lambda: service, sync_to_thread=False)


def _no_such_page(request: Request[Any, Any, Any], reason: NoSuchPage) -> Response[str]:
    locale = reason.locale or preferred(request)
    said = problems.BROKEN_LINK if reason.link else problems.NO_PAGE
    return showing.problem(locale, 404, *said, private=reason.link)


def _refused_by_the_framework(request: Request[Any, Any, Any], reason: HTTPException) -> Response[str]:
    if reason.status_code >= 500:
        return _fault(request, reason)
    answer = showing.problem(preferred(request), reason.status_code, *problems.NO_PAGE)
    answer.headers.update(reason.headers or {})  # such as Allow
    return answer


def _malformed(request: Request[Any, Any, Any], _: MalformedForm) -> Response[str]:
    return showing.problem(preferred(request), 400, *problems.MALFORMED)


def _too_large(request: Request[Any, Any, Any], _: BodyTooLarge) -> Response[str]:
    return showing.last_words(showing.problem(preferred(request), 413, *problems.TOO_LARGE))


def _nobody_there(_: Request[Any, Any, Any], __: ClientGone) -> Response[str]:
    return Response("", status_code=400)


def _away(request: Request[Any, Any, Any], _: Exception) -> Response[str]:
    answer = showing.problem(preferred(request), 503, *problems.BUSY)
    answer.headers.update(showing.AGAIN)
    return answer


def _fault(request: Request[Any, Any, Any], reason: Exception) -> Response[str]:
    # Not the path itself: the token in it is somebody's authority.
    _log.error("a page failed: %s %s", request.method, request.scope.get("path_template", ""), exc_info=reason)
    return showing.problem(preferred(request), 500, *problems.FAULT)
