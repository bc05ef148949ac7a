"""The partner's cabinet: what he brought and earned, his own marks, what he was paid; read side only."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
from litestar import Request, Response, route
from litestar.di import NamedDependency

from enlist.domain import attribution, commissions, partners, products
from enlist.doors.pages import sessions
from enlist.doors.pages.sessions import PartnerSession
from enlist.doors.pages.showing import PAGES
from enlist.doors.web import reading
from enlist.doors.web.desk import Desk
from enlist.doors.web.reading import GET
from enlist.kit import permuting, tokens
from enlist.kit.php_form import Form
from enlist.runtime.db import Tx
from enlist.runtime.formats import percentage, price, short_day, short_moment, zone
from enlist.runtime.texts import N_, say

ROOM: Final = 50  # rows on a page
MOST_DAYS: Final = 92

MENU: Final = {
    "overview": ("/partner/", N_("Overview")),
    "clicks": ("/partner/clicks/", N_("Clicks")),
    "contacts": ("/partner/contacts/", N_("Contacts")),
    "orders": ("/partner/orders/", N_("Orders")),
    "payouts": ("/partner/payouts/", N_("Payouts")),
    "links": ("/partner/links/", N_("Links")),
    "postback": ("/partner/postback/", N_("Postback")),
}
_HINTS: Final = {
    "clicks": N_("One click per visitor counts every ten minutes; bots don’t count."),
    "contacts": N_("Each contact counts once, no matter how often they subscribe or order."),
    "orders": N_("You earn the commission once the order is paid in full."),
    "payouts": N_("The program’s owner sends the money."),
}
_STATES: Final = {
    "waiting": N_("Your application is waiting for approval. Until then your links don’t count."),
    "suspended": N_(
        "Your account is suspended: new clicks, contacts and orders don’t count. What you have earned stays yours."
    ),
}
_WAYS: Final = {"link": N_("link"), "script": N_("page"), "coupon": N_("discount code")}
_OUTCOMES: Final = {
    "counted": N_("yes"),
    "repeated": N_("no, repeated"),
    "robot": N_("no, a bot"),
    "ahead": N_("no, prefetched"),
}


class Table(msgspec.Struct, frozen=True):
    """Rows of cells under titles (messages); ``numbers`` are the columns that hold such, ``long`` those of texts.

    ``older`` is the number below which the next page begins, nothing on the last one.
    """

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Collection[int] = ()
    long: Collection[int] = ()
    older: int | None = None


class Speech(msgspec.Struct, frozen=True):
    """How things are written for one account's partners."""

    locale: str
    money: Callable[[Decimal], str]
    day: Callable[[date], str]
    moment: Callable[[datetime], str]


