"""The link to an order's payment page, read when somebody follows it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from enlist.domain import accounts, orders, products
from enlist.doors.pages.payments import Payments
from enlist.doors.web import problems, showing
from enlist.doors.web.addresses import BILL, VISIT, order_path, payment_path_of
from enlist.doors.web.desk import Desk, NoSuchPage
from enlist.doors.web.languages import preferred
from enlist.doors.web.reading import GET
from enlist.kit import tokens
from enlist.runtime.db import Tx


class Bill(msgspec.Struct, frozen=True):
    """An order that somebody has the link of: its account, the products in it, and how it can be paid.

    ``asker``: the buyer, or a visitor, who may be anybody that typed what the buyer had typed before, and learns less.
    ``path`` is the page's path, ``base`` the address before it, ``again`` the path of the page to order by once more.
    """

    account: accounts.Account
    order: orders.Order
    products: Mapping[int, products.Product]
    channels: tuple[str, ...]
    base: str
    path: str
    again: str
    asker: orders.Asker


class Elsewhere(Exception):
    """The page lives on another host: at ``url``."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


async def open_bill(request: Request[Any, Any, Any], desk: Desk, payments: Payments, token: str) -> Bill:
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
    path = payment_path_of(desk, account_id, order_id, visitor=visitor)
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
        channels=tuple(name for name in payments.channels if name in channels),
        base=await _base(request, desk, account, path),
        path=path,
        again=again,
        asker="visitor" if visitor else "buyer",
    )


async def _page_to_order_by(tx: Tx, order: orders.Order) -> str:
    """Name the order page of the first product, if that is still sold under its name."""
    name = order.items[0].name
    return order_path(name) if await products.find(tx, order.account_id, name) else ""


async def _base(request: Request[Any, Any, Any], desk: Desk, account: accounts.Account, path: str) -> str:
    if desk.is_front(request):
        return desk.settings.public_url
    if not await desk.is_host_of(request, account):
        raise Elsewhere(desk.settings.public_url + path)
    return desk.base_of(request, account)


def answer_elsewhere(request: Request[Any, Any, Any], reason: Elsewhere) -> Response[Any]:
    """Send whoever only looks to the page's own host; a form sent to another host is not taken."""
    if request.method not in GET:
        return showing.problem(preferred(request), 404, *problems.BROKEN_LINK, private=True)
    return showing.onward(reason.url)
