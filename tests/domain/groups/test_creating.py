"""Making groups."""

import pytest

from enlist.domain import accounts, groups
from enlist.runtime.db import Database
from tests.support.factories import VAULT, a_group, an_account


@pytest.mark.parametrize("name", ["all contacts", "all", "unique", "ALL", "", "a b", "a/b", "x" * 101, "a\0b"])
async def test_reserved_and_unusable_names_are_refused(database: Database, name: str) -> None:
    account = await an_account(database)
    async with database.transaction() as tx:
        with pytest.raises(groups.BadGroup):
            await groups.create(tx, account.id, name)


async def test_a_name_can_be_taken_once_in_each_account(database: Database) -> None:
    first, second = await an_account(database), await an_account(database)
    await a_group(database, first, "1473249885.2899961004")
    await a_group(database, second, "1473249885.2899961004")
    with pytest.raises(groups.GroupTaken):
        await a_group(database, first, "1473249885.2899961004")


async def test_every_group_has_a_number_and_the_auto_group_is_listed_on_demand_only(database: Database) -> None:
    account = await an_account(database)
    news = await a_group(database, account, "news")
    async with database.reading() as tx:
        assert [group.id for group in await groups.list_(tx, account.id)] == [news.id]
        assert [group.name for group in await groups.list_(tx, account.id, auto=True)] == ["all contacts", "news"]


async def test_an_account_cannot_be_made_without_its_built_in_group(database: Database) -> None:
    async with database.transaction() as tx:
        made = await accounts.create(tx, accounts.NewAccount(login="whole"), VAULT)
        raw = await tx.fetch_value(
            "INSERT INTO accounts (login, api_key, plan, time_zone, locale, created_at)"
            " VALUES ('raw', '', 'standard', 'UTC', 'en', now()) RETURNING id"
        )
        for account_id in (made.id, raw):
            (group,) = await groups.list_(tx, account_id, auto=True)
            assert (group.name, group.kind, group.confirmation) == ("all contacts", "auto", False)
    with pytest.raises(accounts.LoginTaken):
        async with database.transaction() as tx:
            await accounts.create(tx, accounts.NewAccount(login="WHOLE"), VAULT)
    async with database.reading() as tx:
        assert len(await groups.list_(tx, made.id, auto=True)) == 1
