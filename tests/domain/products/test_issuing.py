"""Pin codes: each is handed out once, whoever asks at the same moment."""

import asyncio
from collections.abc import Sequence
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.domain import accounts, products
from tests.support.world import World

orders = count(1)


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    return await world.account()


async def stock(world: World, account: accounts.Account, name: str, codes: Sequence[str]) -> products.Product:
    product = await world.product(account, name)
    assert await world.do(products.add_pin_codes, account.id, name, codes) == len(codes)
    return product


async def issue(world: World, product: products.Product, order_id: int, places: int = 1) -> list[str]:
    async with world.transaction() as tx:
        wanted = [(product.account_id, product.id, order_id, place) for place in range(places)]
        return list((await products.issue_pin_codes(tx, wanted)).values())


async def test_codes_are_added_once_and_told_of(world: World, shop: accounts.Account) -> None:
    book = await world.product(shop, "book")
    async with world.transaction() as tx:
        assert await products.has_pin_codes(tx, [(shop.id, book.id)]) == set()
        assert await products.add_pin_codes(tx, shop.id, "book", [" A-1 ", "", "A-2", "A-1", "  "]) == 2
        assert await products.add_pin_codes(tx, shop.id, "book", ["A-2", "a-2", "Ж"]) == 2
        assert await products.add_pin_codes(tx, shop.id, "book", ["A-1"]) == 0
        assert await products.add_pin_codes(tx, shop.id, "book", []) == 0
        assert await products.count_pin_codes(tx, shop.id, "book") == (4, 0)
        assert await products.has_pin_codes(tx, [(shop.id, book.id), (shop.id, 0)]) == {(shop.id, book.id)}
    told = await world.events(shop.id)
    assert [(event.kind, event.body["product_id"]) for event in told] == [("products.pin_codes_added", book.id)] * 2


@pytest.mark.parametrize("code", ["x" * 256, "a\nb", "a\0b"])
async def test_a_code_that_cannot_be_kept_is_named(world: World, shop: accounts.Account, code: str) -> None:
    await world.product(shop, "book")
    async with world.transaction() as tx:
        with pytest.raises(products.BadPinCode) as refusal:
            await products.add_pin_codes(tx, shop.id, "book", ["fine", code])
        assert refusal.value.fields["place"] == 2
        assert await products.count_pin_codes(tx, shop.id, "book") == (0, 0)


async def test_the_oldest_codes_go_first_and_asking_again_gives_the_same(world: World, shop: accounts.Account) -> None:
    book = await stock(world, shop, "book", ["Z", "A", "M"])
    assert await issue(world, book, 10, 2) == ["Z", "A"]
    assert await issue(world, book, 10, 2) == ["Z", "A"]
    assert await issue(world, book, 10, 1) == ["Z"]
    assert await world.ask(products.count_pin_codes, shop.id, "book") == (1, 2)


async def test_where_the_stock_is_empty_there_is_none_until_it_is_filled(world: World, shop: accounts.Account) -> None:
    book = await stock(world, shop, "book", ["A"])
    assert await issue(world, book, 1, 3) == ["A"]
    await world.do(products.add_pin_codes, shop.id, "book", ["B"])
    assert sorted(await issue(world, book, 1, 3)) == ["A", "B"]


async def test_several_products_of_several_accounts_are_served_at_once(world: World, shop: accounts.Account) -> None:
    other = await world.account()
    book, course = await stock(world, shop, "book", ["B1", "B2"]), await stock(world, shop, "course", ["C1"])
    foreign = await stock(world, other, "book", ["X1", "B1"])
    plain = await world.product(shop, "plain")
    wanted = [
        (shop.id, book.id, 101, 0),
        (shop.id, course.id, 101, 1),
        (other.id, foreign.id, 102, 0),
        (shop.id, book.id, 103, 5),
        (shop.id, course.id, 103, 6),
        (shop.id, plain.id, 103, 7),
        (other.id, course.id, 104, 0),
    ]
    issued = await world.do(products.issue_pin_codes, wanted)
    assert issued == {
        (shop.id, 101, 0): "B1",
        (shop.id, 101, 1): "C1",
        (other.id, 102, 0): "X1",
        (shop.id, 103, 5): "B2",
    }
    assert await world.ask(products.count_pin_codes, other.id, "book") == (1, 1)


