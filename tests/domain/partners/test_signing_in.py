"""Asking for a link to sign in: how often anybody may try or have letters written."""

import asyncio

import pytest

from enlist.domain import accounts, partners
from enlist.domain.partners import NewPartner, signing_in
from tests.domain.partners.helpers import a_programme
from tests.support.world import World


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    return await a_programme(world, open_registration=True, auto_approval=True)


async def letters(world: World, account: accounts.Account) -> list[str]:
    return [message.recipient for message in await world.messages(account.id)]


async def ask(world: World, account: accounts.Account, email: str, ip: str = "192.0.2.1") -> None:
    await world.do(partners.ask_for_link, account.id, email, ip)


async def count_tries(world: World, account: accounts.Account, ip: str, times: int) -> int:
    async def one() -> bool:
        try:
            await world.do(partners.count_try, account.id, ip)
        except partners.TooManyTries:
            return False
        return True

    return sum([await one() for _ in range(times)])


async def test_one_address_gets_a_few_letters_an_hour_whatever_the_spelling_and_account(
    world: World, shop: accounts.Account
) -> None:
    other = await a_programme(world)
    for account in (shop, other):
        await world.do(partners.create, account.id, NewPartner(login="victim", email="Victim@people.test"))
    for account, spelling in (
        (shop, "victim@people.test"),
        (other, "VICTIM@people.test"),
        (shop, "vİctim@people.test"),
    ):
        for _ in range(3):
            await ask(world, account, spelling)
    assert len(await letters(world, shop)) + len(await letters(world, other)) == 5


async def test_one_network_causes_some_letters_an_hour(world: World, shop: accounts.Account) -> None:
    for n in range(35):
        await world.do(partners.create, shop.id, NewPartner(login=f"p{n}", email=f"p{n}@people.test"))
    for n in range(35):
        await ask(world, shop, f"p{n}@people.test", f"2001:db8:7:1::{n:x}")
    assert len(await letters(world, shop)) == 30
    await ask(world, shop, "p34@people.test", "2001:db8:7:2::1")
    assert len(await letters(world, shop)) == 31


async def test_who_registers_and_is_in_gets_a_link_as_long_as_letters_may_be_written(
    world: World, shop: accounts.Account
) -> None:
    for n in range(7):
        async with world.transaction() as tx:
            new = NewPartner(login=f"victim{n}", email="registered@people.test")
            assert (await partners.register(tx, shop.id, new, ip="192.0.2.9")).active
    assert await letters(world, shop) == ["registered@people.test"] * 5


async def test_tries_are_counted_by_account_and_network(world: World, shop: accounts.Account) -> None:
    most = signing_in.TRIES.most
    assert await count_tries(world, shop, "203.0.113.1", most + 5) == most
    assert await count_tries(world, shop, "203.0.113.2", 3) == 3
    other = await a_programme(world)
    assert await count_tries(world, other, "203.0.113.1", 3) == 3
    assert await count_tries(world, shop, "2001:db8:1:1::1", most) == most
    assert await count_tries(world, shop, "2001:db8:1:1:ffff::2", 3) == 0
    assert await count_tries(world, shop, "2001:db8:1:2::1", 3) == 3


async def test_two_processes_at_once_do_not_exceed_the_tries(dsn: str, world: World, shop: accounts.Account) -> None:
    async with World.open(dsn) as other:
        counts = await asyncio.gather(*[count_tries(one, shop, "203.0.113.7", 40) for one in (world, other)])
        assert sum(counts) == signing_in.TRIES.most
