"""Where a partner's link leads: the product's page, with marks in its address that say who sent the visitor."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import msgspec

from enlist.domain import attribution, products
from enlist.doors.justclick.clicks import click_marks
from enlist.doors.web.addresses import order_path
from enlist.kit.php_form import Form, split
from enlist.kit.redirects import safe_redirect

PARTNER_ID: Final = "justclick_partner_id"
ADVERT_ID: Final = "justclick_ad_id"
MOST_FIELDS: Final = 100
LONGEST_KEPT: Final = 400
_ADDED: Final = frozenset({*click_marks.NAMES, PARTNER_ID, ADVERT_ID})


class Page(msgspec.Struct, frozen=True):
    """A product's page, its address split once for many clicks: what goes before and after the added marks."""

    product_id: int
    url: str
    before: str
    behind: str


def page_of(product: products.Product) -> Page:
    """Return the product's page: its own sales page, else our order page. Marks in its own address are dropped."""
    own = safe_redirect(product.sales_url, "http://nowhere.invalid") if product.sales_url else None
    url = own or order_path(product.name)
    parts = urlsplit(url)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_added(pair))
    before = urlunsplit(parts._replace(query=query, fragment=""))
    behind = f"#{parts.fragment}" if parts.fragment else ""
    return Page(product.id, url, f"{before}{'&' if query else '?'}", behind)


def _is_added(pair: str) -> bool:
    return any(name in _ADDED for name, _ in parse_qsl(pair, keep_blank_values=True))


class Link(msgspec.Struct, frozen=True):
    """A partner's link, read once for many clicks: its marks, where it leads, what a history keeps of it.

    ``bare`` is the product's page without marks, ``known`` what stands before the partner's number in the address of
    the page with marks, ``unknown`` that address without any number, ``behind`` what follows the number.
    """

    product_id: int
    marks: Mapping[str, str]
    bare: bytes
    known: str
    unknown: bytes
    behind: str
    said: str

    def to(self, partner_id: int | None) -> bytes:
        """Write the address to send a visitor to, with the partner's number if that is known (wire.md §7.3)."""
        return self.unknown if partner_id is None else f"{self.known}{partner_id}{self.behind}".encode()


def read_link(page: Page, partner: str, query: bytes) -> Link:
    """Read the link of ``partner`` to ``page``; ``query`` stands in its address. Raises MalformedForm.

    The partner's own marks go along, whose link it is cannot be changed by them.
    """
    return (
        _kept_link(page, partner, query) if len(query) + len(partner) <= LONGEST_KEPT else _link(page, partner, query)
    )


def _link(page: Page, partner: str, query: bytes) -> Link:
    form = Form(split(query, max_fields=MOST_FIELDS))
    marks = click_marks.known_marks(form) | {"utm_medium": attribution.AFFILIATE, "utm_source": partner}
    written = {name: click_marks.encoded(mark) for name, mark in marks.items()}
    marked = page.before + "&".join([f"{name}={mark}" for name, mark in written.items()])
    advert = form.text("ad").strip()
    return Link(
        product_id=page.product_id,
        marks=marks,
        bare=page.url.encode(),
        known=f"{marked}&{PARTNER_ID}=",
        unknown=f"{marked}{page.behind}".encode(),
        behind=f"&{ADVERT_ID}={advert if advert.isdecimal() and advert.isascii() else 0}{page.behind}",
        said=click_marks.joined(written),
    )


# One link is clicked by many: reading it costs more than all else that is done here for a click.
_kept_link: Final = lru_cache(2048)(_link)