async def test_simultaneous_buyers_get_one_code_each_and_those_who_come_late_none(
    dsn: str, world: World, shop: accounts.Account
) -> None:
    book = await stock(world, shop, "book", [f"code {n}" for n in range(40)])
    async with World.open(dsn) as other:
        numbers = [next(orders) for _ in range(60)]
        got = await asyncio.gather(*[issue((world, other)[n % 2], book, n) for n in numbers])
        codes = [code for codes in got for code in codes]
        assert len(codes) == len(set(codes)) == 40
        again = await asyncio.gather(*[issue(world, book, n) for n in numbers])
        assert again == got


async def test_a_code_that_comes_back_from_a_payment_that_failed_goes_to_who_waited_for_it(
    world: World, shop: accounts.Account
) -> None:
    book = await stock(world, shop, "book", ["only"])
    held = asyncio.Event()
    go = asyncio.Event()

    async def fails() -> None:
        async with world.transaction() as tx:
            assert await products.issue_pin_codes(tx, [(shop.id, book.id, 1, 0)]) == {(shop.id, 1, 0): "only"}
            held.set()
            await go.wait()
            raise ConnectionResetError

    failing = asyncio.create_task(fails())
    await held.wait()
    waiting = asyncio.create_task(issue(world, book, 2))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    go.set()
    with pytest.raises(ConnectionResetError):
        await failing
    assert await waiting == ["only"]


async def test_new_codes_wait_for_a_payment_that_found_the_stock_empty_so_that_they_see_who_is_owed_one(
    world: World, shop: accounts.Account
) -> None:
    book = await stock(world, shop, "book", ["A"])
    await issue(world, book, 1)
    async with world.transaction() as tx:
        assert await products.issue_pin_codes(tx, [(shop.id, book.id, 2, 0)]) == {}

        async def add() -> int:
            return await world.do(products.add_pin_codes, shop.id, "book", ["B"])

        adding = asyncio.create_task(add())
        await asyncio.sleep(0.2)
        assert not adding.done()
        # What else is done with the product meanwhile need not wait.
        await world.do(products.change, shop.id, products.NewProduct(name="book", title="Another title"))
    assert await adding == 1


async def test_the_same_codes_added_at_the_same_moment_are_there_once(world: World, shop: accounts.Account) -> None:
    await world.product(shop, "book")
    codes = [f"code {n}" for n in range(50)]

    async def add(backwards: bool) -> int:
        return await world.do(products.add_pin_codes, shop.id, "book", codes[::-1] if backwards else codes)

    assert sum(await asyncio.gather(*[add(bool(n % 2)) for n in range(8)])) == 50


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    stocks=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    calls=st.lists(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=6), max_size=6),
)
async def test_whatever_is_asked_for_together_no_code_is_handed_out_twice_nor_kept_back(
    world: World, shop: accounts.Account, stocks: list[int], calls: list[list[tuple[int, int]]]
) -> None:
    async with world.transaction() as tx:
        await tx.execute("DELETE FROM pin_codes WHERE account_id = $1", shop.id)
        await tx.execute("DELETE FROM products WHERE account_id = $1", shop.id)
    shelf = [await world.product(shop, f"p{n}") for n in range(len(stocks))]
    async with world.transaction() as tx:
        for product, size in zip(shelf, stocks, strict=True):
            await products.add_pin_codes(tx, shop.id, product.name, [f"{product.id}-{n}" for n in range(size)])

    first = next(orders) * 1_000_000

    async def act(number: int, call: list[tuple[int, int]]) -> dict[tuple[int, int, int], str]:
        wanted = {
            (shop.id, shelf[which % len(shelf)].id, first + number * 10 + order, which): None for which, order in call
        }
        return await world.do(products.issue_pin_codes, list(wanted))

    outcomes = [await act(number, call) for number, call in enumerate(calls)]
    codes = [code for outcome in outcomes for code in outcome.values()]
    assert len(codes) == len(set(codes))
    for place, (product, size) in enumerate(zip(shelf, stocks, strict=True)):
        asked = {
            (number, order, which)
            for number, call in enumerate(calls)
            for which, order in call
            if which % len(shelf) == place
        }
        free, issued = await world.ask(products.count_pin_codes, shop.id, product.name)
        assert (free, issued) == (size - min(size, len(asked)), min(size, len(asked)))
