"""Known groups: remembered for a moment, never that there is none."""

from enlist.domain import groups
from tests.support.world import World


async def test_a_group_made_just_now_is_found_and_then_remembered(world: World) -> None:
    account = await world.account()
    known = groups.KnownGroups()
    key = (account.id, "news")
    assert await world.do(known.find, {key}) == {}
    made = await world.group(account, "news")
    async with world.transaction() as tx:
        assert await known.find(tx, {key}) == {key: made}
        await tx.execute("UPDATE groups SET confirmation = false WHERE id = $1", made.id)
        assert (await known.find(tx, {key}))[key].confirmation
        known.forget()
        assert not (await known.find(tx, {key}))[key].confirmation


async def test_a_group_of_the_same_name_in_another_account_is_another_group(world: World) -> None:
    one, two = await world.account(), await world.account()
    first, second = await world.group(one, "news"), await world.group(two, "news")
    known = groups.KnownGroups()
    found = await world.do(known.find, {(one.id, "news"), (two.id, "news")})
    assert found == {(one.id, "news"): first, (two.id, "news"): second}
