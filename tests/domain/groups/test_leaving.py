"""Leaving: by the owner's call, by link, and the way back."""

import pytest

from enlist.domain import accounts, contacts, groups
from enlist.runtime.db import Database
from tests.support.factories import a_group, an_account, an_enrolment, enrol


@pytest.fixture
async def school(database: Database) -> accounts.Account:
    account = await an_account(database)
    await a_group(database, account, "open", asks=False)
    await a_group(database, account, "other", asks=False)
    return account


async def test_leaving_twice_is_as_good_as_once_and_announced_once(
    database: Database, school: accounts.Account
) -> None:
    wish = an_enrolment(school, "anna@example.com", ["open"])
    await enrol(database, wish)
    for _ in range(2):
        async with database.transaction() as tx:
            await groups.leave(tx, school.id, wish.person.email, "open")
    async with database.reading() as tx:
        left = await tx.fetch_value(
            "SELECT count(*) FROM facts WHERE owner_id = $1 AND kind = 'groups.contact_left'", school.id
        )
    assert left == 1


async def test_what_cannot_be_left_is_refused(database: Database, school: accounts.Account) -> None:
    wish = an_enrolment(school, "anna@example.com", ["open"])
    await enrol(database, wish)
    stranger = an_enrolment(school, "bob@example.com", []).person.email
    for email, group, refusal in (
        (wish.person.email, "nowhere", groups.GroupNotFound),
        (wish.person.email, groups.ALL_CONTACTS, groups.GroupForbidden),
        (wish.person.email, "other", groups.NotMember),
        (stranger, "open", contacts.ContactNotFound),
    ):
        async with database.transaction() as tx:
            with pytest.raises(refusal):
                await groups.leave(tx, school.id, email, group)


async def test_leaving_by_link_can_be_undone(database: Database, school: accounts.Account) -> None:
    (outcome,) = await enrol(database, an_enrolment(school, "anna@example.com", ["open", "other"]))
    assert isinstance(outcome, groups.Enrolled)
    async with database.transaction() as tx:
        ids = [group.id for group in await groups.list_(tx, school.id)]
        assert await groups.leave_by_link(tx, school.id, outcome.contact_id, ids) == groups.Leave(
            True, ("Group open", "Group other")
        )
        assert await groups.count_active_people(tx, school.id) == 0
        await groups.rejoin_by_link(tx, school.id, outcome.contact_id, ids)
        assert await groups.count_active_people(tx, school.id) == 1


async def test_a_link_to_nothing_finds_nothing(database: Database, school: accounts.Account) -> None:
    async with database.transaction() as tx:
        assert await groups.leave_by_link(tx, school.id, 10**12, [1]) == groups.Leave(False)
