"""Joining the programme: who is taken in, who waits, who is refused; settings, rates, lists."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, partners
from enlist.domain.partners import BadPartner, BadProgramme, Commission, NewPartner, Programme
from enlist.domain.partners.finding import find_by_email
from tests.domain.partners.helpers import a_partner, a_programme, told
from tests.support.world import World


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    return await a_programme(world, open_registration=True)


async def register(world: World, account: accounts.Account, login: str, **said: Any) -> partners.Partner:
    return await world.do(partners.register, account.id, NewPartner(login=login, **{"email": "p@x.test"} | said))


async def test_a_programme_keeps_all_its_settings(world: World) -> None:
    account = await world.account()
    wanted = Programme(
        commissions=(Commission(Decimal("1.50"), None), Commission(None, Decimal("2.5000"))),
        fee_days=30,
        which="first",
        new_contacts_only=True,
        other_click_cancels=True,
        money_back=False,
        open_registration=True,
        auto_approval=True,
        store_name="Shop",
        payout_ways="PayPal, bank",
        instructions="Be kind.",
    )
    async with world.transaction() as tx:
        assert await partners.programme(tx, account.id) == Programme()
        for settings in (wanted, Programme()):
            await partners.set_programme(tx, account.id, settings)
            assert await partners.programme(tx, account.id) == settings


@pytest.mark.parametrize(
    "settings",
    [
        {"fee_days": 0},
        {"fee_days": 366},
        {"commissions": (Commission(sum=Decimal(-1)), Commission())},
        {"commissions": (Commission(), Commission(sum=Decimal("0.001")))},
        {"commissions": (Commission(percent=Decimal("100.01")), Commission())},
        {"commissions": (Commission(percent=Decimal("1.00001")), Commission())},
        {"store_name": "x" * 256},
        {"instructions": "x" * 20_001},
        {"payout_ways": "\0"},
    ],
)
async def test_what_no_programme_can_have_is_refused(world: World, shop: accounts.Account, settings: Any) -> None:
    with pytest.raises(BadProgramme):
        await world.do(partners.set_programme, shop.id, Programme(**settings))


async def test_who_is_made_is_in_and_found_in_any_letter_case(world: World, shop: accounts.Account) -> None:
    number = await a_partner(world, shop, "Anna")
    async with world.reading() as tx:
        partner = await partners.get(tx, shop.id, "aNNa")
        assert (partner.id, partner.login, partner.state) == (number, "Anna", "active")
        assert await partners.find(tx, shop.id, "nobody") is None
        assert await partners.find(tx, shop.id, "\0") is None
        assert [one.id for one in await find_by_email(tx, shop.id, " ANNA@partners.test")] == [number]
        with pytest.raises(partners.PartnerNotFound):
            await partners.get(tx, shop.id, "nobody")


async def test_a_login_is_taken_once_also_by_two_at_once(world: World, shop: accounts.Account) -> None:
    outcomes = await asyncio.gather(
        *(a_partner(world, shop, login) for login in ("anna", "ANNA", "Anna")), return_exceptions=True
    )
    assert sum(isinstance(outcome, partners.PartnerTaken) for outcome in outcomes) == 2
    other = await a_programme(world)
    await a_partner(world, other, "anna")


@pytest.mark.parametrize(
    "said",
    [
        {"login": ""},
        {"login": "a b"},
        {"login": "-a"},
        {"login": "a/b"},
        {"login": "x" * 101},
        {"login": "ёж"},
        {"login": "a", "email": "none"},
        {"login": "a", "name": "x" * 256},
    ],
)
async def test_what_no_partner_can_have_is_refused(world: World, shop: accounts.Account, said: Any) -> None:
    with pytest.raises(BadPartner):
        await world.do(partners.create, shop.id, NewPartner(**said))


async def test_who_registers_waits_for_approval_and_joins_with_it(world: World, shop: accounts.Account) -> None:
    await a_partner(world, shop, "boss")
    waiting = await register(world, shop, "anna", recruited_by="Boss")
    assert (waiting.state, waiting.joined_at) == ("waiting", None)
    assert (await told(world, shop, "boss")).recruits == 0
    for _ in range(2):
        approved = await world.do(partners.approve, shop.id, "anna")
    assert approved.active
    assert (await told(world, shop, "boss")).recruits == 1
    async with world.transaction() as tx:
        assert not (await partners.suspend(tx, shop.id, "anna")).active
        again = await partners.approve(tx, shop.id, "anna")
    assert again == approved
    assert (await told(world, shop, "boss")).recruits == 1


async def test_a_recruit_counts_on_the_day_of_joining(dsn: str) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    async with World.open(dsn, clock=lambda: now) as world:
        shop = await a_programme(world, open_registration=True)
        await a_partner(world, shop, "boss")
        await register(world, shop, "anna", recruited_by="boss")
        now = datetime(2026, 3, 5, tzinfo=UTC)
        await world.do(partners.approve, shop.id, "anna")
        assert (await told(world, shop, "boss", datetime(2026, 3, 5).date(), now.date())).recruits == 1  # noqa: DTZ001
        assert (await told(world, shop, "boss", None, datetime(2026, 3, 4).date())).recruits == 0  # noqa: DTZ001


async def test_a_programme_may_approve_everybody_or_take_nobody(world: World) -> None:
    open_ = await a_programme(world, open_registration=True, auto_approval=True)
    assert (await register(world, open_, "anna")).active
    closed = await a_programme(world)
    with pytest.raises(partners.RegistrationClosed):
        await register(world, closed, "anna")


async def test_who_registers_needs_an_address_and_a_recruiter_who_exists(world: World, shop: accounts.Account) -> None:
    with pytest.raises(BadPartner):
        await register(world, shop, "anna", email=" ")
    with pytest.raises(partners.PartnerNotFound):
        await register(world, shop, "anna", recruited_by="nobody")


async def test_only_active_partners_invite(world: World, shop: accounts.Account) -> None:
    await a_partner(world, shop, "boss")
    async with world.transaction() as tx:
        programme = await partners.invitation(tx, shop.id, "Boss")
        assert partners.may_invite(programme, await partners.get(tx, shop.id, "boss"))
        assert not partners.may_invite(Programme(), await partners.get(tx, shop.id, "boss"))
        assert not partners.may_invite(programme, await partners.suspend(tx, shop.id, "boss"))
        with pytest.raises(partners.PartnerNotFound):
            await partners.invitation(tx, shop.id, "boss")
    with pytest.raises(partners.PartnerNotFound):
        await register(world, shop, "anna", recruited_by="boss")


async def test_nobody_registers_as_a_number_to_take_anothers_links_away(world: World, shop: accounts.Account) -> None:
    number = await a_partner(world, shop, "anna")
    for login in (str(number), f"0{number}"):
        with pytest.raises(BadPartner, match="login"):
            await register(world, shop, login)


async def test_of_one_address_a_few_partners_are_found(world: World, shop: accounts.Account) -> None:
    for place in range(3):
        await register(world, shop, f"anna{place}", email="anna@x.test")
    async with world.reading() as tx:
        assert len(await find_by_email(tx, shop.id, "ANNA@x.test")) == 3
        found = await find_by_email(tx, shop.id, "anna@x.test", limit=2)
    assert [partner.login for partner in found] == ["anna0", "anna1"]


async def test_the_recruiter_is_one_of_the_same_programme(world: World, shop: accounts.Account) -> None:
    other = await a_programme(world)
    await a_partner(world, other, "stranger")
    with pytest.raises(partners.PartnerNotFound):
        await a_partner(world, shop, "anna", recruited_by="stranger")


async def test_partners_are_listed_by_login_in_portions(world: World, shop: accounts.Account) -> None:
    for login in ("b", "C", "a"):
        await a_partner(world, shop, login)
    async with world.reading() as tx:
        assert [one.login for one in await partners.list_(tx, shop.id, limit=2)] == ["a", "b"]
        assert [one.login for one in await partners.list_(tx, shop.id, after="B")] == ["C"]


async def test_rates_are_set_listed_changed_and_taken_away(world: World, shop: accounts.Account) -> None:
    await a_partner(world, shop, "anna")
    ten, five = Commission(percent=Decimal(10)), Commission(sum=Decimal(5))
    async with world.transaction() as tx:
        await partners.set_rate(tx, shop.id, "anna", 1, ten)
        await partners.set_rate(tx, shop.id, "anna", 1, ten, product_id=3)
        await partners.set_rate(tx, shop.id, "anna", 1, five, product_id=3)
        assert await partners.list_rates(tx, shop.id, "anna") == [
            partners.Rate(3, 1, five),
            partners.Rate(None, 1, ten),
        ]
        await partners.set_rate(tx, shop.id, "anna", 1, None)
        assert await partners.list_rates(tx, shop.id, "anna") == [partners.Rate(3, 1, five)]
        for level, commission in ((3, ten), (1, Commission()), (1, Commission(percent=Decimal(101)))):
            with pytest.raises(BadProgramme):
                await partners.set_rate(tx, shop.id, "anna", level, commission)
        with pytest.raises(partners.PartnerNotFound):
            await partners.set_rate(tx, shop.id, "nobody", 1, ten)
