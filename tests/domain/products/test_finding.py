"""Finding products by name or by number, many at once."""

import pytest

from enlist.domain import accounts, products
from tests.support.world import World


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    return await world.account()


async def test_products_of_several_accounts_are_found_at_once_by_name_or_number(
    world: World, shop: accounts.Account
) -> None:
    other = await world.account()
    book, course = await world.product(shop, "book"), await world.product(shop, "course")
    foreign = await world.product(other, "book")
    found = await world.ask(
        products.find_all,
        {
            (shop.id, "book"),
            (shop.id, str(book.id)),
            (shop.id, str(course.id)),
            (other.id, "book"),
            (other.id, str(course.id)),
            (shop.id, "Book"),
            (shop.id, "nothing"),
            (shop.id, ""),
        },
    )
    assert found == {
        (shop.id, "book"): book,
        (shop.id, str(book.id)): book,
        (shop.id, str(course.id)): course,
        (other.id, "book"): foreign,
    }


async def test_a_name_wins_over_a_number(world: World, shop: accounts.Account) -> None:
    book = await world.product(shop, "book")
    mean = await world.product(shop, str(book.id))
    found = await world.ask(products.find_all, [(shop.id, str(book.id)), (shop.id, str(mean.id)), (shop.id, "book")])
    assert found == {(shop.id, str(book.id)): mean, (shop.id, str(mean.id)): mean, (shop.id, "book"): book}


@pytest.mark.parametrize("text", ["9" * 18, "9" * 19, "9" * 5000, "-1", "0", "٣", "1.0", "a\0b", "\0", "' OR 1=1 --", "{\"a\"}", "\\u0000"])  # fmt: skip
async def test_hostile_names_find_nothing(world: World, shop: accounts.Account, text: str) -> None:
    book = await world.product(shop, "book")
    async with world.reading() as tx:
        assert await products.find(tx, shop.id, text) is None
        assert await products.find_all(tx, [(shop.id, text), (shop.id, f"0{book.id}"), (shop.id, f" {book.id}")]) == {}
        assert await products.find_coupons(tx, [(shop.id, text)]) == {}


async def test_nothing_wanted_is_nothing_found(world: World) -> None:
    async with world.reading() as tx:
        assert await products.find_all(tx, []) == {}
        assert await products.get_all(tx, []) == {}
        assert await products.find_coupons(tx, []) == {}
        assert await products.has_pin_codes(tx, []) == set()
        assert await products.issue_pin_codes(tx, []) == {}
        assert await products.use_coupons(tx, []) == []


async def test_products_are_listed_by_number(world: World, shop: accounts.Account) -> None:
    made = [await world.product(shop, name) for name in ("c", "a", "b")]
    assert await world.ask(products.list_, shop.id) == made


async def test_partners_advertise_what_is_meant_for_them(world: World, shop: accounts.Account) -> None:
    shown = [await world.product(shop, name, for_partners=True) for name in ("z", "a", "gone")]
    await world.product(shop, "hidden")
    await world.product(await world.account(), "foreign", for_partners=True)
    async with world.transaction() as tx:
        await products.delete(tx, shop.id, "gone")
        assert await products.list_for_partners(tx, shop.id) == shown[:2]
        assert await products.list_for_partners(tx, shop.id, limit=1) == shown[:1]
