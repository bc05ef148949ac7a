"""Where payment channels report: money that came or went back, signed with the secret of the account's own channel."""

import logging
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from enlist.domain import accounts, orders
from enlist.doors.pages.payments import Payments
from enlist.doors.web.desk import Desk, NoSuchPage, host_of
from enlist.runtime.actors import Actor
from enlist.runtime.http.asgi import request_behind

_log = logging.getLogger(__name__)


@post("/pay/{channel:str}/events")
async def take(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    payments: NamedDependency[Payments],
    channel: FromPath[str],
) -> Response[str]:
    """Take an event of a payment channel; other answers than 200 make the channel send it again later.

    A disabled account's money is written down as well: it has come.
    """
    account = await desk.directory.find(host_of(request))
    if account is None or channel not in payments.channels:
        raise NoSuchPage
    body = await request_behind(request.scope).read(desk.settings.body_limit)
    async with desk.database.reading() as tx:
        settings = await payments.settings(tx, account.id, channel)
    if settings is None:
        raise NoSuchPage
    try:
        received = payments.channels[channel].read_event(settings, body, request.headers)
    except orders.BadEvent as reason:
        _log.warning("an event for %s in the name of %s was refused: %s", account.login, channel, reason)
        return _say(400, "refused")
    if received is None:
        return _say(200, "nothing of ours")
    return await _record(desk, account, channel, received)


async def _record(desk: Desk, account: accounts.Account, channel: str, received: orders.Received) -> Response[str]:
    try:
        async with desk.database.by(Actor("channel", channel)).transaction() as tx:
            recorded = await orders.record(tx, account.id, channel, received)
    except orders.OrderNotFound:
        _log.error(
            "%s tells of money for order %s of %s, which is not there", channel, received.order_id, account.login
        )
        return _say(200, "no such order")
    except (orders.PaymentImpossible, orders.IllegalTransition) as refusal:
        # A refund may overtake its payment on the way; told again later it will do.
        _log.error("%s tells of what cannot be written down: %s", channel, refusal)
        return _say(409, "not now")
    return _say(200, "noted" if recorded else "nothing of ours")


def _say(status: int, text: str) -> Response[str]:
    return Response(f"{text}\n", status_code=status, media_type="text/plain", headers={"Cache-Control": "no-store"})
