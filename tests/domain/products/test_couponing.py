"""Keeping coupons and counting their uses."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, products
from enlist.runtime.db import utc_now
from tests.support.world import World


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    return await world.account()


async def uses(world: World, coupon: products.Coupon) -> int:
    listed = await world.ask(products.list_coupons, coupon.account_id)
    return next(one.uses for one in listed if one.id == coupon.id)


async def test_everything_that_is_said_of_a_coupon_is_kept(world: World, shop: accounts.Account) -> None:
    book, course = await world.product(shop, "book"), await world.product(shop, "course")
    begin = utc_now()
    made = await world.coupon(
        shop,
        "Весна-2026",
        discount_sum=Decimal("150.50"),
        valid_from=begin,
        valid_until=begin + timedelta(days=1),
        products=("course", str(book.id), "course"),
        partner_id=77,
        most_uses=3,
    )
    assert (made.code, made.discount_sum, made.discount_percent) == ("Весна-2026", Decimal("150.50"), None)
    assert (made.valid_from, made.valid_until) == (begin, begin + timedelta(days=1))
    assert (made.product_ids, made.partner_id, made.most_uses, made.uses) == ((course.id, book.id), 77, 3, 0)
    assert await world.ask(products.list_coupons, shop.id) == [made]


@pytest.mark.parametrize(
    "said",
    [
        {"code": ""},
        {"code": "a b"},
        {"code": "a,b"},
        {"code": "x" * 65},
        {"code": "a\0b"},
        {"code": "a\u200bb"},
        {"discount_percent": None},
        {"discount_sum": Decimal(1)},
        {"discount_percent": Decimal(0)},
        {"discount_percent": Decimal("100.0001")},
        {"discount_percent": Decimal("NaN")},
        {"discount_percent": None, "discount_sum": Decimal(0)},
        {"discount_percent": None, "discount_sum": Decimal("0.001")},
        {"discount_percent": None, "discount_sum": Decimal(-5)},
        {"valid_from": datetime(2026, 3, 2, tzinfo=UTC), "valid_until": datetime(2026, 3, 1, tzinfo=UTC)},
        {"most_uses": 0},
        {"most_uses": 2**31},
    ],
    ids=str,
)
async def test_what_no_coupon_can_be_like_is_refused(
    world: World, shop: accounts.Account, said: dict[str, Any]
) -> None:
    new = products.NewCoupon(**{"code": "SPRING", "discount_percent": Decimal(10), **said})
    async with world.transaction() as tx:
        with pytest.raises(products.BadCoupon):
            await products.create_coupon(tx, shop.id, new)


async def test_a_coupon_for_an_unknown_product_is_refused(world: World, shop: accounts.Account) -> None:
    await world.product(await world.account(), "book")
    with pytest.raises(products.ProductNotFound) as refusal:
        await world.coupon(shop, "SPRING", products=("book",))
    assert refusal.value.fields == {"product": "book"}


async def test_a_code_is_taken_once_in_each_account_in_whichever_letter_case(
    world: World, shop: accounts.Account
) -> None:
    await world.coupon(shop, "Весна")
    await world.coupon(await world.account(), "Весна")
    for code in ("Весна", "ВЕСНА", "весна"):
        with pytest.raises(products.CouponTaken):
            await world.coupon(shop, code)


async def test_coupons_are_found_by_code_in_any_letter_case_or_by_number_and_the_code_wins(
    world: World, shop: accounts.Account
) -> None:
    other = await world.account()
    spring = await world.coupon(shop, "Весна")
    mean = await world.coupon(shop, str(spring.id))
    foreign = await world.coupon(other, "ВЕСНА")
    found = await world.ask(
        products.find_coupons,
        {
            (shop.id, "вЕСНА"),
            (shop.id, " весна "),
            (other.id, "весна"),
            (shop.id, str(spring.id)),
            (shop.id, str(mean.id)),
            (other.id, str(mean.id)),
            (shop.id, str(foreign.id)),
            (shop.id, "autumn"),
            (shop.id, ""),
        },
    )
    assert found == {
        (shop.id, "вЕСНА"): spring,
        (shop.id, " весна "): spring,
        (other.id, "весна"): foreign,
        (shop.id, str(spring.id)): mean,
        (shop.id, str(mean.id)): mean,
    }


async def test_a_disabled_coupon_is_found_and_does_not_apply(world: World, shop: accounts.Account) -> None:
    await world.coupon(shop, "SPRING")
    async with world.transaction() as tx:
        await products.disable_coupon(tx, shop.id, "spring")
        found = (await products.find_coupons(tx, [(shop.id, "SPRING")]))[shop.id, "SPRING"]
        assert found.disabled_at == tx.now
        assert not products.applies(found, [1], tx.now)
    async with world.transaction() as tx:
        await products.disable_coupon(tx, shop.id, str(found.id))
        assert await products.list_coupons(tx, shop.id) == [found]
        for account_id, code in ((shop.id, "autumn"), ((await world.account()).id, "spring")):
            with pytest.raises(products.CouponNotFound):
                await products.disable_coupon(tx, account_id, code)


async def test_uses_are_counted_up_to_the_limit_and_taken_back(world: World, shop: accounts.Account) -> None:
    coupon = await world.coupon(shop, "SPRING", most_uses=2)
    async with world.transaction() as tx:
        assert [await products.use_coupon(tx, shop.id, coupon.id) for _ in range(3)] == [True, True, False]
    assert await uses(world, coupon) == 2
    async with world.transaction() as tx:
        await products.release_coupons(tx, [(shop.id, coupon.id)])
        assert await products.use_coupon(tx, shop.id, coupon.id)
        await products.release_coupons(tx, [(shop.id, coupon.id)] * 5)
        assert not await products.use_coupon(tx, (await world.account()).id, coupon.id)
        assert not await products.use_coupon(tx, shop.id, coupon.id + 1000)
    assert await uses(world, coupon) == 0


async def test_uses_of_several_coupons_are_counted_in_their_order(world: World, shop: accounts.Account) -> None:
    scarce = await world.coupon(shop, "SCARCE", most_uses=2)
    plenty = await world.coupon(shop, "PLENTY")
    a, b = (shop.id, scarce.id), (shop.id, plenty.id)
    assert await world.do(products.use_coupons, [a, b, a, a, b, (0, 0)]) == [True, True, True, False, True, False]
    assert (await uses(world, scarce), await uses(world, plenty)) == (2, 2)


async def test_simultaneous_uses_stay_within_the_limit_and_do_not_lock_each_other_out(
    dsn: str, world: World, shop: accounts.Account
) -> None:
    first = await world.coupon(shop, "FIRST", most_uses=30)
    second = await world.coupon(shop, "SECOND", most_uses=45)
    async with World.open(dsn) as other:
        keys = [(shop.id, first.id), (shop.id, second.id)]

        async def use(number: int) -> list[bool]:
            async with (world, other)[number % 2].transaction() as tx:
                allowed = await products.use_coupons(tx, keys if number % 3 else keys[::-1])
                return allowed if number % 3 else allowed[::-1]

        outcomes = await asyncio.gather(*[use(number) for number in range(60)])
        assert [sum(outcome[which] for outcome in outcomes) for which in (0, 1)] == [30, 45]
        assert (await uses(world, first), await uses(world, second)) == (30, 45)
