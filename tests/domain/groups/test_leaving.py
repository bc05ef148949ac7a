"""Leaving: by the owner's call, by link, and the way back."""

import pytest

from enlist.domain import accounts, contacts, groups
from tests.support.world import World, an_enrolment


@pytest.fixture
async def school(world: World) -> accounts.Account:
    account = await world.account()
    await world.group(account, "open", asks=False)
    await world.group(account, "other", asks=False)
    return account


async def test_leaving_twice_is_as_good_as_once_and_announced_once(world: World, school: accounts.Account) -> None:
    wish = an_enrolment(school, "anna@example.com", ["open"])
    await world.enrol(wish)
    for _ in range(2):
        await world.do(groups.leave, school.id, wish.person.email, "open")
    assert len(await world.events(school.id, "groups.contact_left")) == 1


async def test_what_cannot_be_left_is_refused(world: World, school: accounts.Account) -> None:
    wish = an_enrolment(school, "anna@example.com", ["open"])
    await world.enrol(wish)
    stranger = an_enrolment(school, "bob@example.com", []).person.email
    for email, group, refusal in (
        (wish.person.email, "nowhere", groups.GroupNotFound),
        (wish.person.email, groups.ALL_CONTACTS, groups.GroupForbidden),
        (wish.person.email, "other", groups.NotMember),
        (stranger, "open", contacts.ContactNotFound),
    ):
        async with world.transaction() as tx:
            with pytest.raises(refusal):
                await groups.leave(tx, school.id, email, group)


async def test_leaving_by_link_can_be_undone(world: World, school: accounts.Account) -> None:
    (outcome,) = await world.enrol(an_enrolment(school, "anna@example.com", ["open", "other"]))
    assert isinstance(outcome, groups.Enrolled)
    async with world.transaction() as tx:
        ids = [group.id for group in await groups.list_(tx, school.id)]
        assert await groups.leave_by_link(tx, school.id, outcome.contact_id, ids) == groups.Leave(
            True, ("Group open", "Group other")
        )
        assert await groups.count_active_people(tx, school.id) == 0
        await groups.rejoin_by_link(tx, school.id, outcome.contact_id, ids)
        assert await groups.count_active_people(tx, school.id) == 1


async def test_a_link_to_nothing_finds_nothing(world: World, school: accounts.Account) -> None:
    assert await world.do(groups.leave_by_link, school.id, 10**12, [1]) == groups.Leave(False)
