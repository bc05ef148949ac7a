"""Sites: made once, found by token, never under another one."""

import asyncio
from datetime import timedelta

import pytest

from enlist.domain import accounts
from enlist.runtime.db import DatabaseAway
from tests.support.world import VAULT, World


async def make(world: World, account: accounts.Account, name: str, **said: str | None) -> tuple[accounts.Site, str]:
    return await world.do(accounts.create_site, account.id, name, **said)


async def test_a_site_is_found_by_its_token_and_by_its_name_only_in_its_account(world: World) -> None:
    account, other = await world.account(time_zone="Asia/Tokyo"), await world.account()
    site, token = await make(world, account, "main")
    assert (site.account_id, site.name, site.time_zone) == (account.id, "main", "Asia/Tokyo")
    assert len(token) == 32
    assert token.isalnum()
    assert await accounts.SiteDirectory(world.database).find(token) == site
    async with world.transaction() as tx:
        assert await accounts.get_site(tx, account.id, "main") == site
        assert await accounts.list_sites(tx, account.id) == [site]
        assert await accounts.list_sites(tx, other.id) == []
        with pytest.raises(accounts.SiteNotFound):
            await accounts.get_site(tx, other.id, "main")
        assert token not in str(await tx.fetch("SELECT * FROM sites"))


async def test_names_are_taken_within_an_account_tokens_everywhere(world: World) -> None:
    account, other = await world.account(), await world.account()
    _, token = await make(world, account, "main", token="T0ken-of-31-letters~!*'(){}[]<>")
    with pytest.raises(accounts.SiteTaken):
        await make(world, account, "main")
    with pytest.raises(accounts.TokenTaken):
        await make(world, other, "main", token=token)
    await make(world, other, "main")
    async with world.transaction() as tx:
        with pytest.raises(accounts.TokenTaken):
            await accounts.rotate_site_token(tx, other.id, "main", token)


async def test_of_two_who_make_the_same_site_at_once_one_is_refused(world: World) -> None:
    account = await world.account()
    outcomes = await asyncio.gather(*(make(world, account, "main") for _ in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(accounts.SiteTaken) == 3


@pytest.mark.parametrize("name", ["", "a/b", "a b", "x" * 101, "a\0", "a\n"])
async def test_a_name_that_commands_could_not_say_is_refused(world: World, name: str) -> None:
    with pytest.raises(accounts.BadAccount):
        await make(world, await world.account(), name)


@pytest.mark.parametrize("token", ["", " ", "a b", "ключ", "x" * 256, "a\0", "a\n", "a\x7f"])
async def test_a_token_that_no_header_carries_is_refused(world: World, token: str) -> None:
    with pytest.raises(accounts.BadAccount):
        await make(world, await world.account(), "main", token=token)
    assert await accounts.SiteDirectory(world.database).find(token) is None


@pytest.mark.parametrize(
    "zone", ["", "Moscow", "europe/moscow", "../UTC", "/etc/localtime", "UTC\0", "MSK+3", "right/UTC", "x" * 9999]
)
async def test_a_zone_that_is_none_is_refused(world: World, zone: str) -> None:
    account = await world.account()
    with pytest.raises(accounts.BadAccount):
        await make(world, account, "main", time_zone=zone)
    site, _ = await make(world, account, "main", time_zone="Asia/Kathmandu")
    async with world.transaction() as tx:
        with pytest.raises(accounts.BadAccount):
            await accounts.set_site_time_zone(tx, site, zone)
        assert (await accounts.set_site_time_zone(tx, site, "UTC")).time_zone == "UTC"


async def test_a_new_token_replaces_the_old_one_at_once_where_forgetting_is_wired(world: World) -> None:
    account = await world.account()
    site, old = await make(world, account, "main")
    directory = accounts.SiteDirectory(world.database)
    assert await directory.find(old) == site
    new = await world.do(accounts.rotate_site_token, account.id, "main")
    directory.forget()
    assert await directory.find(old) is None
    assert await directory.find(new) == site


async def test_the_sites_of_a_disabled_account_are_not_found(world: World) -> None:
    account = await world.account()
    site, token = await make(world, account, "main")
    await world.do(accounts.disable, account.login)
    assert await accounts.SiteDirectory(world.database).find(token) is None
    await world.do(accounts.enable, account.login)
    assert await accounts.SiteDirectory(world.database).find(token) == site


async def test_while_the_database_is_away_known_tokens_are_known_and_others_are_not_answered(
    dsn: str, world: World
) -> None:
    site, token = await make(world, await world.account(), "main")
    async with World.open(dsn, patience=timedelta(milliseconds=300)) as mine:
        directory = accounts.SiteDirectory(mine.database)
        assert await directory.find(token) == site
    directory.forget()
    assert await directory.find(token) == site
    with pytest.raises(DatabaseAway):
        await directory.find("another")


async def test_many_wrong_tokens_do_not_fill_the_memory(world: World) -> None:
    directory = accounts.SiteDirectory(world.database, room=10)
    for number in range(50):
        assert await directory.find(f"wrong{number}") is None
    assert len(directory._known) == 10


async def test_an_account_is_made_without_sites_and_its_owner_tells_its_plan(world: World) -> None:
    account = await world.account(confirms_always=False)
    async with world.reading() as tx:
        owner = (await accounts.owners(tx, [account.id]))[account.id]
        assert await accounts.get(tx, account.login, VAULT) == account
    assert owner.confirms_always is account.confirms_always is False
