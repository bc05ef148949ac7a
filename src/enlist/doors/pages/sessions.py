"""Who is signed in to a partner's cabinet: a signed cookie that lapses by itself, and the link by which one gets it."""

from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec
from litestar import Request, Response

from enlist.domain import accounts, partners
from enlist.domain.accounts import AccountSettings
from enlist.doors.web.desk import Desk, host_of
from enlist.kit import tokens

SIGN_IN: Final = "partner sign-in"
SESSION: Final = "partner session"


class NotSignedIn(Exception):
    """Nobody is signed in, or not any more."""


class PartnerSession(msgspec.Struct, frozen=True):
    """Who is signed in where."""

    account: accounts.Account
    partner: partners.Partner


def sign_in_token(key: bytes, account_id: int, partner_id: int, now: datetime) -> str:
    """Make what a link carries that signs a partner in for a while."""
    return _token(key, SIGN_IN, partners.link_pass(account_id, partner_id, now))


def partner_links(key: bytes, settings: AccountSettings) -> partners.Links:
    """Make what makes the addresses in letters to partners, signed with ``key``."""

    def cabinet(owner: accounts.Owner) -> str:
        return f"{settings.account_url(owner.login)}/partner/"

    def sign_in(owner: accounts.Owner, partner_id: int, now: datetime) -> str:
        return f"{cabinet(owner)}enter/{quote(sign_in_token(key, owner.id, partner_id, now))}"

    return partners.Links(cabinet=cabinet, sign_in=sign_in)


async def seat_by_link(request: Request[Any, Any, Any], desk: Desk, token: str) -> PartnerSession | None:
    """Find whom a link signs in; nobody if it is not ours, too old, or another account's. Raises NoSuchPage."""
    return await _seat(request, desk, SIGN_IN, token)


async def seat_of(request: Request[Any, Any, Any], desk: Desk) -> PartnerSession:
    """Find who is signed in. Raises NotSignedIn, NoSuchPage and DatabaseAway."""
    seat = await _seat(request, desk, SESSION, request.cookies.get(_name(desk), ""))
    if seat is None:
        raise NotSignedIn
    return seat


async def _seat(request: Request[Any, Any, Any], desk: Desk, purpose: str, token: str) -> PartnerSession | None:
    account = await desk.account_of(request)
    shown = _read(desk.links_key, purpose, token)
    if shown is None:
        return None
    async with desk.database.reading() as tx:
        partner = await partners.admit(tx, account.id, shown)
    return PartnerSession(account, partner) if partner is not None else None


def sign_in(answer: Response[Any], desk: Desk, seat: PartnerSession) -> Response[Any]:
    """Let ``answer`` bring the cookie that signs ``seat`` in."""
    token = _token(desk.links_key, SESSION, partners.session_pass(seat.partner, desk.now()))
    return _bring(answer, desk, token, int(partners.SESSION_LIVES.total_seconds()))


def sign_out(answer: Response[Any], desk: Desk) -> Response[Any]:
    """Let ``answer`` take the cookie away."""
    return _bring(answer, desk, "", 0)


def asking_here(answer: Response[str]) -> Response[str]:
    """Let the forms on a private page say where they come from, to ourselves and to nobody else."""
    answer.headers["Referrer-Policy"] = "same-origin"  # with "no-referrer" a browser calls the origin of a form null
    return answer


def comes_from_here(request: Request[Any, Any, Any]) -> bool:
    """Tell whether a form was sent by a page of this very host: accounts are neighbours, and share browsers' trust."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host_of(request).lower()


def _bring(answer: Response[Any], desk: Desk, value: str, seconds: int) -> Response[Any]:
    answer.set_cookie(
        key=_name(desk), value=value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=_secure(desk)
    )
    return answer


def _name(desk: Desk) -> str:
    # With this prefix a browser takes the cookie from nobody but this very host.
    return "__Host-enlist_partner" if _secure(desk) else "enlist_partner"


def _secure(desk: Desk) -> bool:
    return urlsplit(desk.settings.public_url).scheme == "https"


def _token(key: bytes, purpose: str, shown: partners.Pass) -> str:
    return tokens.issue(key, purpose, (shown.account_id, shown.partner_id, int(shown.ends_at.timestamp())))


def _read(key: bytes, purpose: str, token: str) -> partners.Pass | None:
    numbers = tokens.read(key, purpose, token)
    if numbers is None or len(numbers) != 3:
        return None
    account_id, partner_id, seconds = numbers
    return partners.Pass(account_id, partner_id, datetime.fromtimestamp(seconds, UTC))
