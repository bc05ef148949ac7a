"""What the tests of partners share: an account with a programme, partners in it, contacts and orders as numbers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from enlist.domain import accounts, attribution, commissions, partners
from enlist.domain.attribution import Touch
from enlist.domain.commissions import Sale, SaleItem
from enlist.domain.partners import Commission, NewPartner, Programme
from tests.support.world import World

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TEN_AND_FIVE = (Commission(percent=Decimal(10)), Commission(percent=Decimal(5)))

numbers = count(1000)


async def a_programme(world: World, **settings: Any) -> accounts.Account:
    """Create an account with a programme."""
    account = await world.account(time_zone=settings.pop("time_zone", "UTC"))
    await world.do(partners.set_programme, account.id, Programme(**{"commissions": TEN_AND_FIVE} | settings))
    return account


async def a_partner(world: World, account: accounts.Account, login: str, recruited_by: str = "") -> int:
    """Create a partner; return his number."""
    async with world.transaction() as tx:
        new = NewPartner(login=login, email=f"{login}@partners.test", recruited_by=recruited_by)
        return (await partners.create(tx, account.id, new)).id


def marks(login: str, **more: str) -> dict[str, str]:
    """Return the marks of a partner's link."""
    return {"utm_medium": "affiliate", "utm_source": login} | more


def a_touch(said: str | Mapping[str, str], at: datetime = NOW, source: attribution.Source = "request") -> Touch:
    """Build a click: on the link of a partner, or with other marks."""
    return Touch(at, marks(said) if isinstance(said, str) else said, source)


def a_sale(account: accounts.Account, *touches: Touch, sum: str = "100.00", **properties: Any) -> Sale:
    """Build an order of one product."""
    item = SaleItem(0, properties.pop("product_id", 7), Decimal(sum), properties.pop("commissions", None))
    said: dict[str, Any] = {"order_id": next(numbers), "contact_id": next(numbers), "created_at": NOW} | properties
    return Sale(account_id=account.id, touches=touches, items=(item,), **said)


async def credit(world: World, *sales: Sale) -> list[attribution.Decision]:
    """Credit orders in one transaction."""
    return await world.do(commissions.credit_orders, sales)


async def pay(world: World, account: accounts.Account, order_id: int, at: datetime = NOW) -> None:
    """Let an order be paid in full."""
    await world.do(commissions.charge, account.id, order_id, at)


async def refund(world: World, account: accounts.Account, order_id: int, refunded: str, of: str = "100") -> None:
    """Let money of an order be given back, so much up to now."""
    await world.do(commissions.reverse, account.id, order_id, Decimal(refunded), Decimal(of), NOW)


async def told(world: World, account: accounts.Account, login: str, *span: Any) -> commissions.Statistics:
    """Return a partner's statistics."""
    return await world.ask(commissions.statistics, account.id, login, *span)
