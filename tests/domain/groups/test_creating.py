"""Making groups."""

import pytest

from enlist.domain import groups
from enlist.runtime.db import Database
from tests.support.factories import a_group, an_account


@pytest.mark.parametrize("name", ["allleads", "all", "unique", "ALL", "", "a b", "a/b", "x" * 101, "a\0b"])
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
        assert [group.name for group in await groups.list_(tx, account.id, auto=True)] == ["allleads", "news"]
