"""The link builder of the partner's cabinet, and what he can offer."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec
from litestar import Request, Response, route
from litestar.di import NamedDependency

from enlist.domain import attribution, partners, products
from enlist.doors.pages import cabinet, sessions
from enlist.doors.web import reading
from enlist.doors.web.addresses import partner_link_path
from enlist.doors.web.desk import Desk
from enlist.doors.web.reading import GET
from enlist.kit.php_form import Form
from enlist.runtime.formats import price
from enlist.runtime.texts import N_

LONGEST: Final = 255
_LABELS: Final = {
    "aff_source": N_("Source"),
    "aff_medium": N_("Channel"),
    "aff_campaign": N_("Campaign"),
    "aff_content": N_("Ad"),
    "aff_term": N_("Keyword"),
}


class Offer(msgspec.Struct, frozen=True):
    """A product with the partner's links to it; ``direct`` is empty where the product has no page of its own."""

    title: str
    price: str
    note: str
    material: str
    link: str
    direct: str


@route("/partner/links", http_method=GET)
async def links(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Show the partner's links, with the marks of his own that he asks for."""
    seat = await sessions.seat_of(request, desk)
    account, login = seat.account, seat.partner.login
    form = Form(reading.read_query(request))
    marks = {name: mark for name in attribution.OWN_MARKS if (mark := form.text(name).strip()[:LONGEST])}
    async with desk.database.reading() as tx:
        programme = await partners.programme(tx, account.id)
        sold = await products.list_for_partners(tx, account.id)
    base = desk.base_of(request, account)
    offers = [
        Offer(
            title=product.title,
            price=price(account.locale, product.price, account.currency),
            note=product.partner_note,
            material=product.promotion_url,
            link=extended(base + partner_link_path(product.name, login), marks),
            direct=_direct(product, login, marks),
        )
        for product in sold
    ]
    invites = partners.may_invite(programme, seat.partner)
    recruiting = f"{base}/partner/register/{quote(login, safe='')}/" if invites else ""
    own = [(name, label, form.text(name).strip()[:LONGEST]) for name, label in _LABELS.items()]
    return cabinet.page("cabinet_links", seat, "links", offers=offers, recruiting=recruiting, own=own)


def _direct(product: products.Product, login: str, marks: Mapping[str, str]) -> str:
    if not product.sales_url:
        return ""
    return extended(product.sales_url, {"utm_medium": attribution.AFFILIATE, "utm_source": login} | dict(marks))


def extended(url: str, marks: Mapping[str, str]) -> str:
    """Add ``marks`` to the query of ``url``, in place of those of the same names."""
    parts = urlsplit(url)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] not in marks]
    return urlunsplit(parts._replace(query=urlencode([*kept, *marks.items()])))