@route("/partner", http_method=GET)
async def overview(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Show the sums, and the days of a span."""
    seat = await sessions.seat_of(request, desk)
    since, until = _span(Form(reading.read_query(request)))
    account, partner = seat.account, seat.partner
    async with desk.database.reading() as tx:
        programme = await partners.programme(tx, account.id)
        ever = await commissions.statistics(tx, account.id, partner.login)
        span = await commissions.statistics(tx, account.id, partner.login, since, until)
        days = await commissions.list_days(tx, account.id, partner.id, since=since, until=until, limit=MOST_DAYS)
    speech = _speech(seat)
    rows = [
        (
            speech.day(day.day),
            str(day.clicks),
            str(day.contacts),
            str(day.orders),
            str(day.paid_orders),
            str(day.recruits),
            speech.money(day.earned),
            speech.money(day.paid),
        )
        for day in days
    ]
    titles = (
        N_("Day"),
        N_("Clicks"),
        N_("Contacts"),
        N_("Orders"),
        N_("Paid orders"),
        N_("Partners"),
        N_("Earned"),
        N_("Paid out"),
    )
    return page(
        "cabinet_overview",
        seat,
        "overview",
        balance=speech.money(ever.to_pay),
        ever=_tiles(ever, speech),
        span=_tiles(span, speech) if since or until else None,
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
        instructions=programme.instructions,
        table=Table(titles, rows, range(1, 8)),
        cut=len(days) == MOST_DAYS,
    )


@route("/partner/clicks", http_method=GET)
async def clicks(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """List his clicks, those that do not count, too."""
    seat = await sessions.seat_of(request, desk)
    speech = _speech(seat)
    async with desk.database.reading() as tx:
        found = await attribution.list_clicks(
            tx, seat.account.id, seat.partner.id, before=_before(desk, seat, request), limit=ROOM + 1
        )
        names = await _products(tx, seat, {click.product_id for click in found if click.product_id is not None})
    rows = [
        (
            speech.moment(click.at),
            say(speech.locale, _WAYS[click.way]),
            names.get(click.product_id or 0, "") or click.page,
            say(speech.locale, _OUTCOMES[click.outcome]),
            _own(click.marks),
        )
        for click in found[:ROOM]
    ]
    titles = (N_("Time"), N_("Came by"), N_("Product or page"), N_("Counted"), N_("Your tags"))
    return _list(
        seat, "clicks", Table(titles, rows, long=(2, 4), older=_older(desk, seat, found, lambda click: click.id))
    )


@route("/partner/contacts", http_method=GET)
async def contacts(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """List the contacts that he brought, without saying who they are."""
    seat = await sessions.seat_of(request, desk)
    speech = _speech(seat)
    async with desk.database.reading() as tx:
        found = await attribution.list_contacts(
            tx, seat.account.id, seat.partner.id, before=_before(desk, seat, request), limit=ROOM + 1
        )
    rows = [
        (str(_shown(desk, seat, contact.contact_id)), speech.moment(contact.at), _own(contact.marks))
        for contact in found[:ROOM]
    ]
    older = _older(desk, seat, found, lambda contact: contact.contact_id)
    return _list(seat, "contacts", Table((N_("Number"), N_("Time"), N_("Your tags")), rows, long=(2,), older=older))


@route("/partner/orders", http_method=GET)
async def orders(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """List the orders by which he earns."""
    seat = await sessions.seat_of(request, desk)
    speech = _speech(seat)
    async with desk.database.reading() as tx:
        found = await commissions.list_sales(
            tx, seat.account.id, seat.partner.id, before=_before(desk, seat, request), limit=ROOM + 1
        )
        names = await _products(tx, seat, {product for sale in found for product in sale.product_ids})
    rows = [
        (
            str(sale.order_id),
            speech.moment(sale.created_at),
            ", ".join(names[product] for product in sale.product_ids if product in names),
            str(sale.level),
            speech.moment(sale.charged_at) if sale.charged_at else say(speech.locale, "not yet"),
            speech.money(sale.amount),
            speech.money(sale.reversed) if sale.reversed else "",
            _own(sale.marks),
        )
        for sale in found[:ROOM]
    ]
    titles = (
        N_("Number"),
        N_("Time"),
        N_("Products"),
        N_("Level"),
        N_("Paid on"),
        N_("Commission"),
        N_("Reversed"),
        N_("Your tags"),
    )
    older = _older(desk, seat, found, lambda sale: sale.order_id)
    return _list(seat, "orders", Table(titles, rows, (3, 5, 6), (2, 7), older))


@route("/partner/payouts", http_method=GET)
async def payouts(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """List what he was paid."""
    seat = await sessions.seat_of(request, desk)
    speech = _speech(seat)
    async with desk.database.reading() as tx:
        programme = await partners.programme(tx, seat.account.id)
        due = await commissions.balance(tx, seat.account.id, seat.partner.login)
        found = await commissions.list_payouts(
            tx, seat.account.id, seat.partner.id, before=_before(desk, seat, request), limit=ROOM + 1
        )
    rows = [
        (str(payout.id), speech.moment(payout.at), speech.money(payout.amount), payout.note) for payout in found[:ROOM]
    ]
    titles = (N_("Number"), N_("Time"), N_("Amount"), N_("Note"))
    table = Table(titles, rows, (2,), (3,), _older(desk, seat, found, lambda payout: payout.id))
    said = say(speech.locale, "Balance: %(sum)s.", sum=speech.money(due))
    if programme.payout_ways:
        said += " " + say(speech.locale, "Payout methods: %(ways)s.", ways=programme.payout_ways)
    return _list(seat, "payouts", table, said=said)


def _list(seat: PartnerSession, place: str, table: Table, said: str = "") -> Response[str]:
    return page("cabinet_list", seat, place, table=table, said=said, hint=_HINTS[place])


def page(name: str, seat: PartnerSession, place: str, *, status: int = 200, **values: Any) -> Response[str]:
    """Answer with a page of the cabinet; ``place`` is which one of them, for the menu."""
    answer = PAGES.show(
        name,
        seat.account.locale,
        status=status,
        owner=seat.account.login,
        private=True,
        menu=MENU,
        place=place,
        partner=seat.partner,
        notice=_STATES.get(seat.partner.state, ""),
        zone=zone(seat.account.locale, seat.account.time_zone),
        **values,
    )
    return sessions.asking_here(answer)


def _tiles(found: commissions.Statistics, speech: Speech) -> Sequence[tuple[str, str]]:
    return (
        (N_("Clicks"), str(found.clicks)),
        (N_("Contacts"), str(found.contacts)),
        (N_("Conversion"), _conversion(found, speech.locale)),
        (N_("Paid orders"), str(found.paid_orders)),
        (N_("Partners"), str(found.recruits)),
        (N_("Earned"), speech.money(found.earned)),
        (N_("Paid out"), speech.money(found.paid)),
    )


def _conversion(found: commissions.Statistics, locale: str) -> str:
    if not found.clicks:
        return "–"
    return percentage(locale, 100 * found.contacts / found.clicks)


def _speech(seat: PartnerSession) -> Speech:
    account = seat.account
    locale = account.locale
    return Speech(
        locale=locale,
        money=lambda amount: price(locale, amount, account.currency),
        day=lambda day: short_day(locale, day),
        moment=lambda at: short_moment(locale, at, account.time_zone),
    )


def _own(marks: Mapping[str, str]) -> str:
    """Write the partner's own marks: nobody else's business is shown here."""
    return ", ".join(f"{name[4:]}: {marks[name]}" for name in attribution.OWN_MARKS if name in marks)


async def _products(tx: Tx, seat: PartnerSession, ids: set[int]) -> dict[int, str]:
    found = await products.get_all(tx, [(seat.account.id, number) for number in ids])
    return {product.id: product.title for product in found.values()}


def _span(form: Form) -> tuple[date | None, date | None]:
    """Read the days from ``since`` to ``until``; what is no day is no bound."""
    return _day(form.text("since")), _day(form.text("until"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _before(desk: Desk, seat: PartnerSession, request: Request[Any, Any, Any]) -> int | None:
    text = Form(reading.read_query(request)).text("before")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return permuting.restore(_numbers_key(desk, seat), int(text))


def _older(desk: Desk, seat: PartnerSession, found: Sequence[Any], number: Callable[[Any], int]) -> int | None:
    return _shown(desk, seat, number(found[ROOM - 1])) if len(found) > ROOM else None


def _shown(desk: Desk, seat: PartnerSession, number: int) -> int:
    """Tell what stands on a page for a number that runs through the whole installation."""
    return permuting.permute(_numbers_key(desk, seat), number)


def _numbers_key(desk: Desk, seat: PartnerSession) -> bytes:
    return tokens.derive(desk.links_key, f"numbers of account {seat.account.id}")
