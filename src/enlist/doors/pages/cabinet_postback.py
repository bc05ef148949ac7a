"""The postback settings of the partner's cabinet: where he wants to be told of conversions (notifications.md §5)."""

from typing import Any, Final

from litestar import Request, Response, post, route
from litestar.di import NamedDependency

from enlist.domain import commissions, partners
from enlist.doors.pages import cabinet, sessions
from enlist.doors.pages.sessions import PartnerSession
from enlist.doors.web import reading, showing
from enlist.doors.web.desk import Desk
from enlist.doors.web.reading import GET
from enlist.kit.php_form import Form
from enlist.runtime.texts import N_

# The words that a postback can carry (notifications.md §5), and the messages that say what they mean.
WORDS: Final = {
    "aff_medium": N_("your channel"),
    "aff_source": N_("your source"),
    "aff_campaign": N_("your campaign"),
    "aff_content": N_("your ad"),
    "aff_term": N_("your keyword"),
    "date": N_("date of payment"),
    "time": N_("time of payment"),
    "bill": N_("order number"),
    "profit": N_("your commission"),
    "product": N_("product number"),
}


@route("/partner/postback", http_method=GET)
async def show(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Show the settings."""
    seat = await sessions.seat_of(request, desk)
    async with desk.database.reading() as tx:
        kept = await commissions.postback(tx, seat.account.id, seat.partner.id)
    saved = Form(reading.read_query(request)).text("saved") == "1"
    return _page(seat, kept.url if kept else "", kept.parameters if kept else (), saved=saved)


@post("/partner/postback")
async def save(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[Any]:
    """Take new settings; an empty address: he does not want to be told any more."""
    seat = await sessions.seat_of(request, desk)
    form = await reading.read(request, desk.settings.body_limit)
    url = form.text("url").strip()
    parameters = tuple(word for word in WORDS if form.text(f"with_{word}") == "1")
    if not (sessions.comes_from_here(request) and partners.may_change_settings(seat.partner)):
        return _page(seat, url, parameters)
    try:
        async with desk.database.transaction() as tx:
            wanted = commissions.Postback(url, parameters) if url else None
            await commissions.set_postback(tx, seat.account.id, seat.partner.id, wanted, known=WORDS)
    except commissions.BadPostback:
        return _page(seat, url, parameters, wrong=True)
    return showing.onward("/partner/postback/?saved=1")


def _page(
    seat: PartnerSession, url: str, parameters: tuple[str, ...], *, saved: bool = False, wrong: bool = False
) -> Response[str]:
    return cabinet.page(
        "cabinet_postback",
        seat,
        "postback",
        status=422 if wrong else 200,
        url=url,
        words=[(word, WORDS[word], word in parameters) for word in WORDS],
        may_save=partners.may_change_settings(seat.partner),
        saved=saved,
        wrong=wrong,
    )
