"""Setting where partners want to be told of conversions; telling them is the work of a job and a channel."""

from typing import Final
from urllib.parse import urlsplit

from enlist.domain.attribution import OWN_MARKS
from enlist.domain.commissions import postback_queries
from enlist.domain.commissions.errors import BadPostback
from enlist.domain.commissions.model import LONGEST_URL, Postback
from enlist.runtime.db import Tx

POSTBACK_PARAMETERS: Final = (*OWN_MARKS, "date", "time", "bill", "profit", "product")


async def set_postback(tx: Tx, account_id: int, partner_id: int, wanted: Postback | None) -> None:
    """Note where a partner wants to be told of conversions; None: nowhere. Refuses with BadPostback."""
    if wanted is not None:
        _check(wanted)
    await postback_queries.write_postback(tx, account_id, partner_id, wanted)


def _check(wanted: Postback) -> None:
    try:
        parts = urlsplit(wanted.url)
        plain = parts.scheme in ("http", "https") and parts.hostname is not None and wanted.url.isprintable()
    except ValueError:
        plain = False
    if not plain or " " in wanted.url or len(wanted.url) > LONGEST_URL:
        raise BadPostback(field="address", reason="must be one of http or https, such as https://example.com/told")
    if unknown := next((word for word in wanted.parameters if word not in POSTBACK_PARAMETERS), None):
        raise BadPostback(field=unknown[:100], reason=f"is none of {', '.join(POSTBACK_PARAMETERS)}")
