"""Signing in to a partner's cabinet by a link in a letter, and signing out."""

from datetime import timedelta
from typing import Any, Final

from litestar import Request, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from enlist.domain import partners
from enlist.doors.pages import sessions
from enlist.doors.pages.sessions import PartnerSession
from enlist.doors.pages.showing import PAGES
from enlist.doors.web import problems, reading, showing
from enlist.doors.web.desk import Desk
from enlist.doors.web.reading import GET
from enlist.kit.email import normalise
from enlist.runtime.texts import N_

CABINET: Final = "/partner/"
SIGN_IN: Final = "/partner/sign-in/"
ENTER: Final = "/partner/enter/"

# From opening the link to pressing the button; the link in the letter can be opened again.
_CARRIED: Final = timedelta(minutes=15)


@route("/partner/sign-in", http_method=GET)
async def ask(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Ask whom to write to."""
    account = await desk.account_of(request)
    return PAGES.show("partner_sign_in", account.locale, owner=account.login, private=True, said="", message="")


@post("/partner/sign-in")
async def write(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Send the link, if there is such a partner; whether there is one is not told."""
    account = await desk.account_of(request)
    said = (await reading.read(request, desk.settings.body_limit)).text("email").strip()
    locale = account.locale
    if normalise(said) is None:
        return PAGES.show(
            "partner_sign_in", locale, status=422, owner=account.login, private=True, said=said,
            message=N_("Please enter a complete email address, like anna@example.com."),
        )  # fmt: skip
    ip = desk.ip_of(request)
    try:
        async with desk.database.transaction() as tx:
            await partners.count_try(tx, account.id, ip)
    except partners.TooManyTries:
        return showing.problem(locale, 429, *problems.TOO_OFTEN, private=True)
    async with desk.database.transaction() as tx:
        await partners.ask_for_link(tx, account.id, said, ip)
    return PAGES.show("partner_written", locale, owner=account.login, private=True, email=said)


@route("/partner/enter/{token:str}", http_method=GET)
async def follow(request: Request[Any, Any, Any], desk: NamedDependency[Desk], token: FromPath[str]) -> Response[Any]:
    """Move the link's token into a cookie and go on: in an address it would be logged, kept and told as a referrer."""
    if await _by_link(request, desk, token) is None:
        return await _lapsed(request, desk)
    return sessions.bring(showing.onward(ENTER), desk, sessions.LINK, token, _CARRIED)


@route("/partner/enter", http_method=GET)
async def offer(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Show the button; nothing else happens, as mail scanners open links, too."""
    seat = await _by_link(request, desk, sessions.shown(request, desk, sessions.LINK))
    if seat is None:
        return await _lapsed(request, desk)
    owner, login = seat.account.login, seat.partner.login
    return sessions.asking_here(
        PAGES.show("partner_enter", seat.account.locale, owner=owner, private=True, login=login)
    )


@post("/partner/enter")
async def enter(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[Any]:
    """Use the link up, and sign in whom it names."""
    account = await desk.account_of(request)
    link = sessions.shown(request, desk, sessions.LINK)
    if not link or not sessions.comes_from_here(request):
        return await _lapsed(request, desk)
    async with desk.database.transaction() as tx:
        token = await partners.sign_in(tx, account.id, link)
    if token is None:
        return sessions.take_away(await _lapsed(request, desk), desk, sessions.LINK)
    answer = sessions.take_away(showing.onward(CABINET), desk, sessions.LINK)
    return sessions.bring(answer, desk, sessions.SESSION, token, partners.SESSION_LIVES)


@post("/partner/sign-out")
async def leave(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[Any]:
    """Sign out in this browser."""
    account, answer = await desk.account_of(request), showing.onward(SIGN_IN)
    if not sessions.comes_from_here(request):
        return answer
    if token := sessions.shown(request, desk, sessions.SESSION):
        async with desk.database.transaction() as tx:
            await partners.sign_out(tx, account.id, token)
    return sessions.take_away(answer, desk, sessions.SESSION)


@post("/partner/sign-out/everywhere")
async def leave_everywhere(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[Any]:
    """Sign out in all browsers."""
    seat = await sessions.seat_of(request, desk)
    if not sessions.comes_from_here(request):
        return showing.onward(CABINET)
    async with desk.database.transaction() as tx:
        await partners.sign_out_everywhere(tx, seat.partner)
    return sessions.take_away(showing.onward(SIGN_IN), desk, sessions.SESSION, sessions.LINK)


async def _by_link(request: Request[Any, Any, Any], desk: Desk, token: str) -> PartnerSession | None:
    account = await desk.account_of(request)
    if not token:
        return None
    async with desk.database.reading() as tx:
        partner = await partners.find_by_link(tx, account.id, token)
    return PartnerSession(account, partner) if partner is not None else None


async def _lapsed(request: Request[Any, Any, Any], desk: Desk) -> Response[str]:
    account = await desk.account_of(request)
    return PAGES.show("partner_lapsed", account.locale, status=404, owner=account.login, private=True)


def answer_not_signed_in(_: Request[Any, Any, Any], __: sessions.NotSignedIn) -> Response[Any]:
    """Send whoever is not signed in to the page where one signs in."""
    return showing.onward(SIGN_IN)
