"""Making groups."""

import pytest

from enlist.domain import accounts, groups
from tests.support.world import VAULT, World


@pytest.mark.parametrize("name", ["all contacts", "all", "unique", "ALL", "", "a b", "a/b", "x" * 101, "a\0b"])
async def test_reserved_and_unusable_names_are_refused(world: World, name: str) -> None:
    account = await world.account()
    async with world.transaction() as tx:
        with pytest.raises(groups.BadGroup):
            await groups.create(tx, account.id, name)


async def test_a_name_can_be_taken_once_in_each_account(world: World) -> None:
    first, second = await world.account(), await world.account()
    await world.group(first, "1473249885.2899961004")
    await world.group(second, "1473249885.2899961004")
    with pytest.raises(groups.GroupTaken):
        await world.group(first, "1473249885.2899961004")


async def test_every_group_has_a_number_and_the_auto_group_is_listed_on_demand_only(world: World) -> None:
    account = await world.account()
    news = await world.group(account, "news")
    async with world.reading() as tx:
        assert [group.id for group in await groups.list_(tx, account.id)] == [news.id]
        assert [group.name for group in await groups.list_(tx, account.id, auto=True)] == ["all contacts", "news"]


async def test_an_account_cannot_be_made_without_its_built_in_group(world: World) -> None:
    async with world.transaction() as tx:
        made = await accounts.create(tx, accounts.NewAccount(login="whole"), VAULT)
        raw = await tx.fetch_value(
            "INSERT INTO accounts (login, api_key, plan, time_zone, locale, created_at)"
            " VALUES ('raw', '', 'standard', 'UTC', 'en', now()) RETURNING id"
        )
        for account_id in (made.id, raw):
            (group,) = await groups.list_(tx, account_id, auto=True)
            assert (group.name, group.kind, group.confirmation) == ("all contacts", "auto", False)
    with pytest.raises(accounts.LoginTaken):
        await world.do(accounts.create, accounts.NewAccount(login="WHOLE"), VAULT)
    assert len(await world.ask(groups.list_, made.id, auto=True)) == 1
