"""Who clicked: what a request says about its visitor, and the click that is recorded of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import msgspec

from enlist.domain import attribution
from enlist.kit.addresses import Network, client_address
from enlist.runtime.http import Request

LONGEST_AGENT: Final = 255
LONGEST_PAGE: Final = 1000
# How browsers and others say that they only look ahead: the standard, and its forerunners.
_AHEAD: Final = ("sec-purpose", "purpose", "x-moz", "x-purpose")
_AHEAD_WORDS: Final = ("prefetch", "prerender", "preview")


class Visit(msgspec.Struct, frozen=True):
    """One visitor's request: when, whose host, from where, with which browser and cookies."""

    now: datetime
    host: str
    ip: str
    agent: str
    cookie: str
    ahead: bool

    def click(
        self,
        account_id: int,
        partner: str,
        *,
        way: Literal["link", "script"],
        marks: Mapping[str, str],
        product_id: int | None = None,
        page: str = "",
    ) -> attribution.NewClick:
        """Make the click to be recorded."""
        return attribution.NewClick(
            account_id=account_id,
            partner=partner,
            # Not by a cookie: the link and the script on the page it leads to see one visitor, and share no cookie.
            visitor=f"{self.ip} {self.agent}",
            way=way,
            product_id=product_id,
            marks=marks,
            page=page[:LONGEST_PAGE],
            ip=self.ip,
            agent=self.agent,
            ahead=self.ahead,
        )


def read_visit(request: Request, now: datetime, trusted: tuple[Network, ...]) -> Visit:
    """Read what a request says about its visitor; ``trusted`` are the proxies whose word is believed."""
    said = request.headers
    ip = request.peer
    if trusted:
        ip = client_address(ip, said.get("x-forwarded-for"), trusted)
    return Visit(
        now,
        said.get("host", ""),
        ip,
        said.get("user-agent", "")[:LONGEST_AGENT],
        said.get("cookie", ""),
        any(name in said and _looks_ahead(said[name]) for name in _AHEAD),
    )


def _looks_ahead(value: str) -> bool:
    said = value.lower()
    return any(word in said for word in _AHEAD_WORDS)
