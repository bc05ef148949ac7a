"""Addresses of our pages that other pages, letters and calls name: an order's page, and where it is paid."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlsplit

from enlist.domain import orders
from enlist.doors.settings import DoorSettings
from enlist.doors.web.desk import Desk
from enlist.kit import tokens

# Where partners' links to products begin.
PARTNER_LINKS: Final = "/aff/sl/"
# What a link to a payment page is signed for: for the buyer, or for somebody who may be anybody.
BILL: Final = "bill"
VISIT: Final = "bill visit"


def order_path(product: str) -> str:
    """Return the path of the page on which the product of that name is ordered."""
    return f"/order/{quote(product, safe='')}/"


def order_taking_path(product: str) -> str:
    """Return the path that takes an order of the product of that name."""
    return f"/order/confirm/{quote(product, safe='')}/"


def partner_link_path(product: str, partner: str) -> str:
    """Return the path of a partner's link to a product, each by its name or login."""
    return f"{PARTNER_LINKS}{quote(product, safe='')}/{quote(partner, safe='')}/"


def payment_path(key: bytes, purpose: str = BILL) -> Callable[[int, int], str]:
    """Make what makes the paths of payment pages from the numbers of account and order, signed with ``key``.

    ``purpose`` is BILL for the buyer and his owner, VISIT for who may be somebody else.
    """

    def path(account_id: int, order_id: int) -> str:
        return f"/bill/{tokens.issue(key, purpose, (account_id, order_id))}/"

    return path


def payment_link(key: bytes, settings: DoorSettings) -> Callable[[int, int, str], str]:
    """Make what tells where an order is paid: a full address on a domain that is named, a path where none is."""
    path, scheme = payment_path(key), urlsplit(settings.public_url).scheme

    def link(account_id: int, order_id: int, domain: str) -> str:
        return f"{scheme}://{domain}{path(account_id, order_id)}" if domain else path(account_id, order_id)

    return link


def payment_links(key: bytes, settings: DoorSettings) -> orders.Links:
    """Make what makes the complete addresses of payment pages, for letters."""
    path = payment_path(key)
    return orders.Links(pay=lambda account_id, order_id: f"{settings.public_url}{path(account_id, order_id)}")


def payment_path_of(desk: Desk, account_id: int, order_id: int, *, visitor: bool = False) -> str:
    """Name the path of an order's payment page; with ``visitor``, for who may be somebody else than the buyer."""
    return payment_path(desk.links_key, VISIT if visitor else BILL)(account_id, order_id)
