"""Orders and the affiliate programme: who is credited, charged at payment, taken back with refunds."""

from decimal import Decimal

import pytest

from enlist.domain import accounts, commissions, orders, partners, products
from enlist.runtime.db import Database
from tests.domain.orders.helpers import an_order, cancel, found, pay, placed, refund
from tests.domain.products.helpers import a_coupon, a_product
from tests.support.factories import an_account

D = Decimal
MARKS = {"utm_medium": "affiliate", "utm_source": "peter"}


@pytest.fixture
async def shop(database: Database) -> accounts.Account:
    account = await an_account(database)
    await a_product(database, account, "course", "100", commission_1_percent=D(10), commission_2_sum=D(3))
    await a_product(database, account, "plain", "50")
    async with database.transaction() as tx:
        await partners.create(tx, account.id, partners.NewPartner(login="rosa"))
        await partners.create(tx, account.id, partners.NewPartner(login="peter", recruited_by="rosa"))
    return account


def fees(order: orders.Order) -> list[tuple[int, int, str, Decimal]]:
    return [(fee.place, fee.level, fee.partner_login, fee.amount) for fee in order.fees if fee.amount]


async def earned(database: Database, shop: accounts.Account, login: str) -> Decimal:
    async with database.reading() as tx:
        return (await commissions.statistics(tx, shop.id, login)).earned


async def test_the_marks_of_an_order_credit_its_partner_and_payment_charges(
    database: Database, shop: accounts.Account
) -> None:
    order = await placed(database, an_order(shop, "anna@example.com", "course", "plain", marks=MARKS))
    assert fees(order) == [(0, 1, "peter", D(10)), (0, 2, "rosa", D(3))]
    assert await earned(database, shop, "peter") == 0
    await pay(database, order, "149")
    assert await earned(database, shop, "peter") == 0
    for _ in range(2):
        await pay(database, order)
        assert await earned(database, shop, "peter") == 10
        assert await earned(database, shop, "rosa") == 3
    async with database.reading() as tx:
        assert (await commissions.decision_of(tx, shop.id, order.id)).startswith("peter: ")
        assert [fee.amount for fee in (await orders.list_(
            tx, shop.id, since=order.created_at, until=tx.now))[0].fees if fee.amount] == [D(10), D(3)]  # fmt: skip


async def test_refunds_take_back_their_share_and_too_much_money_does_not(
    database: Database, shop: accounts.Account
) -> None:
    order = await placed(database, an_order(shop, "anna@example.com", "course", affiliates=("peter",)))
    await pay(database, order, "150", channel="bank")
    assert await earned(database, shop, "peter") == 10
    await refund(database, order, "50")
    assert await earned(database, shop, "peter") == 10
    await refund(database, order, "50")
    assert await earned(database, shop, "peter") == 5
    await refund(database, order)
    assert [await earned(database, shop, login) for login in ("peter", "rosa")] == [D(0), D(0)]


async def test_the_partner_of_a_coupon_earns_and_by_what_is_paid(database: Database, shop: accounts.Account) -> None:
    async with database.transaction() as tx:
        rosa = await partners.get(tx, shop.id, "rosa")
    await a_coupon(database, shop, "ROSA", discount_percent=D(50), partner_id=rosa.id)
    order = await placed(database, an_order(shop, "anna@example.com", "course", coupon="rosa", marks=MARKS))
    assert fees(order) == [(0, 1, "rosa", D(5))]


async def test_who_was_brought_once_is_the_partners_in_later_orders_too(
    database: Database, shop: accounts.Account
) -> None:
    first = await placed(database, an_order(shop, "anna@example.com", "plain", marks=MARKS))
    await cancel(database, first)
    later = await placed(database, an_order(shop, "anna@example.com", "course"))
    assert fees(later) == [(0, 1, "peter", D(10)), (0, 2, "rosa", D(3))]
    stranger = await placed(database, an_order(shop, "bert@example.com", "course"))
    assert stranger.fees == ()


async def test_what_is_given_away_counts_as_paid_and_earns_nothing(database: Database, shop: accounts.Account) -> None:
    async with database.transaction() as tx:
        await products.change(tx, shop.id, products.NewProduct(name="course", price=D(0)))
    order = await placed(database, an_order(shop, "anna@example.com", "course", marks=MARKS))
    assert (await found(database, shop, order.id)).state == "paid"
    async with database.reading() as tx:
        told = await commissions.statistics(tx, shop.id, "peter")
    assert (told.earned, told.paid_orders) == (D(0), 1)


async def test_partners_of_another_account_earn_nothing(database: Database, shop: accounts.Account) -> None:
    other = await an_account(database)
    await a_product(database, other, "course", "100", commission_1_percent=D(10))
    order = await placed(
        database, an_order(other, "anna@example.com", "course", marks=MARKS, affiliates=("peter", "rosa"))
    )
    assert order.fees == ()
