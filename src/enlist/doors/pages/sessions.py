"""Who is signed in to the partner dashboard, by a cookie; and the cookies that this needs."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec
from litestar import Request, Response

from enlist.domain import accounts, partners
from enlist.domain.accounts import AccountSettings
from enlist.doors.web.desk import Desk, host_of

# Names of cookies.
SESSION: Final = "enlist_partner"
LINK: Final = "enlist_partner_link"


class NotSignedIn(Exception):
    """Nobody is signed in, or not any more."""


class PartnerSession(msgspec.Struct, frozen=True):
    """Who is signed in where."""

    account: accounts.Account
    partner: partners.Partner


def partner_links(settings: AccountSettings) -> partners.Links:
    """Make what makes the addresses in letters to partners."""

    def cabinet(owner: accounts.Owner) -> str:
        return f"{settings.account_url(owner.login)}/partner/"

    def sign_in(owner: accounts.Owner, token: str) -> str:
        return f"{cabinet(owner)}enter/{quote(token)}"

    return partners.Links(cabinet=cabinet, sign_in=sign_in)


async def seat_of(request: Request[Any, Any, Any], desk: Desk) -> PartnerSession:
    """Find who is signed in. Raises NotSignedIn, NoSuchPage and DatabaseAway."""
    account = await desk.account_of(request)
    if token := shown(request, desk, SESSION):
        async with desk.database.reading() as tx:  # one statement, which notes when it saw the session
            partner = await partners.find_by_session(tx, account.id, token)
        if partner is not None:
            return PartnerSession(account, partner)
    raise NotSignedIn


def shown(request: Request[Any, Any, Any], desk: Desk, name: str) -> str:
    """Return what a browser shows as the cookie ``name``; empty if nothing."""
    return request.cookies.get(_name(desk, name), "")


def bring(answer: Response[Any], desk: Desk, name: str, value: str, lives: timedelta) -> Response[Any]:
    """Let ``answer`` bring the cookie ``name``, to this host only, out of scripts' reach."""
    answer.set_cookie(
        key=_name(desk, name),
        value=value,
        max_age=int(lives.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_secure(desk),
    )
    return answer


def take_away(answer: Response[Any], desk: Desk, *names: str) -> Response[Any]:
    """Let ``answer`` take these cookies away."""
    for name in names:
        bring(answer, desk, name, "", timedelta(0))
    return answer


def asking_here(answer: Response[str]) -> Response[str]:
    """Let the forms on a private page say where they come from, to ourselves and to nobody else."""
    answer.headers["Referrer-Policy"] = "same-origin"  # with "no-referrer" a browser calls the origin of a form null
    return answer


def comes_from_here(request: Request[Any, Any, Any]) -> bool:
    """Tell whether a form was sent by a page of this very host: accounts are neighbours, and share browsers' trust."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host_of(request).lower()


def _name(desk: Desk, name: str) -> str:
    # With this prefix a browser takes the cookie from nobody but this very host.
    return f"__Host-{name}" if _secure(desk) else name


def _secure(desk: Desk) -> bool:
    return urlsplit(desk.settings.public_url).scheme == "https"
