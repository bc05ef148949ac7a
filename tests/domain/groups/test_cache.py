"""Known groups: remembered for a moment, never that there is none."""

from enlist.domain import groups
from enlist.runtime.db import Database
from tests.support.factories import a_group, an_account


async def test_a_group_made_just_now_is_found_and_then_remembered(database: Database) -> None:
    account = await an_account(database)
    known = groups.KnownGroups()
    key = (account.id, "news")
    async with database.transaction() as tx:
        assert await known.find(tx, {key}) == {}
    made = await a_group(database, account, "news")
    async with database.transaction() as tx:
        assert await known.find(tx, {key}) == {key: made}
        await tx.execute("UPDATE groups SET confirmation = false WHERE id = $1", made.id)
        assert (await known.find(tx, {key}))[key].confirmation
        known.forget()
        assert not (await known.find(tx, {key}))[key].confirmation


async def test_a_group_of_the_same_name_in_another_account_is_another_group(database: Database) -> None:
    one, two = await an_account(database), await an_account(database)
    first, second = await a_group(database, one, "news"), await a_group(database, two, "news")
    known = groups.KnownGroups()
    async with database.transaction() as tx:
        found = await known.find(tx, {(one.id, "news"), (two.id, "news")})
    assert found == {(one.id, "news"): first, (two.id, "news"): second}
