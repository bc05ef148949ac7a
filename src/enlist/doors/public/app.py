"""The door itself: one ASGI app of a few pages, without scripts of its own."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Litestar, Request, Response
from litestar.di import Provide
from litestar.exceptions import HTTPException

from enlist.domain import accounts, groups, orders
from enlist.doors.public import (
    cabinet,
    cabinet_links,
    cabinet_postback,
    confirming,
    forms,
    helper_scripts,
    leaving,
    ordering,
    paying,
    payment_events,
    registering,
    showing,
    signing_in,
    subscribing,
)
from enlist.doors.public.bills import Elsewhere
from enlist.doors.public.desk import Desk, NoSuchPage
from enlist.doors.public.forms import GET
from enlist.doors.public.languages import preferred
from enlist.doors.public.sessions import NotSignedIn
from enlist.kit.php_form import MalformedForm
from enlist.runtime.batch import Busy
from enlist.runtime.db import Database, DatabaseAway
from enlist.runtime.http import App, BodyTooLarge, ClientGone
from enlist.runtime.settings import Settings
from enlist.runtime.vault import Vault

_log = logging.getLogger(__name__)


def build(
    *,
    database: Database,
    directory: accounts.Directory,
    enrol: Callable[[groups.Enrolment], Awaitable[groups.Enrolled]],
    place_order: Callable[[orders.NewOrder], Awaitable[orders.Placed]],
    payment_channels: Mapping[str, orders.PaymentChannel],
    vault: Vault,
    links_key: bytes,
    settings: Settings,
) -> App:
    """Make the ASGI app for every path that no other door takes.

    ``enrol`` and ``place_order`` are the ``put`` of those batches; ``payment_channels`` are all ways to pay, by name,
    and ``vault`` opens the settings that accounts have for them; ``links_key`` is what links are signed with.
    """
    desk = Desk(
        database=database,
        directory=directory,
        enrol=enrol,
        place_order=place_order,
        payment_channels=payment_channels,
        vault=vault,
        links_key=links_key,
        settings=settings,
    )
    return Litestar(  # type: ignore[return-value]  # an ASGI app of another library's typing
        [
            subscribing.process,
            confirming.show,
            confirming.confirm,
            leaving.show,
            leaving.leave,
            forms.show,
            forms.front,
            helper_scripts.helper,
            ordering.show,
            ordering.show_at_short_address,
            ordering.show_embedded,
            ordering.confirm,
            paying.show,
            paying.pay,
            paying.done,
            paying.ask_to_cancel,
            paying.cancel,
            payment_events.take,
            registering.register,
            signing_in.ask,
            signing_in.write,
            signing_in.offer,
            signing_in.enter,
            signing_in.leave,
            cabinet.overview,
            cabinet.clicks,
            cabinet.contacts,
            cabinet.orders,
            cabinet.payouts,
            cabinet_links.links,
            cabinet_postback.show,
            cabinet_postback.save,
        ],
        dependencies={"desk": Provide(lambda: desk, sync_to_thread=False)},
        exception_handlers={
            NoSuchPage: _no_such_page,
            Elsewhere: _elsewhere,
            NotSignedIn: _not_signed_in,
            HTTPException: _refused_by_the_framework,
            MalformedForm: _malformed,
            BodyTooLarge: _too_large,
            ClientGone: _nobody_there,
            Busy: _away,
            DatabaseAway: _away,
            Exception: _fault,
        },
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _no_such_page(request: Request[Any, Any, Any], reason: NoSuchPage) -> Response[str]:
    locale = reason.locale or preferred(request)
    heading, text = ("link.title", "link.text") if reason.link else ("missing.title", "missing.text")
    return showing.problem(locale, 404, heading, text, private=reason.link)


def _elsewhere(request: Request[Any, Any, Any], reason: Elsewhere) -> Response[Any]:
    if request.method not in GET:
        return showing.problem(preferred(request), 404, "link.title", "link.text", private=True)
    return showing.onward(reason.url)


def _not_signed_in(_: Request[Any, Any, Any], __: NotSignedIn) -> Response[Any]:
    return showing.onward(signing_in.SIGN_IN)


def _refused_by_the_framework(request: Request[Any, Any, Any], reason: HTTPException) -> Response[str]:
    if reason.status_code >= 500:
        return _fault(request, reason)
    answer = showing.problem(preferred(request), reason.status_code, "missing.title", "missing.text")
    answer.headers.update(reason.headers or {})  # such as Allow
    return answer


def _malformed(request: Request[Any, Any, Any], _: MalformedForm) -> Response[str]:
    return showing.problem(preferred(request), 400, "malformed.title", "malformed.text")


def _too_large(request: Request[Any, Any, Any], _: BodyTooLarge) -> Response[str]:
    return showing.last_words(showing.problem(preferred(request), 413, "large.title", "large.text"))


def _nobody_there(_: Request[Any, Any, Any], __: ClientGone) -> Response[str]:
    return Response("", status_code=400)


def _away(request: Request[Any, Any, Any], _: Exception) -> Response[str]:
    answer = showing.problem(preferred(request), 503, "busy.title", "busy.text")
    answer.headers.update(showing.AGAIN)
    return answer


def _fault(request: Request[Any, Any, Any], reason: Exception) -> Response[str]:
    # Not the path itself: the token in it is somebody's authority.
    _log.error("a page failed: %s %s", request.method, request.scope.get("path_template", ""), exc_info=reason)
    return showing.problem(preferred(request), 500, "fault.title", "fault.text")
