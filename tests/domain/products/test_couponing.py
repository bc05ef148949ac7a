"""Keeping coupons and counting their uses."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, products
from enlist.runtime.db import Database, utc_now
from tests.domain.products.helpers import a_coupon, a_product
from tests.support.factories import an_account


@pytest.fixture
async def shop(database: Database) -> accounts.Account:
    return await an_account(database)


async def uses(database: Database, coupon: products.Coupon) -> int:
    async with database.reading() as tx:
        listed = await products.list_coupons(tx, coupon.account_id)
    return next(one.uses for one in listed if one.id == coupon.id)


async def test_everything_that_is_said_of_a_coupon_is_kept(database: Database, shop: accounts.Account) -> None:
    book, course = await a_product(database, shop, "book"), await a_product(database, shop, "course")
    begin = utc_now()
    made = await a_coupon(
        database,
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
    async with database.reading() as tx:
        assert await products.list_coupons(tx, shop.id) == [made]


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
    database: Database, shop: accounts.Account, said: dict[str, Any]
) -> None:
    new = products.NewCoupon(**{"code": "SPRING", "discount_percent": Decimal(10), **said})
    async with database.transaction() as tx:
        with pytest.raises(products.BadCoupon):
            await products.create_coupon(tx, shop.id, new)


async def test_a_coupon_for_an_unknown_product_is_refused(database: Database, shop: accounts.Account) -> None:
    await a_product(database, await an_account(database), "book")
    with pytest.raises(products.ProductNotFound) as refusal:
        await a_coupon(database, shop, "SPRING", products=("book",))
    assert refusal.value.fields == {"product": "book"}


async def test_a_code_is_taken_once_in_each_account_in_whichever_letter_case(
    database: Database, shop: accounts.Account
) -> None:
    await a_coupon(database, shop, "Весна")
    await a_coupon(database, await an_account(database), "Весна")
    for code in ("Весна", "ВЕСНА", "весна"):
        with pytest.raises(products.CouponTaken):
            await a_coupon(database, shop, code)


async def test_coupons_are_found_by_code_in_any_letter_case_or_by_number_and_the_code_wins(
    database: Database, shop: accounts.Account
) -> None:
    other = await an_account(database)
    spring = await a_coupon(database, shop, "Весна")
    mean = await a_coupon(database, shop, str(spring.id))
    foreign = await a_coupon(database, other, "ВЕСНА")
    async with database.reading() as tx:
        found = await products.find_coupons(
            tx,
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


async def test_a_disabled_coupon_is_found_and_does_not_apply(database: Database, shop: accounts.Account) -> None:
    await a_coupon(database, shop, "SPRING")
    async with database.transaction() as tx:
        await products.disable_coupon(tx, shop.id, "spring")
        found = (await products.find_coupons(tx, [(shop.id, "SPRING")]))[shop.id, "SPRING"]
        assert found.disabled_at == tx.now
        assert not products.applies(found, [1], tx.now)
    async with database.transaction() as tx:
        await products.disable_coupon(tx, shop.id, str(found.id))
        assert await products.list_coupons(tx, shop.id) == [found]
        for account_id, code in ((shop.id, "autumn"), ((await an_account(database)).id, "spring")):
            with pytest.raises(products.CouponNotFound):
                await products.disable_coupon(tx, account_id, code)


async def test_uses_are_counted_up_to_the_limit_and_taken_back(database: Database, shop: accounts.Account) -> None:
    coupon = await a_coupon(database, shop, "SPRING", most_uses=2)
    async with database.transaction() as tx:
        assert [await products.use_coupon(tx, shop.id, coupon.id) for _ in range(3)] == [True, True, False]
    assert await uses(database, coupon) == 2
    async with database.transaction() as tx:
        await products.release_coupons(tx, [(shop.id, coupon.id)])
        assert await products.use_coupon(tx, shop.id, coupon.id)
        await products.release_coupons(tx, [(shop.id, coupon.id)] * 5)
        assert not await products.use_coupon(tx, (await an_account(database)).id, coupon.id)
        assert not await products.use_coupon(tx, shop.id, coupon.id + 1000)
    assert await uses(database, coupon) == 0


async def test_uses_of_several_coupons_are_counted_in_their_order(database: Database, shop: accounts.Account) -> None:
    scarce = await a_coupon(database, shop, "SCARCE", most_uses=2)
    plenty = await a_coupon(database, shop, "PLENTY")
    a, b = (shop.id, scarce.id), (shop.id, plenty.id)
    async with database.transaction() as tx:
        assert await products.use_coupons(tx, [a, b, a, a, b, (0, 0)]) == [True, True, True, False, True, False]
    assert (await uses(database, scarce), await uses(database, plenty)) == (2, 2)


async def test_simultaneous_uses_stay_within_the_limit_and_do_not_lock_each_other_out(
    dsn: str, database: Database, shop: accounts.Account
) -> None:
    first = await a_coupon(database, shop, "FIRST", most_uses=30)
    second = await a_coupon(database, shop, "SECOND", most_uses=45)
    other = Database(dsn)
    await other.open()
    keys = [(shop.id, first.id), (shop.id, second.id)]

    async def use(number: int) -> list[bool]:
        async with (database, other)[number % 2].transaction() as tx:
            allowed = await products.use_coupons(tx, keys if number % 3 else keys[::-1])
            return allowed if number % 3 else allowed[::-1]

    outcomes = await asyncio.gather(*[use(number) for number in range(60)])
    assert [sum(outcome[which] for outcome in outcomes) for which in (0, 1)] == [30, 45]
    assert (await uses(database, first), await uses(database, second)) == (30, 45)
    await other.close()
