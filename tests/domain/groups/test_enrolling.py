"""Enrolling: who waits, who is in, what is refused, and what two wishes at once come to."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from enlist.domain import accounts, contacts, groups
from enlist.runtime.batch import Batch
from enlist.runtime.db import Database
from tests.support.factories import a_group, an_account, an_enrolment, enrol


@pytest.fixture
async def school(database: Database) -> accounts.Account:
    account = await an_account(database)
    await a_group(database, account, "news")
    await a_group(database, account, "open", asks=False)
    return account


async def letters_to(database: Database, account: accounts.Account, email: str) -> int:
    async with database.reading() as tx:
        return int(
            await tx.fetch_value(
                "SELECT count(*) FROM letters WHERE account_id = $1 AND lower(recipient) = lower($2)", account.id, email
            )
        )


async def states(database: Database, account: accounts.Account, email: str) -> dict[str, str]:
    async with database.reading() as tx:
        address = an_enrolment(account, email, []).person.email
        return {place.group_name: place.state for place in await groups.list_memberships(tx, account.id, address)}


async def test_a_group_that_asks_lets_people_wait_and_sends_one_letter(
    database: Database, school: accounts.Account
) -> None:
    (outcome,) = await enrol(database, an_enrolment(school, "anna@example.com", ["news"]))
    assert isinstance(outcome, groups.Enrolled)
    assert outcome.waiting
    assert await states(database, school, "anna@example.com") == {"news": "waiting"}
    assert await letters_to(database, school, "anna@example.com") == 1


async def test_a_group_without_confirmation_is_open_on_every_plan(database: Database, school: accounts.Account) -> None:
    (outcome,) = await enrol(database, an_enrolment(school, "anna@example.com", ["open"]))
    assert outcome == groups.Enrolled(outcome.contact_id, waiting=False)
    assert await letters_to(database, school, "anna@example.com") == 0


async def test_where_only_calls_ask_nobody_is_asked_unless_the_call_demands_it(database: Database) -> None:
    shop = await an_account(database, confirms_always=False)
    await a_group(database, shop, "news")
    await enrol(
        database,
        an_enrolment(shop, "a@example.com", ["news"]),
        an_enrolment(shop, "b@example.com", ["news"], confirm=True),
    )
    assert await states(database, shop, "a@example.com") == {"news": "active"}
    assert await states(database, shop, "b@example.com") == {"news": "waiting"}


async def test_the_call_can_demand_a_letter_for_an_open_group(database: Database, school: accounts.Account) -> None:
    await enrol(database, an_enrolment(school, "anna@example.com", ["open"], confirm=True))
    assert await states(database, school, "anna@example.com") == {"open": "waiting"}


async def test_one_letter_asks_for_all_groups_of_a_wish(database: Database, school: accounts.Account) -> None:
    await a_group(database, school, "more")
    await enrol(database, an_enrolment(school, "anna@example.com", ["news", "more"]))
    assert await letters_to(database, school, "anna@example.com") == 1


async def test_who_confirmed_anywhere_in_the_account_is_asked_no_more(
    database: Database, school: accounts.Account
) -> None:
    (outcome,) = await enrol(database, an_enrolment(school, "anna@example.com", ["news"]))
    await a_group(database, school, "more")
    async with database.transaction() as tx:
        group = await groups.find(tx, school.id, "news")
        assert group is not None
        await groups.confirm(tx, school.id, outcome.contact_id, [group.id])
    await enrol(database, an_enrolment(school, "anna@example.com", ["more"], confirm=True))
    assert await states(database, school, "anna@example.com") == {"more": "active", "news": "active"}


async def test_being_in_an_open_group_is_no_confirmation(database: Database, school: accounts.Account) -> None:
    await enrol(database, an_enrolment(school, "anna@example.com", ["open"]))
    await enrol(database, an_enrolment(school, "anna@example.com", ["news"]))
    assert (await states(database, school, "anna@example.com"))["news"] == "waiting"


async def test_who_was_active_and_left_comes_back_without_a_letter(
    database: Database, school: accounts.Account
) -> None:
    wish = an_enrolment(school, "anna@example.com", ["open"])
    await enrol(database, wish)
    async with database.transaction() as tx:
        await groups.leave(tx, school.id, wish.person.email, "open")
    assert await states(database, school, "anna@example.com") == {"open": "left"}
    (outcome,) = await enrol(database, an_enrolment(school, "anna@example.com", ["open"], confirm=True))
    assert isinstance(outcome, groups.Enrolled)
    assert not outcome.waiting
    assert await states(database, school, "anna@example.com") == {"open": "active"}


async def test_who_left_while_waiting_waits_again(database: Database, school: accounts.Account) -> None:
    wish = an_enrolment(school, "anna@example.com", ["news"])
    await enrol(database, wish)
    async with database.transaction() as tx:
        await groups.leave(tx, school.id, wish.person.email, "news")
    (outcome,) = await enrol(database, wish)
    assert isinstance(outcome, groups.Enrolled)
    assert outcome.waiting


async def test_asking_again_sends_a_letter_at_most_once_an_hour_and_answers_as_before(
    dsn: str, database: Database, school: accounts.Account
) -> None:
    now = datetime.now(UTC)
    wish = an_enrolment(school, "anna@example.com", ["news"])
    await enrol(database, wish)
    for minutes, letters in ((1, 1), (59, 1), (61, 2), (100, 2), (122, 3)):
        later = Database(dsn, clock=lambda minutes=minutes: now + timedelta(minutes=minutes))  # type: ignore[misc]
        await later.open()
        (outcome,) = await enrol(later, wish)
        await later.close()
        assert isinstance(outcome, groups.Enrolled)
        assert outcome.waiting
        assert await letters_to(database, school, "anna@example.com") == letters, minutes


async def test_an_unknown_group_among_several_fails_the_wish_before_anything_is_added(
    database: Database, school: accounts.Account
) -> None:
    (outcome,) = await enrol(database, an_enrolment(school, "anna@example.com", ["news", "nowhere"]))
    assert outcome == groups.GroupNotFound(group="nowhere")
    async with database.reading() as tx:
        assert await contacts.count(tx, school.id) == 0


async def test_no_group_at_all_is_an_unknown_group(database: Database, school: accounts.Account) -> None:
    assert await enrol(database, an_enrolment(school, "anna@example.com", [])) == [groups.GroupNotFound(group="")]


async def test_the_group_of_all_contacts_cannot_be_joined(database: Database, school: accounts.Account) -> None:
    (outcome,) = await enrol(database, an_enrolment(school, "anna@example.com", ["news", groups.ALL_CONTACTS]))
    assert outcome == groups.GroupForbidden(group=groups.ALL_CONTACTS)


async def test_a_member_of_all_groups_is_refused_and_of_some_is_added_to_the_rest(
    database: Database, school: accounts.Account
) -> None:
    await enrol(database, an_enrolment(school, "anna@example.com", ["open"]))
    assert await enrol(database, an_enrolment(school, "Anna@Example.com", ["open"])) == [
        groups.AlreadyMember(email="Anna@Example.com")
    ]
    (outcome,) = await enrol(database, an_enrolment(school, "anna@example.com", ["open", "news"]))
    assert isinstance(outcome, groups.Enrolled)
    assert await states(database, school, "anna@example.com") == {"news": "waiting", "open": "active"}


async def test_a_known_contact_keeps_what_is_known_and_gets_empty_fields_filled(
    database: Database, school: accounts.Account
) -> None:
    await enrol(database, an_enrolment(school, "anna@example.com", ["open"], name="Anna"))
    await enrol(database, an_enrolment(school, "anna@example.com", ["news"], name="Bob", phone="+7900"))
    async with database.reading() as tx:
        anna = await contacts.find(tx, school.id, an_enrolment(school, "ANNA@example.com", []).person.email)
    assert anna is not None
    assert (anna.name, anna.phone) == ("Anna", "+7900")


async def test_a_name_that_does_not_fit_is_refused_and_harms_no_neighbour(
    database: Database, school: accounts.Account
) -> None:
    long, fine = await enrol(
        database,
        an_enrolment(school, "a@example.com", ["open"], name="x" * 256),
        an_enrolment(school, "b@example.com", ["open"], name="x" * 255),
    )
    assert long == contacts.BadContact(field="name", reason="is longer than 255 characters")
    assert isinstance(fine, groups.Enrolled)


async def test_an_address_that_mail_was_refused_for_cannot_be_revived_by_a_wish(
    database: Database, school: accounts.Account
) -> None:
    (outcome,) = await enrol(database, an_enrolment(school, "gone@example.com", ["news"]))
    async with database.transaction() as tx:
        await tx.execute("UPDATE memberships SET state = 'undeliverable' WHERE contact_id = $1", outcome.contact_id)
    assert await enrol(database, an_enrolment(school, "gone@example.com", ["news"])) == [
        groups.AddressUndeliverable(email="gone@example.com", group="news")
    ]


async def test_the_same_wish_many_times_in_one_batch_counts_once(database: Database, school: accounts.Account) -> None:
    outcomes = await enrol(database, *[an_enrolment(school, "anna@example.com", ["open"])] * 5)
    assert isinstance(outcomes[0], groups.Enrolled)
    assert outcomes[1:] == [groups.AlreadyMember(email="anna@example.com")] * 4


async def test_a_hundred_simultaneous_wishes_in_two_processes_make_one_contact_one_membership_one_letter(
    dsn: str, database: Database, school: accounts.Account
) -> None:
    other = Database(dsn)
    await other.open()
    batches = [Batch(f"test {n}", source, groups.enrol, largest=7) for n, source in enumerate((database, other))]
    wish = an_enrolment(school, "everybody@example.com", ["news"])
    outcomes = await asyncio.gather(*[batches[n % 2].put(wish) for n in range(100)])
    assert all(isinstance(outcome, groups.Enrolled) and outcome.waiting for outcome in outcomes)
    async with database.reading() as tx:
        assert await contacts.count(tx, school.id) == 1
        assert await tx.fetch_value("SELECT count(*) FROM memberships WHERE account_id = $1", school.id) == 1
    assert await letters_to(database, school, "everybody@example.com") == 1
    for batch in batches:
        await batch.close()
    await other.close()


async def test_two_processes_with_the_same_people_in_another_order_do_not_lock_each_other_out(
    dsn: str, database: Database, school: accounts.Account
) -> None:
    other = Database(dsn)
    await other.open()
    people = [an_enrolment(school, f"p{n}@example.com", ["open"]) for n in range(60)]
    await asyncio.gather(enrol(database, *people), enrol(other, *reversed(people)))
    async with database.reading() as tx:
        assert await contacts.count(tx, school.id) == 60
    await other.close()


async def test_one_account_sees_nothing_of_another(database: Database, school: accounts.Account) -> None:
    other = await an_account(database)
    await enrol(database, an_enrolment(school, "anna@example.com", ["open"]))
    assert await enrol(database, an_enrolment(other, "anna@example.com", ["open"])) == [
        groups.GroupNotFound(group="open")
    ]
    with pytest.raises(contacts.ContactNotFound):
        await states(database, other, "anna@example.com")


async def test_an_event_is_announced_for_each_move_and_not_for_asking_again(
    database: Database, school: accounts.Account
) -> None:
    wish = an_enrolment(school, "anna@example.com", ["news", "open"])
    for _ in range(3):
        await enrol(database, wish)
    async with database.reading() as tx:
        rows = await tx.fetch("SELECT body->>'state' AS state FROM facts WHERE owner_id = $1 ORDER BY id", school.id)
    assert sorted(row["state"] for row in rows) == ["active", "waiting"]
