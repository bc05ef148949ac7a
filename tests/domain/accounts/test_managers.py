"""Managers: the people who work for an account."""

import pytest

from enlist.domain import accounts
from tests.support.world import World


async def test_managers_are_listed_in_the_order_of_their_making_and_found_by_number(world: World) -> None:
    mine, theirs = await world.account(), await world.account()
    async with world.transaction() as tx:
        made = [await accounts.create_manager(tx, mine.id, name) for name in ("Zoe", " Adam ")]
        for _ in range(2):
            await accounts.create_manager(tx, theirs.id, "Somebody")
        other = await accounts.create_manager(tx, theirs.id, "Zoe", email=" zoe@example.com ")  # number 3
        assert [manager.name for manager in made] == ["Zoe", "Adam"]
        assert other.email == "zoe@example.com"
        assert await accounts.list_managers(tx, mine.id) == made
        assert await accounts.find_manager(tx, mine.id, made[1].id) == made[1]
        for number in (other.id, 0, -1, 2**63, 10**30):
            assert await accounts.find_manager(tx, mine.id, number) is None


@pytest.mark.parametrize(("name", "email"), [("", ""), (" ", ""), ("x" * 256, ""), ("a\0b", ""), ("Olga", "olga@")])
async def test_a_manager_has_a_name_and_an_address_that_is_one(world: World, name: str, email: str) -> None:
    account = await world.account()
    async with world.transaction() as tx:
        with pytest.raises(accounts.BadAccount):
            await accounts.create_manager(tx, account.id, name, email=email)
