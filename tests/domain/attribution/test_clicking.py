"""Clicks: which count, which are told apart, and what two processes at once come to."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from enlist.domain import accounts, attribution, partners
from enlist.domain.attribution import NewClick
from enlist.domain.attribution.robots import is_robot
from enlist.domain.partners import KnownPartners
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from tests.domain.partners.helpers import NOW, PERSON, a_partner, a_programme, told
from tests.support.world import Clock, World


@pytest.fixture
async def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def world(dsn: str, clock: Clock) -> AsyncIterator[World]:
    async with World.open(dsn, clock=clock) as world:
        yield world


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await a_programme(world)
    await a_partner(world, account, "anna")
    return account


def a_click(account: accounts.Account, partner: str = "anna", visitor: str = "v1", **said: Any) -> NewClick:
    return NewClick(account_id=account.id, partner=partner, visitor=visitor, **{"agent": PERSON} | said)


async def click(world: World, *clicks: NewClick) -> list[str]:
    clicked = await world.do(attribution.record_clicks, clicks)
    async with world.reading() as tx:
        kept = await tx.fetch("SELECT outcome FROM clicks ORDER BY id DESC LIMIT $1", len(clicks))
    outcomes = iter([row["outcome"] for row in reversed(kept)][-sum(one.partner_id is not None for one in clicked) :])
    return ["no member" if one.partner_id is None else next(outcomes) for one in clicked]


async def test_a_click_counts_and_is_kept_with_its_marks(world: World, shop: accounts.Account) -> None:
    said: dict[str, Any] = {
        "product_id": 5,
        "page": "https://shop.test/a?b",
        "marks": {"aff_source": "blog"},
        "way": "script",
    }
    assert await click(world, a_click(shop, **said)) == ["counted"]
    assert (await told(world, shop, "anna")).clicks == 1
    async with world.reading() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        (kept,) = await attribution.list_clicks(tx, shop.id, anna.id)
    assert (kept.at, kept.way, kept.product_id, kept.page, kept.marks) == (
        NOW, "script", 5, "https://shop.test/a?b", {"aff_source": "blog"},
    )  # fmt: skip


async def test_a_visitors_clicks_count_once_in_ten_minutes(world: World, shop: accounts.Account, clock: Clock) -> None:
    assert await click(world, a_click(shop), a_click(shop), a_click(shop, visitor="v2")) == [
        "counted", "repeated", "counted",
    ]  # fmt: skip
    clock.now += timedelta(minutes=9, seconds=59)
    assert await click(world, a_click(shop)) == ["repeated"]
    clock.now += timedelta(seconds=1)
    assert await click(world, a_click(shop)) == ["counted"]
    clock.now += timedelta(minutes=5)
    assert await click(world, a_click(shop)) == ["repeated"]
    assert (await told(world, shop, "anna")).clicks == 3


async def test_the_window_is_each_partners_own(world: World, shop: accounts.Account) -> None:
    await a_partner(world, shop, "boris")
    assert await click(world, a_click(shop), a_click(shop, "boris"), a_click(shop, "ANNA")) == [
        "counted", "counted", "repeated",
    ]  # fmt: skip


async def test_robots_and_pages_fetched_ahead_are_told_apart_and_take_nobodys_window(
    world: World, shop: accounts.Account
) -> None:
    outcomes = await click(
        world,
        a_click(shop, agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        a_click(shop, agent=""),
        a_click(shop, ahead=True),
        a_click(shop),
    )
    assert outcomes == ["robot", "robot", "ahead", "counted"]
    assert (await told(world, shop, "anna")).clicks == 1
    async with world.reading() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        assert [kept.outcome for kept in await attribution.list_clicks(tx, shop.id, anna.id)] == outcomes[::-1]


async def test_who_is_not_in_the_programme_has_no_clicks(world: World, shop: accounts.Account) -> None:
    await a_partner(world, shop, "gone")
    await world.do(partners.suspend, shop.id, "gone")
    names = ("nobody", "gone", "", "\0", "x" * 5000, "#1", "'; DROP TABLE clicks; --")
    assert set(await click(world, *(a_click(shop, name) for name in names))) == {"no member"}


async def test_a_partner_can_be_named_by_number(world: World, shop: accounts.Account) -> None:
    anna = await world.ask(partners.get, shop.id, "anna")
    assert await click(world, a_click(shop, str(anna.id)), a_click(shop)) == ["counted", "repeated"]


async def test_hostile_words_are_kept_as_far_as_they_can_be(world: World, shop: accounts.Account) -> None:
    said: dict[str, Any] = {
        "page": "\0" + "x" * 9999,
        "marks": {"aff_source": "\ud83d\0"},
        "agent": PERSON + "é" * 999,
        "ip": "\0",
    }
    assert await click(world, a_click(shop, visitor="\ud83d\0", **said)) == ["counted"]


async def test_visitors_are_forgotten_when_their_next_click_counts_anyway(
    world: World, shop: accounts.Account, clock: Clock
) -> None:
    await click(world, *(a_click(shop, visitor=str(number)) for number in range(5)))
    await world.do(attribution.prune_visitors)
    clock.now += timedelta(minutes=5)
    await click(world, a_click(shop, visitor="late"))
    clock.now += timedelta(minutes=6)
    async with world.transaction() as tx:
        assert await attribution.prune_visitors(tx) >= 5
        assert await tx.fetch_value("SELECT count(*) FROM click_visitors WHERE account_id = $1", shop.id) == 1


async def test_two_processes_count_a_visitor_once(dsn: str, shop: accounts.Account) -> None:
    worlds = [World(Database(dsn)) for _ in range(2)]
    batches: list[Batch[NewClick, attribution.Clicked]] = []
    for one in worlds:
        await one.database.open()
        batches.append(Batch("clicks", one.database, attribution.record_clicks))
    wishes = [batch.put(a_click(shop, visitor=f"{number % 20}")) for number in range(100) for batch in batches]
    assert {clicked.partner_id is None for clicked in await asyncio.gather(*wishes)} == {False}
    async with worlds[0].reading() as tx:
        rows = await tx.fetch("SELECT outcome FROM clicks WHERE account_id = $1", shop.id)
    outcomes = [row["outcome"] for row in rows]
    for batch in batches:
        await batch.close()
    assert (outcomes.count("counted"), outcomes.count("repeated")) == (20, 180)
    assert (await told(worlds[0], shop, "anna")).clicks == 20
    for one in worlds:
        await one.close()


async def test_partners_are_remembered_for_a_moment_and_forgotten_when_told(
    world: World, shop: accounts.Account
) -> None:
    known = KnownPartners()
    async with world.transaction() as tx:
        assert await known.find(tx, [(shop.id, "anna"), (shop.id, "late")]) != {}
        await partners.suspend(tx, shop.id, "anna")
        assert (shop.id, "anna") in await known.find(tx, [(shop.id, "anna")])
        known.forget()
        assert await known.find(tx, [(shop.id, "anna")]) == {}
    await a_partner(world, shop, "late")
    assert (shop.id, "late") in await world.do(known.find, [(shop.id, "late")])


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "curl/8.5.0",
        "python-requests/2.32",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    ],
)
def test_robots_are_known_by_their_names(agent: str) -> None:
    assert is_robot(agent)


@pytest.mark.parametrize(
    "agent",
    [
        PERSON,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0"
        " Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 15; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile",
        "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0",
        "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; id) Presto/2.12.423 Version/12.16",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 YaBrowser/25.8 Safari/537",
    ],
)
def test_people_are_not_taken_for_robots(agent: str) -> None:
    assert not is_robot(agent)
