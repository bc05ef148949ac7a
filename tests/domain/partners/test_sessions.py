"""Partners' sessions: links work once, sessions end when they should, and are good at their own account only."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.domain import accounts, delivery, partners
from enlist.domain.partners.messages import composing
from enlist.domain.partners.sessions import issue_link
from tests.domain.partners.helpers import NOW, a_partner, a_programme
from tests.support.world import Clock, World

SECOND = timedelta(seconds=1)


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    return await a_programme(world)


async def a_link(world: World, account: accounts.Account, login: str = "anna") -> str:
    """Return the token of a fresh link of a partner, who is made if need be."""
    partner = await world.ask(partners.find, account.id, login)
    if partner is None:
        await a_partner(world, account, login)
        partner = await world.ask(partners.get, account.id, login)
    return await world.do(issue_link, partner)


async def a_session(world: World, account: accounts.Account, login: str = "anna") -> str:
    """Sign a partner in; return the token of the session."""
    token = await world.do(partners.sign_in, account.id, await a_link(world, account, login))
    assert token is not None
    return token


async def is_signed_in(world: World, account: accounts.Account, session: str) -> bool:
    return await world.ask(partners.find_by_session, account.id, session) is not None


async def test_links_and_sessions_are_good_for_their_time(dsn: str) -> None:
    clock = Clock(NOW)
    async with World.open(dsn, clock=clock) as world:
        shop = await a_programme(world)
        late, link = await a_link(world, shop), await a_link(world, shop)
        clock.now = NOW + timedelta(hours=1)
        anna = await world.ask(partners.get, shop.id, "anna")
        assert await world.ask(partners.find_by_link, shop.id, link) == anna
        session = await world.do(partners.sign_in, shop.id, link)
        assert session is not None
        clock.now += SECOND
        assert await world.ask(partners.find_by_link, shop.id, late) is None
        assert await world.do(partners.sign_in, shop.id, late) is None
        clock.now = NOW + timedelta(days=14, hours=1)
        assert await world.ask(partners.find_by_session, shop.id, session) == anna
        clock.now += SECOND
        assert not await is_signed_in(world, shop, session)


async def test_looking_at_a_link_uses_nothing_up_and_using_it_does(world: World, shop: accounts.Account) -> None:
    link = await a_link(world, shop)
    for _ in range(3):
        assert await world.ask(partners.find_by_link, shop.id, link) is not None
    assert await world.do(partners.sign_in, shop.id, link) is not None
    assert await world.ask(partners.find_by_link, shop.id, link) is None
    assert await world.do(partners.sign_in, shop.id, link) is None


async def test_of_many_uses_at_the_same_instant_one_begins_a_session(
    dsn: str, world: World, shop: accounts.Account
) -> None:
    link = await a_link(world, shop)
    async with World.open(dsn) as other:
        tokens = await asyncio.gather(*[one.do(partners.sign_in, shop.id, link) for one in (world, other) * 5])
    (token,) = [token for token in tokens if token is not None]
    assert await is_signed_in(world, shop, token)
    async with world.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM partner_sessions WHERE account_id = $1", shop.id) == 1


async def test_a_link_whose_use_was_not_committed_is_still_good(world: World, shop: accounts.Account) -> None:
    link = await a_link(world, shop)
    with pytest.raises(ZeroDivisionError):
        async with world.transaction() as tx:
            assert await partners.sign_in(tx, shop.id, link) is not None
            raise ZeroDivisionError
    assert await world.do(partners.sign_in, shop.id, link) is not None


async def test_signing_out_ends_one_session_and_everywhere_ends_all_and_links_too(
    world: World, shop: accounts.Account
) -> None:
    one, two = await a_session(world, shop), await a_session(world, shop)
    others = await a_session(world, shop, "boris")
    await world.do(partners.sign_out, shop.id, one)
    assert [await is_signed_in(world, shop, token) for token in (one, two, others)] == [False, True, True]
    link = await a_link(world, shop)
    await world.do(partners.sign_out_everywhere, await world.ask(partners.get, shop.id, "anna"))
    assert [await is_signed_in(world, shop, token) for token in (two, others)] == [False, True]
    assert await world.do(partners.sign_in, shop.id, link) is None


async def test_a_sign_in_that_overlaps_the_end_of_all_sessions_leaves_none(
    world: World, shop: accounts.Account
) -> None:
    link = await a_link(world, shop)
    anna = await world.ask(partners.get, shop.id, "anna")
    async with world.transaction() as tx:
        token = await partners.sign_in(tx, shop.id, link)
        ending = asyncio.create_task(world.do(partners.sign_out_everywhere, anna))
        await asyncio.sleep(0.2)
        assert not ending.done()
    await ending
    assert token is not None
    assert not await is_signed_in(world, shop, token)


async def test_suspending_ends_all_sessions_and_whoever_is_suspended_may_look_again_but_set_nothing(
    world: World, shop: accounts.Account
) -> None:
    session = await a_session(world, shop)
    await world.do(partners.suspend, shop.id, "anna")
    assert not await is_signed_in(world, shop, session)
    again = await a_session(world, shop)
    partner = await world.ask(partners.find_by_session, shop.id, again)
    assert partner is not None
    assert partner.state == "suspended"
    assert not partners.may_change_settings(partner)
    await world.do(partners.approve, shop.id, "anna")
    assert partners.may_change_settings(await world.ask(partners.get, shop.id, "anna"))


async def test_a_changed_address_ends_all_sessions_and_links_and_letters_on_their_way_to_the_old_one(
    world: World, shop: accounts.Account
) -> None:
    session, link = await a_session(world, shop), await a_link(world, shop)
    changed = await world.do(partners.change_email, shop.id, "Anna", " new@partners.test ")
    assert changed.email == "new@partners.test"
    assert not await is_signed_in(world, shop, session)
    assert await world.do(partners.sign_in, shop.id, link) is None
    compose = partners.letter_composer(partners.Links(cabinet=lambda owner: "c", sign_in=lambda owner, token: token))
    letters = [
        delivery.QueuedLetter(
            account_id=shop.id, id=1, kind=composing.SIGN_IN, recipient=recipient, data={"partner_id": changed.id},
            message_id="x", attempts=1, queued_at=world.now,
        )
        for recipient in ("anna@partners.test", "new@partners.test")
    ]  # fmt: skip
    old, new = await world.do(compose, letters)
    assert old is None
    assert new is not None
    with pytest.raises(partners.BadPartner):
        await world.do(partners.change_email, shop.id, "anna", "nonsense")
    with pytest.raises(partners.PartnerNotFound):
        await world.do(partners.change_email, shop.id, "nobody", "a@b.test")


async def test_a_link_that_is_made_while_the_address_changes_signs_nobody_in(
    world: World, shop: accounts.Account
) -> None:
    await a_link(world, shop)
    before = await world.ask(partners.get, shop.id, "anna")
    async with world.transaction() as tx:
        await partners.change_email(tx, shop.id, "anna", "new@partners.test")
        making = asyncio.create_task(world.do(issue_link, before))  # for the address that was read a moment ago
        await asyncio.sleep(0.2)
        assert not making.done()
    assert await world.do(partners.sign_in, shop.id, await making) is None
    changed = await world.ask(partners.get, shop.id, "anna")
    async with world.transaction() as tx:
        late = await issue_link(tx, changed)
        changing = asyncio.create_task(world.do(partners.change_email, shop.id, "anna", "newer@partners.test"))
        await asyncio.sleep(0.2)
        assert not changing.done()
    await changing
    assert await world.do(partners.sign_in, shop.id, late) is None


async def test_links_and_sessions_of_one_account_are_nothing_to_another(world: World, shop: accounts.Account) -> None:
    other = await a_programme(world)
    await a_partner(world, other, "anna")
    session, link = await a_session(world, shop), await a_link(world, shop)
    assert await world.ask(partners.find_by_link, other.id, link) is None
    assert await world.do(partners.sign_in, other.id, link) is None
    assert not await is_signed_in(world, other, session)
    await world.do(partners.sign_out, other.id, session)
    assert await is_signed_in(world, shop, session)
    assert not await is_signed_in(world, shop, link)
    assert await world.do(partners.sign_in, shop.id, session) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(token=st.text(max_size=200) | st.text(st.characters(categories=["Cs"]), max_size=5))
async def test_whatever_else_is_shown_signs_nobody_in(world: World, shop: accounts.Account, token: str) -> None:
    assert not await is_signed_in(world, shop, token)
    assert await world.ask(partners.find_by_link, shop.id, token) is None
    assert await world.do(partners.sign_in, shop.id, token) is None


async def test_only_hashes_are_kept(world: World, shop: accounts.Account) -> None:
    kept = [await a_link(world, shop), await a_session(world, shop)]
    async with world.reading() as tx:
        rows = await tx.fetch("SELECT l::text FROM partner_links l UNION ALL SELECT s::text FROM partner_sessions s")
    assert len(rows) >= 3
    for token in kept:
        assert not [row for row in rows if token in row[0] or token.encode().hex() in row[0]]


async def test_when_a_session_was_last_seen_is_known_to_some_minutes_and_written_no_oftener(dsn: str) -> None:
    clock = Clock(NOW)
    async with World.open(dsn, clock=clock) as world:
        shop = await a_programme(world)
        session = await a_session(world, shop)
        seen = []
        for minutes in (5, 11, 12):
            clock.now = NOW + timedelta(minutes=minutes)
            assert await is_signed_in(world, shop, session)
            async with world.reading() as tx:
                at = await tx.fetch_value("SELECT seen_at FROM partner_sessions WHERE account_id = $1", shop.id)
            seen.append((at - NOW) // timedelta(minutes=1))
    assert seen == [0, 11, 11]


async def test_what_expired_is_pruned_and_nothing_else(dsn: str) -> None:
    clock = Clock(NOW)
    async with World.open(dsn, clock=clock) as world:
        shop = await a_programme(world)
        async with world.transaction() as tx:
            while await partners.prune_sessions(tx):
                pass
        old = await a_session(world, shop)
        clock.now = NOW + timedelta(days=14, seconds=1)
        fresh, link = await a_session(world, shop), await a_link(world, shop)
        assert await world.do(partners.prune_sessions) >= 2
        assert await world.do(partners.prune_sessions) == 0
        assert not await is_signed_in(world, shop, old)
        assert await is_signed_in(world, shop, fresh)
        assert await world.do(partners.sign_in, shop.id, link) is not None
