"""Every list is bounded: its pages follow each other without a gap, and belong to one account."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from enlist.domain import accounts, groups, products, segments
from enlist.kit import paging
from enlist.kit.paging import BadCursor, Listing
from enlist.runtime.db import Tx
from tests.support.world import World

Prepared = Callable[[Tx], Listing[Any]]
COUNT = 7


async def some_products(world: World) -> Prepared:
    shop = await world.account()
    for n in range(COUNT):
        await world.product(shop, f"p{n}", "1")
    return lambda tx: partial(products.list_, tx, shop.id)


async def some_categories(world: World) -> Prepared:
    shop = await world.account()
    for n in range(COUNT):
        await world.do(products.create_category, shop.id, f"c{n}")
    return lambda tx: partial(products.list_categories, tx, shop.id)


async def some_coupons(world: World) -> Prepared:
    shop = await world.account()
    for n in range(COUNT):
        await world.coupon(shop, f"c{n}")
    return lambda tx: partial(products.list_coupons, tx, shop.id)


async def some_groups(world: World) -> Prepared:
    school = await world.account()
    for n in range(COUNT):
        await world.group(school, f"g{n}")
    return lambda tx: partial(groups.list_, tx, school.id)


async def some_managers(world: World) -> Prepared:
    shop = await world.account()
    for n in range(COUNT):
        await world.do(accounts.create_manager, shop.id, f"Zoe {n}")
    return lambda tx: partial(accounts.list_managers, tx, shop.id)


async def some_sites(world: World) -> Prepared:
    shop = await world.account()
    for n in range(COUNT):
        await world.do(accounts.create_site, shop.id, f"s{n}")
    return lambda tx: partial(accounts.list_sites, tx, shop.id)


async def some_segments(world: World) -> Prepared:
    site, _ = await world.do(accounts.create_site, (await world.account()).id, "main")
    rule = segments.read_rule('{"type": "region", "any_of": ["a"]}')
    for n in range(COUNT):
        await world.do(segments.create, site, f"s{n}", rule)
    return lambda tx: partial(segments.list_, tx, site)


ALL = [some_products, some_categories, some_coupons, some_groups, some_managers, some_sites, some_segments]


@pytest.mark.parametrize("prepare", ALL)
async def test_pages_follow_each_other(world: World, prepare: Callable[[World], Awaitable[Prepared]]) -> None:
    await prepare(world)  # somebody else's
    listing = await prepare(world)
    async with world.reading() as tx:
        ask = listing(tx)
        whole = await paging.collect(ask)
        assert len(whole) == COUNT
        for limit in (1, 3, COUNT, COUNT + 1):
            seen: list[Any] = []
            after = ""
            while True:
                page = await ask(after=after, limit=limit)
                assert len(page) <= limit
                seen += page
                if not (after := page.after):
                    break
            assert seen == whole
        for cursor in ("nonsense", paging.write_cursor([1, 2]), paging.write_cursor(None)):
            with pytest.raises(BadCursor):
                await ask(after=cursor, limit=1)
        if prepare is not some_sites:
            assert await ask(after=paging.write_cursor(2**63 - 1), limit=1) == []
