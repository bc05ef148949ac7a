"""Confirming: the link in the letter, followed once, twice, too late."""

import asyncio
from typing import Any

import pytest

from enlist.domain import accounts, contacts, delivery, groups
from enlist.domain.groups.confirming import Confirmation, confirmation_composer
from tests.support.world import World, an_enrolment

LINKS = groups.Links(
    confirm=lambda account, contact, ids: f"https://x/confirm/{account}/{contact}/{'-'.join(map(str, ids))}",
    leave=lambda account, contact, ids: f"https://x/leave/{account}/{contact}/{'-'.join(map(str, ids))}",
)


class Setup:
    def __init__(self, account: accounts.Account, group: groups.Group, contact_id: int) -> None:
        self.account, self.group, self.contact_id = account, group, contact_id

    @property
    def place(self) -> tuple[int, int, list[int]]:
        return self.account.id, self.contact_id, [self.group.id]


@pytest.fixture
async def anna_waits(world: World) -> Setup:
    account = await world.account(locale="ru")
    group = await world.group(account, "news")
    (outcome,) = await world.enrol(an_enrolment(account, "anna@example.com", ["news"], name="Анна"))
    assert isinstance(outcome, groups.Enrolled)
    return Setup(account, group, outcome.contact_id)


async def compose(world: World, setup: Setup) -> Any:
    letter = delivery.QueuedLetter(
        account_id=setup.account.id, id=1, kind=groups.CONFIRMATION_LETTER, recipient="anna@example.com",
        data={"contact_id": setup.contact_id, "group_ids": [setup.group.id]},
        message_id="x", attempts=1, queued_at=setup.account.created_at,
    )  # fmt: skip
    async with world.transaction() as tx:
        return (await confirmation_composer(LINKS)(tx, [letter]))[0]


async def test_following_the_link_makes_active_and_twice_is_as_good_as_once(world: World, anna_waits: Setup) -> None:
    for _ in range(2):
        done = await world.do(groups.confirm, *anna_waits.place)
        assert done == Confirmation("done", ("Group news",))
    anna = await world.ask(contacts.get, [(anna_waits.account.id, anna_waits.contact_id)])
    assert len(await world.events(anna_waits.account.id, "groups.contact_confirmed")) == 1
    assert anna[(anna_waits.account.id, anna_waits.contact_id)].confirmed_at is not None


async def test_following_the_link_after_leaving_does_not_bring_back(world: World, anna_waits: Setup) -> None:
    await world.do(groups.leave_by_link, *anna_waits.place)
    assert await world.do(groups.confirm, *anna_waits.place) == Confirmation("left")


async def test_a_link_to_nobody_is_gone(world: World, anna_waits: Setup) -> None:
    assert await world.do(groups.confirm, anna_waits.account.id, 10**12, [1]) == Confirmation("gone")


async def test_a_link_of_one_account_moves_nothing_in_another(world: World, anna_waits: Setup) -> None:
    other = await world.account()
    await world.do(groups.confirm, other.id, anna_waits.contact_id, [anna_waits.group.id])
    assert await world.states(anna_waits.account, "anna@example.com") == {"news": "waiting"}


async def test_who_follows_the_link_after_all_is_deliverable_again(world: World, anna_waits: Setup) -> None:
    await world.bounce(anna_waits.account, anna_waits.contact_id, anna_waits.group.id)
    assert await world.states(anna_waits.account, "anna@example.com") == {"news": "undeliverable"}
    assert (await world.do(groups.confirm, *anna_waits.place)).outcome == "done"


async def test_the_letter_speaks_the_owners_language_and_carries_both_links(world: World, anna_waits: Setup) -> None:
    content = await compose(world, anna_waits)
    place = f"{anna_waits.account.id}/{anna_waits.contact_id}/{anna_waits.group.id}"
    assert f"https://x/confirm/{place}" in content.text.splitlines()
    assert content.leave_url == f"https://x/leave/{place}"
    assert "Анна" in content.text
    assert "Подтвердите" in content.subject or "подтвердите" in content.subject.lower()


async def test_the_letter_is_obsolete_once_answered(world: World, anna_waits: Setup) -> None:
    await world.do(groups.confirm, *anna_waits.place)
    assert await compose(world, anna_waits) is None


async def test_confirming_locks_the_contact_before_memberships_as_enrolling_does(
    world: World, anna_waits: Setup
) -> None:
    async def confirm() -> Confirmation:
        return await world.do(groups.confirm, *anna_waits.place)

    key = (anna_waits.account.id, anna_waits.contact_id)
    async with world.transaction() as enrolling:
        await contacts.hold(enrolling, [key])
        confirming = asyncio.create_task(confirm())
        await asyncio.sleep(0.2)
        assert not confirming.done()
        held = await enrolling.fetch(
            "SELECT FROM memberships WHERE account_id = $1 AND contact_id = $2 FOR UPDATE NOWAIT", *key
        )
        assert len(held) == 1
    assert (await confirming).outcome == "done"
