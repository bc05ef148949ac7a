"""Setting where partners want to be told of conversions; telling them is the work of a job and a channel."""

from collections.abc import Collection
from urllib.parse import urlsplit

from enlist.domain.commissions import postback_queries
from enlist.domain.commissions.errors import BadPostback
from enlist.domain.commissions.model import LONGEST_URL, Postback
from enlist.runtime.db import Tx


async def set_postback(
    tx: Tx, account_id: int, partner_id: int, wanted: Postback | None, *, known: Collection[str]
) -> None:
    """Note where a partner wants to be told of conversions; None: nowhere. Refuses with BadPostback.

    ``known`` are the words that such a call can carry; they belong to its protocol (notifications.md §5).
    """
    if wanted is not None:
        _check(wanted, known)
    await postback_queries.write_postback(tx, account_id, partner_id, wanted)


def _check(wanted: Postback, known: Collection[str]) -> None:
    try:
        parts = urlsplit(wanted.url)
        plain = parts.scheme in ("http", "https") and parts.hostname is not None and wanted.url.isprintable()
    except ValueError:
        plain = False
    if not plain or " " in wanted.url or len(wanted.url) > LONGEST_URL:
        raise BadPostback(field="address", reason="must be one of http or https, such as https://example.com/told")
    if unknown := next((word for word in wanted.parameters if word not in known), None):
        raise BadPostback(field=unknown[:100], reason=f"is none of {', '.join(known)}")
