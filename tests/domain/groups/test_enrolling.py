"""Enrolling: who waits, who is in, what is refused, and what two wishes at once come to."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from enlist.domain import accounts, contacts, groups
from enlist.runtime.batch import Batch
from tests.support.world import Clock, World, an_enrolment


@pytest.fixture
async def school(world: World) -> accounts.Account:
    account = await world.account()
    await world.group(account, "news")
    await world.group(account, "open", asks=False)
    return account


async def test_a_group_that_asks_lets_people_wait_and_sends_one_letter(world: World, school: accounts.Account) -> None:
    (outcome,) = await world.enrol(an_enrolment(school, "anna@example.com", ["news"]))
    assert isinstance(outcome, groups.Enrolled)
    assert outcome.waiting
    assert await world.states(school, "anna@example.com") == {"news": "waiting"}
    assert len(await world.messages(school.id, "anna@example.com")) == 1


async def test_a_group_without_confirmation_is_open_on_every_plan(world: World, school: accounts.Account) -> None:
    (outcome,) = await world.enrol(an_enrolment(school, "anna@example.com", ["open"]))
    assert outcome == groups.Enrolled(outcome.contact_id, waiting=False)
    assert len(await world.messages(school.id, "anna@example.com")) == 0


async def test_where_only_calls_ask_nobody_is_asked_unless_the_call_demands_it(world: World) -> None:
    shop = await world.account(confirms_always=False)
    await world.group(shop, "news")
    await world.enrol(
        an_enrolment(shop, "a@example.com", ["news"]),
        an_enrolment(shop, "b@example.com", ["news"], confirm=True),
    )
    assert await world.states(shop, "a@example.com") == {"news": "active"}
    assert await world.states(shop, "b@example.com") == {"news": "waiting"}


async def test_the_call_can_demand_a_letter_for_an_open_group(world: World, school: accounts.Account) -> None:
    await world.enrol(an_enrolment(school, "anna@example.com", ["open"], confirm=True))
    assert await world.states(school, "anna@example.com") == {"open": "waiting"}


async def test_one_letter_asks_for_all_groups_of_a_wish(world: World, school: accounts.Account) -> None:
    await world.group(school, "more")
    await world.enrol(an_enrolment(school, "anna@example.com", ["news", "more"]))
    assert len(await world.messages(school.id, "anna@example.com")) == 1


async def test_who_confirmed_anywhere_in_the_account_is_asked_no_more(world: World, school: accounts.Account) -> None:
    (outcome,) = await world.enrol(an_enrolment(school, "anna@example.com", ["news"]))
    await world.group(school, "more")
    async with world.transaction() as tx:
        group = await groups.find(tx, school.id, "news")
        assert group is not None
        await groups.confirm(tx, school.id, outcome.contact_id, [group.id])
    await world.enrol(an_enrolment(school, "anna@example.com", ["more"], confirm=True))
    assert await world.states(school, "anna@example.com") == {"more": "active", "news": "active"}


async def test_being_in_an_open_group_is_no_confirmation(world: World, school: accounts.Account) -> None:
    await world.enrol(an_enrolment(school, "anna@example.com", ["open"]))
    await world.enrol(an_enrolment(school, "anna@example.com", ["news"]))
    assert (await world.states(school, "anna@example.com"))["news"] == "waiting"


async def test_who_was_active_and_left_comes_back_without_a_letter(world: World, school: accounts.Account) -> None:
    wish = an_enrolment(school, "anna@example.com", ["open"])
    await world.enrol(wish)
    await world.do(groups.leave, school.id, wish.person.email, "open")
    assert await world.states(school, "anna@example.com") == {"open": "left"}
    (outcome,) = await world.enrol(an_enrolment(school, "anna@example.com", ["open"], confirm=True))
    assert isinstance(outcome, groups.Enrolled)
    assert not outcome.waiting
    assert await world.states(school, "anna@example.com") == {"open": "active"}


async def test_who_left_while_waiting_waits_again(world: World, school: accounts.Account) -> None:
    wish = an_enrolment(school, "anna@example.com", ["news"])
    await world.enrol(wish)
    await world.do(groups.leave, school.id, wish.person.email, "news")
    (outcome,) = await world.enrol(wish)
    assert isinstance(outcome, groups.Enrolled)
    assert outcome.waiting


async def test_asking_again_sends_a_letter_at_most_once_an_hour_and_answers_as_before(
    dsn: str, world: World, school: accounts.Account
) -> None:
    now = datetime.now(UTC)
    wish = an_enrolment(school, "anna@example.com", ["news"])
    await world.enrol(wish)
    for minutes, letters in ((1, 1), (59, 1), (61, 2), (100, 2), (122, 3)):
        async with World.open(dsn, clock=Clock(now + timedelta(minutes=minutes))) as later:
            (outcome,) = await later.enrol(wish)
        assert isinstance(outcome, groups.Enrolled)
        assert outcome.waiting
        assert len(await world.messages(school.id, "anna@example.com")) == letters, minutes


async def test_an_unknown_group_among_several_fails_the_wish_before_anything_is_added(
    world: World, school: accounts.Account
) -> None:
    (outcome,) = await world.enrol(an_enrolment(school, "anna@example.com", ["news", "nowhere"]))
    assert outcome == groups.GroupNotFound(group="nowhere")
    assert await world.ask(contacts.count, school.id) == 0


async def test_no_group_at_all_is_an_unknown_group(world: World, school: accounts.Account) -> None:
    assert await world.enrol(an_enrolment(school, "anna@example.com", [])) == [groups.GroupNotFound(group="")]


async def test_the_group_of_all_contacts_cannot_be_joined(world: World, school: accounts.Account) -> None:
    (outcome,) = await world.enrol(an_enrolment(school, "anna@example.com", ["news", groups.ALL_CONTACTS]))
    assert outcome == groups.GroupForbidden(group=groups.ALL_CONTACTS)


async def test_a_member_of_all_groups_is_refused_and_of_some_is_added_to_the_rest(
    world: World, school: accounts.Account
) -> None:
    await world.enrol(an_enrolment(school, "anna@example.com", ["open"]))
    assert await world.enrol(an_enrolment(school, "Anna@Example.com", ["open"])) == [
        groups.AlreadyMember(email="Anna@Example.com")
    ]
    (outcome,) = await world.enrol(an_enrolment(school, "anna@example.com", ["open", "news"]))
    assert isinstance(outcome, groups.Enrolled)
    assert await world.states(school, "anna@example.com") == {"news": "waiting", "open": "active"}


async def test_a_known_contact_keeps_what_is_known_and_gets_empty_fields_filled(
    world: World, school: accounts.Account
) -> None:
    await world.enrol(an_enrolment(school, "anna@example.com", ["open"], name="Anna"))
    await world.enrol(an_enrolment(school, "anna@example.com", ["news"], name="Bob", phone="+7900"))
    anna = await world.ask(contacts.find, school.id, an_enrolment(school, "ANNA@example.com", []).person.email)
    assert anna is not None
    assert (anna.name, anna.phone) == ("Anna", "+7900")


async def test_a_name_that_does_not_fit_is_refused_and_harms_no_neighbour(
    world: World, school: accounts.Account
) -> None:
    long, fine = await world.enrol(
        an_enrolment(school, "a@example.com", ["open"], name="x" * 256),
        an_enrolment(school, "b@example.com", ["open"], name="x" * 255),
    )
    assert long == contacts.BadContact(field="name", reason="is longer than 255 characters")
    assert isinstance(fine, groups.Enrolled)


async def test_an_address_that_mail_was_refused_for_cannot_be_revived_by_a_wish(
    world: World, school: accounts.Account
) -> None:
    (outcome,) = await world.enrol(an_enrolment(school, "gone@example.com", ["news"]))
    news = await world.ask(groups.find, school.id, "news")
    assert news is not None
    await world.bounce(school, outcome.contact_id, news.id)
    assert await world.enrol(an_enrolment(school, "gone@example.com", ["news"])) == [
        groups.AddressUndeliverable(email="gone@example.com", group="news")
    ]


async def test_the_same_wish_many_times_in_one_batch_counts_once(world: World, school: accounts.Account) -> None:
    outcomes = await world.enrol(*[an_enrolment(school, "anna@example.com", ["open"])] * 5)
    assert isinstance(outcomes[0], groups.Enrolled)
    assert outcomes[1:] == [groups.AlreadyMember(email="anna@example.com")] * 4


async def test_a_hundred_simultaneous_wishes_in_two_processes_make_one_contact_one_membership_one_letter(
    dsn: str, world: World, school: accounts.Account
) -> None:
    async with World.open(dsn) as other:
        batches = [
            Batch(f"test {n}", source.database, groups.enrol, largest=7) for n, source in enumerate((world, other))
        ]
        wish = an_enrolment(school, "everybody@example.com", ["news"])
        outcomes = await asyncio.gather(*[batches[n % 2].put(wish) for n in range(100)])
        assert all(isinstance(outcome, groups.Enrolled) and outcome.waiting for outcome in outcomes)
        assert await world.ask(contacts.count, school.id) == 1
        assert await world.states(school, "everybody@example.com") == {"news": "waiting"}
        assert len(await world.messages(school.id, "everybody@example.com")) == 1
        for batch in batches:
            await batch.close()


async def test_two_processes_with_the_same_people_in_another_order_do_not_lock_each_other_out(
    dsn: str, world: World, school: accounts.Account
) -> None:
    async with World.open(dsn) as other:
        people = [an_enrolment(school, f"p{n}@example.com", ["open"]) for n in range(60)]
        await asyncio.gather(world.enrol(*people), other.enrol(*reversed(people)))
        assert await world.ask(contacts.count, school.id) == 60


async def test_one_account_sees_nothing_of_another(world: World, school: accounts.Account) -> None:
    other = await world.account()
    await world.enrol(an_enrolment(school, "anna@example.com", ["open"]))
    assert await world.enrol(an_enrolment(other, "anna@example.com", ["open"])) == [groups.GroupNotFound(group="open")]
    with pytest.raises(contacts.ContactNotFound):
        await world.states(other, "anna@example.com")


async def test_an_event_is_announced_for_each_move_and_not_for_asking_again(
    world: World, school: accounts.Account
) -> None:
    wish = an_enrolment(school, "anna@example.com", ["news", "open"])
    for _ in range(3):
        await world.enrol(wish)
    assert sorted(event.body["state"] for event in await world.events(school.id)) == ["active", "waiting"]
