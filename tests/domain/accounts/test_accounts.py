"""Accounts: made whole, found by host, guarded by one secret."""

import asyncio
from ipaddress import ip_network

import pytest

from enlist.domain import accounts
from enlist.runtime.db import DatabaseAway
from enlist.runtime.vault import Vault, WrongSecret
from tests.support.world import KEY, VAULT, World


async def test_the_key_is_kept_encrypted_and_comes_back_as_it_was(world: World) -> None:
    account = await world.account()
    assert account.api_key == KEY
    async with world.reading() as tx:
        stored = await tx.fetch_value("SELECT api_key FROM accounts WHERE id = $1", account.id)
    assert KEY.encode() not in stored


async def test_a_sealed_key_moved_to_another_account_does_not_open(world: World) -> None:
    one, two = await world.account(), await world.account()
    async with world.transaction() as tx:
        await tx.execute(
            "UPDATE accounts SET api_key = (SELECT api_key FROM accounts WHERE id = $1) WHERE id = $2", one.id, two.id
        )
        with pytest.raises(WrongSecret):
            await accounts.get(tx, two.login, VAULT)


async def test_a_login_is_taken_in_every_letter_case(world: World) -> None:
    await world.account("MyShop")
    with pytest.raises(accounts.LoginTaken):
        await world.account("myshop")


@pytest.mark.parametrize(
    "properties",
    [
        {"login": "a.b"},
        {"login": "-a"},
        {"login": "x" * 64},
        {"time_zone": "Mars/Base"},
        {"time_zone": "../etc/passwd"},
        {"currency": "eur"},
        {"currency": ""},
        {"currency": "EURO"},
    ],
)
async def test_what_no_account_can_have_is_refused(world: World, properties: dict[str, str]) -> None:
    async with world.transaction() as tx:
        with pytest.raises(accounts.BadAccount):
            await accounts.create(tx, accounts.NewAccount(**({"login": "fine"} | properties)), VAULT)  # type: ignore[arg-type]


async def test_a_host_finds_its_account_in_any_letter_case_with_any_port(world: World) -> None:
    account = await world.account("HostShop", networks=(ip_network("10.0.0.0/8"),))
    directory = accounts.Directory(world.database, VAULT, ["example.com", "localhost"])
    for host in ("hostshop.localhost", "HOSTSHOP.example.com:8080", "HostShop.Localhost."):
        found = await directory.find(host)
        assert found == account, host
    for host in (
        "other.localhost",
        "localhost",
        "",
        "hostshop.example.org",
        "a.hostshop.localhost",
        "x" * 500,
        "\0.localhost",
    ):
        assert await directory.find(host) is None, host


async def test_a_domain_of_its_own_finds_the_account_and_belongs_to_one_only(world: World) -> None:
    one, two = await world.account(), await world.account()
    directory = accounts.Directory(world.database, VAULT, ["localhost"])
    async with world.transaction() as tx:
        assert await accounts.add_domain(tx, one.login, "Shop.Example.com.", VAULT) == "shop.example.com"
        await accounts.add_domain(tx, one.login, "shop.example.com", VAULT)
        with pytest.raises(accounts.DomainTaken):
            await accounts.add_domain(tx, two.login, "shop.example.com", VAULT)
    assert (await directory.find("SHOP.example.com:443")) == one


async def test_a_changed_account_is_seen_at_once_after_the_call_to_forget(world: World) -> None:
    account = await world.account()
    directory = accounts.Directory(world.database, VAULT, ["localhost"])
    assert await directory.find(f"{account.login}.localhost") == account
    await world.do(accounts.disable, account.login)
    directory.forget()
    found = await directory.find(f"{account.login}.localhost")
    assert found is not None
    assert found.disabled


async def test_while_the_database_is_away_the_last_known_account_is_found(world: World) -> None:
    account = await world.account()
    async with World.open(world.database.dsn) as doomed:
        directory = accounts.Directory(doomed.database, VAULT, ["localhost"])
        host = f"{account.login}.localhost"
        assert await directory.find(host) == account
    directory.forget()
    assert await directory.find(host) == account
    with pytest.raises(DatabaseAway):
        await directory.find("never-seen.localhost")


async def test_many_callers_at_once_are_answered_alike(world: World) -> None:
    account = await world.account()
    directory = accounts.Directory(world.database, VAULT, ["localhost"])
    found = await asyncio.gather(*[directory.find(f"{account.login}.localhost") for _ in range(50)])
    assert set(found) == {account}


async def test_a_database_made_under_another_secret_is_refused(world: World) -> None:
    await world.do(accounts.check_secret, VAULT)
    async with world.transaction() as tx:
        with pytest.raises(WrongSecret, match="ENLIST_SECRET"):
            await accounts.check_secret(tx, Vault(b"another secret of enough letters" * 2))


async def test_a_rotated_key_replaces_the_old_one(world: World) -> None:
    account = await world.account()
    async with world.transaction() as tx:
        made_up = await accounts.rotate_key(tx, account.login, VAULT)
        assert (await accounts.get(tx, account.login, VAULT)).api_key == made_up != KEY
        with pytest.raises(accounts.AccountNotFound):
            await accounts.rotate_key(tx, "nobody", VAULT)


async def test_accounts_are_listed_by_login_page_by_page(world: World) -> None:
    for login in ("zeta", "Yankee", "xray"):
        await world.account(login)
    async with world.reading() as tx:
        page = await accounts.list_(tx, VAULT, after="x", limit=2)
        rest = await accounts.list_(tx, VAULT, after=page[-1][0].login)
    assert [account.login for account, _ in page] == ["xray", "Yankee"]
    assert [account.login for account, _ in rest] == ["zeta"]


async def test_the_currency_follows_the_language_unless_it_is_named(world: World) -> None:
    assert (await world.account()).currency == "USD"
    assert (await world.account(locale="ru")).currency == "RUB"
    account = await world.account(locale="ru", currency="EUR")
    assert account.currency == "EUR"
    assert (await world.do(accounts.owners, [account.id]))[account.id].currency == "EUR"


async def test_a_currency_can_be_changed_and_the_directory_sees_it(world: World) -> None:
    account = await world.account()
    directory = accounts.Directory(world.database, VAULT, ["localhost"])
    async with world.transaction() as tx:
        await accounts.set_currency(tx, account.login.upper(), "KZT")
        with pytest.raises(accounts.BadAccount):
            await accounts.set_currency(tx, account.login, "tenge")
        with pytest.raises(accounts.AccountNotFound):
            await accounts.set_currency(tx, "nobody", "KZT")
    found = await directory.find(f"{account.login}.localhost")
    assert found is not None
    assert found.currency == "KZT"
