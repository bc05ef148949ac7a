"""Sites: made once, found by token, never under another one."""

import asyncio
from datetime import timedelta

import pytest

from enlist.domain import accounts
from enlist.runtime.db import Database, DatabaseAway
from tests.support.factories import VAULT, an_account


async def make(
    database: Database, account: accounts.Account, name: str, **said: str | None
) -> tuple[accounts.Site, str]:
    async with database.transaction() as tx:
        return await accounts.create_site(tx, account.id, name, **said)


async def test_a_site_is_found_by_its_token_and_by_its_name_only_in_its_account(database: Database) -> None:
    account, other = await an_account(database, time_zone="Asia/Tokyo"), await an_account(database)
    site, token = await make(database, account, "main")
    assert (site.account_id, site.name, site.time_zone) == (account.id, "main", "Asia/Tokyo")
    assert len(token) == 32
    assert token.isalnum()
    assert await accounts.SiteDirectory(database).find(token) == site
    async with database.transaction() as tx:
        assert await accounts.get_site(tx, account.id, "main") == site
        assert await accounts.list_sites(tx, account.id) == [site]
        assert await accounts.list_sites(tx, other.id) == []
        with pytest.raises(accounts.SiteNotFound):
            await accounts.get_site(tx, other.id, "main")
        assert token not in str(await tx.fetch("SELECT * FROM sites"))


async def test_names_are_taken_within_an_account_tokens_everywhere(database: Database) -> None:
    account, other = await an_account(database), await an_account(database)
    _, token = await make(database, account, "main", token="T0ken-of-31-letters~!*'(){}[]<>")
    with pytest.raises(accounts.SiteTaken):
        await make(database, account, "main")
    with pytest.raises(accounts.TokenTaken):
        await make(database, other, "main", token=token)
    await make(database, other, "main")
    async with database.transaction() as tx:
        with pytest.raises(accounts.TokenTaken):
            await accounts.rotate_site_token(tx, other.id, "main", token)


async def test_of_two_who_make_the_same_site_at_once_one_is_refused(database: Database) -> None:
    account = await an_account(database)
    outcomes = await asyncio.gather(*(make(database, account, "main") for _ in range(4)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(accounts.SiteTaken) == 3


@pytest.mark.parametrize("name", ["", "a/b", "a b", "x" * 101, "a\0", "a\n"])
async def test_a_name_that_commands_could_not_say_is_refused(database: Database, name: str) -> None:
    with pytest.raises(accounts.BadAccount):
        await make(database, await an_account(database), name)


@pytest.mark.parametrize("token", ["", " ", "a b", "ключ", "x" * 256, "a\0", "a\n", "a\x7f"])
async def test_a_token_that_no_header_carries_is_refused(database: Database, token: str) -> None:
    with pytest.raises(accounts.BadAccount):
        await make(database, await an_account(database), "main", token=token)
    assert await accounts.SiteDirectory(database).find(token) is None


@pytest.mark.parametrize(
    "zone", ["", "Moscow", "europe/moscow", "../UTC", "/etc/localtime", "UTC\0", "MSK+3", "right/UTC", "x" * 9999]
)
async def test_a_zone_that_is_none_is_refused(database: Database, zone: str) -> None:
    account = await an_account(database)
    with pytest.raises(accounts.BadAccount):
        await make(database, account, "main", time_zone=zone)
    site, _ = await make(database, account, "main", time_zone="Asia/Kathmandu")
    async with database.transaction() as tx:
        with pytest.raises(accounts.BadAccount):
            await accounts.set_site_time_zone(tx, site, zone)
        assert (await accounts.set_site_time_zone(tx, site, "UTC")).time_zone == "UTC"


async def test_a_new_token_replaces_the_old_one_at_once_where_forgetting_is_wired(database: Database) -> None:
    account = await an_account(database)
    site, old = await make(database, account, "main")
    directory = accounts.SiteDirectory(database)
    assert await directory.find(old) == site
    async with database.transaction() as tx:
        new = await accounts.rotate_site_token(tx, account.id, "main")
    directory.forget()
    assert await directory.find(old) is None
    assert await directory.find(new) == site


async def test_the_sites_of_a_disabled_account_are_not_found(database: Database) -> None:
    account = await an_account(database)
    site, token = await make(database, account, "main")
    async with database.transaction() as tx:
        await accounts.disable(tx, account.login)
    assert await accounts.SiteDirectory(database).find(token) is None
    async with database.transaction() as tx:
        await accounts.enable(tx, account.login)
    assert await accounts.SiteDirectory(database).find(token) == site


async def test_while_the_database_is_away_known_tokens_are_known_and_others_are_not_answered(
    dsn: str, database: Database
) -> None:
    site, token = await make(database, await an_account(database), "main")
    mine = Database(dsn, patience=timedelta(milliseconds=300))
    await mine.open()
    directory = accounts.SiteDirectory(mine)
    assert await directory.find(token) == site
    await mine.close()
    directory.forget()
    assert await directory.find(token) == site
    with pytest.raises(DatabaseAway):
        await directory.find("another")


async def test_many_wrong_tokens_do_not_fill_the_memory(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enlist.runtime.remembered.ROOM", 10)
    directory = accounts.SiteDirectory(database)
    for number in range(50):
        assert await directory.find(f"wrong{number}") is None
    assert len(directory._known) == 10


async def test_an_account_is_made_without_sites_and_its_owner_tells_its_plan(database: Database) -> None:
    account = await an_account(database, confirms_always=False)
    async with database.reading() as tx:
        owner = (await accounts.owners(tx, [account.id]))[account.id]
        assert await accounts.get(tx, account.login, VAULT) == account
    assert owner.confirms_always is account.confirms_always is False
