"""Tells a partner's analytics service of a conversion, at the URL that the partner set (notifications.md §5)."""

import logging
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from enlist.domain import attribution, commissions
from enlist.kit import money
from enlist.kit.redirects import safe_redirect
from enlist.runtime.outbound import Forbidden, Outbound

_log = logging.getLogger(__name__)
_NOWHERE: Final = "http://nowhere.invalid"


class NotTold(Exception):
    """The other side did not accept the call; a retry may succeed."""


class PostbackChannel:
    """Calls the URLs of postbacks; it neither retries nor stores anything."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    async def tell(self, postback: commissions.Postback, conversion: commissions.Conversion) -> None:
        """Call the URL by GET; any 2xx status counts as delivered.

        Raises NotTold or runtime.outbound.NoAnswer if it may go well later. An address that can never be called is
        noted in the log and left alone.
        """
        try:
            answer = await self._outbound.get(address(postback, conversion))
        except Forbidden as reason:
            _log.warning("the postback of order %s cannot be sent: it %s", conversion.order_id, reason)
            return
        if not answer.taken:
            raise NotTold(f"the postback of order {conversion.order_id} was answered with {answer.status}")


def address(postback: commissions.Postback, conversion: commissions.Conversion) -> str:
    """Return the URL to call.

    The wanted words are appended to its query, which stays as it is otherwise; place-holders such as ``{$profit}`` are
    filled in wherever they stand. Raises Forbidden if that makes no web address.
    """
    said = _words(conversion)
    url = postback.url
    for word, value in said.items():
        url = url.replace(f"{{${word}}}", quote(value, safe=""))
    parts = urlsplit(safe_redirect(url, _NOWHERE) or _NOWHERE)
    if parts.hostname == "nowhere.invalid":
        raise Forbidden("is no web address")
    asked = urlencode([(word, said[word]) for word in postback.parameters if word in said])
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, asked) if part), fragment=""))


def _words(conversion: commissions.Conversion) -> Mapping[str, str]:
    at = conversion.at.astimezone(ZoneInfo(conversion.time_zone))
    return {
        **{name: conversion.marks.get(name, "") for name in attribution.OWN_MARKS},
        "date": f"{at:%Y-%m-%d}",
        "time": f"{at:%H:%M:%S}",
        "bill": str(conversion.order_id),
        "profit": money.write(conversion.amount),
        "product": ",".join(map(str, conversion.product_ids)),
    }
