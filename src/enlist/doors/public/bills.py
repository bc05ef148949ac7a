"""The link to an order's payment page: made here, and read here when somebody follows it."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec
from litestar import Request

from enlist.domain import accounts, orders, products
from enlist.doors.public.desk import Desk, NoSuchPage
from enlist.kit import tokens
from enlist.runtime.db import Tx
from enlist.runtime.settings import Settings

BILL: Final = "bill"
VISIT: Final = "bill visit"


class Bill(msgspec.Struct, frozen=True):
    """An order that somebody has the link of: its account, the products in it, and how it can be paid.

    ``visitor``: he may be anybody who typed what the buyer had typed before, so he may pay, and neither cancel nor
    learn more. ``path`` is the page's path, ``base`` the address before it, ``again`` the path of the page to order by
    once more.
    """

    account: accounts.Account
    order: orders.Order
    products: Mapping[int, products.Product]
    channels: tuple[str, ...]
    base: str
    path: str
    again: str
    visitor: bool


class Elsewhere(Exception):
    """The page lives on another host: at ``url``."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


def payment_path(key: bytes, purpose: str = BILL) -> Callable[[int, int], str]:
    """Make what makes the paths of payment pages from the numbers of account and order, signed with ``key``.

    ``purpose`` is BILL for the buyer and his owner, VISIT for who may be somebody else.
    """

    def path(account_id: int, order_id: int) -> str:
        return f"/bill/{tokens.issue(key, purpose, (account_id, order_id))}/"

    return path


def payment_link(key: bytes, settings: Settings) -> Callable[[int, int, str], str]:
    """Make what tells where an order is paid: a full address on a domain that is named, a path where none is."""
    path, scheme = payment_path(key), urlsplit(settings.public_url).scheme

    def link(account_id: int, order_id: int, domain: str) -> str:
        return f"{scheme}://{domain}{path(account_id, order_id)}" if domain else path(account_id, order_id)

    return link


def payment_links(key: bytes, settings: Settings) -> orders.Links:
    """Make what makes the complete addresses of payment pages, for letters."""
    path = payment_path(key)
    return orders.Links(pay=lambda account_id, order_id: f"{settings.public_url}{path(account_id, order_id)}")


def path_of(desk: Desk, account_id: int, order_id: int, *, visitor: bool = False) -> str:
    """Name the path of an order's payment page; with ``visitor``, for who may be somebody else than the buyer."""
    return payment_path(desk.links_key, VISIT if visitor else BILL)(account_id, order_id)


async def open_bill(request: Request[Any, Any, Any], desk: Desk, token: str) -> Bill:
    """Find what a link is about.

    The page is shown on the account's own hosts and on the installation's: on another account's, the first one's words
    would stand under a stranger's name. Raises NoSuchPage, Elsewhere and DatabaseAway.
    """
    numbers = tokens.read(desk.links_key, BILL, token)
    visitor = numbers is None
    if visitor:
        numbers = tokens.read(desk.links_key, VISIT, token)
    if numbers is None or len(numbers) != 2:
        raise NoSuchPage(link=True)
    account_id, order_id = numbers
    path = path_of(desk, account_id, order_id, visitor=visitor)
    async with desk.database.reading() as tx:
        owner = (await accounts.owners(tx, [account_id])).get(account_id)
        if owner is None:
            raise NoSuchPage(link=True)
        order = await orders.find(tx, account_id, order_id)
        if order is None:
            raise NoSuchPage(owner.locale, link=True)
        sold = await products.get_all(tx, {(account_id, item.product_id) for item in order.items})
        channels = await orders.list_payment_channels(tx, account_id)
        again = await _page_to_order_by(tx, order) if order.state == "cancelled" else ""
    account = await desk.account_called(owner.login)
    if account is None:
        raise NoSuchPage(owner.locale, link=True)
    return Bill(
        account=account,
        order=order,
        products={product.id: product for product in sold.values()},
        channels=tuple(name for name in desk.payment_channels if name in channels),
        base=await _base(request, desk, account, path),
        path=path,
        again=again,
        visitor=visitor,
    )


async def _page_to_order_by(tx: Tx, order: orders.Order) -> str:
    """Name the order page of the first product, if that is still sold under its name."""
    name = order.items[0].name
    return f"/order/{quote(name, safe='')}/" if await products.find(tx, order.account_id, name) else ""


async def _base(request: Request[Any, Any, Any], desk: Desk, account: accounts.Account, path: str) -> str:
    if desk.is_front(request):
        return desk.settings.public_url
    if not await desk.is_host_of(request, account):
        raise Elsewhere(desk.settings.public_url + path)
    return desk.base_of(request, account)
