"""Orders and the affiliate programme: who is credited, charged at payment, taken back with refunds."""

from decimal import Decimal

import pytest

from enlist.domain import accounts, commissions, orders, partners, products
from tests.domain.orders.helpers import an_order, cancel, found, pay, placed, refund
from tests.support.world import World

D = Decimal
MARKS = {"utm_medium": "affiliate", "utm_source": "peter"}


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await world.account()
    await world.product(account, "course", "100", commission_1_percent=D(10), commission_2_sum=D(3))
    await world.product(account, "plain", "50")
    async with world.transaction() as tx:
        await partners.create(tx, account.id, partners.NewPartner(login="rosa"))
        await partners.create(tx, account.id, partners.NewPartner(login="peter", recruited_by="rosa"))
    return account


def fees(order: orders.Order) -> list[tuple[int, int, str, Decimal]]:
    return [(fee.place, fee.level, fee.partner_login, fee.amount) for fee in order.fees if fee.amount]


async def earned(world: World, shop: accounts.Account, login: str) -> Decimal:
    return (await world.ask(commissions.statistics, shop.id, login)).earned


async def test_the_marks_of_an_order_credit_its_partner_and_payment_charges(
    world: World, shop: accounts.Account
) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "course", "plain", marks=MARKS))
    assert fees(order) == [(0, 1, "peter", D(10)), (0, 2, "rosa", D(3))]
    assert await earned(world, shop, "peter") == 0
    await pay(world, order, "149")
    assert await earned(world, shop, "peter") == 0
    for _ in range(2):
        await pay(world, order)
        assert await earned(world, shop, "peter") == 10
        assert await earned(world, shop, "rosa") == 3
    async with world.reading() as tx:
        assert (await commissions.decision_of(tx, shop.id, order.id)).startswith("peter: ")
        assert [fee.amount for fee in (await orders.list_(
            tx, shop.id, since=order.created_at, until=tx.now))[0].fees if fee.amount] == [D(10), D(3)]  # fmt: skip


async def test_refunds_take_back_their_share_and_too_much_money_does_not(world: World, shop: accounts.Account) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "course", affiliates=("peter",)))
    await pay(world, order, "150", channel="bank")
    assert await earned(world, shop, "peter") == 10
    await refund(world, order, "50")
    assert await earned(world, shop, "peter") == 10
    await refund(world, order, "50")
    assert await earned(world, shop, "peter") == 5
    await refund(world, order)
    assert [await earned(world, shop, login) for login in ("peter", "rosa")] == [D(0), D(0)]


async def test_the_partner_of_a_coupon_earns_and_by_what_is_paid(world: World, shop: accounts.Account) -> None:
    rosa = await world.do(partners.get, shop.id, "rosa")
    await world.coupon(shop, "ROSA", discount_percent=D(50), partner_id=rosa.id)
    order = await placed(world, an_order(shop, "anna@example.com", "course", coupon="rosa", marks=MARKS))
    assert fees(order) == [(0, 1, "rosa", D(5))]


async def test_who_was_brought_once_is_the_partners_in_later_orders_too(world: World, shop: accounts.Account) -> None:
    first = await placed(world, an_order(shop, "anna@example.com", "plain", marks=MARKS))
    await cancel(world, first)
    later = await placed(world, an_order(shop, "anna@example.com", "course"))
    assert fees(later) == [(0, 1, "peter", D(10)), (0, 2, "rosa", D(3))]
    stranger = await placed(world, an_order(shop, "bert@example.com", "course"))
    assert stranger.fees == ()


async def test_what_is_given_away_counts_as_paid_and_earns_nothing(world: World, shop: accounts.Account) -> None:
    await world.do(products.change, shop.id, products.NewProduct(name="course", price=D(0)))
    order = await placed(world, an_order(shop, "anna@example.com", "course", marks=MARKS))
    assert (await found(world, shop, order.id)).state == "paid"
    told = await world.ask(commissions.statistics, shop.id, "peter")
    assert (told.earned, told.paid_orders) == (D(0), 1)


async def test_partners_of_another_account_earn_nothing(world: World, shop: accounts.Account) -> None:
    other = await world.account()
    await world.product(other, "course", "100", commission_1_percent=D(10))
    order = await placed(
        world, an_order(other, "anna@example.com", "course", marks=MARKS, affiliates=("peter", "rosa"))
    )
    assert order.fees == ()
