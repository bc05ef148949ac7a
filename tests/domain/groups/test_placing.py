"""Placing: contacts kept as their owner describes them, in the groups where he wants them."""

import asyncio
from typing import Any

import pytest

from enlist.domain import accounts, contacts, groups
from enlist.domain.groups.placing import place_without_email
from enlist.kit.email import normalise
from tests.support.world import World, an_enrolment

EMAIL = normalise("Anna@example.com")
NOTHING = contacts.CardChanges()


@pytest.fixture
async def school(world: World) -> accounts.Account:
    account = await world.account()
    for name in ("open", "other"):
        await world.group(account, name, asks=False)
    await world.group(account, "asking")
    return account


async def keep(world: World, account: accounts.Account, **said: Any) -> int:
    said = {"email": EMAIL, "changes": NOTHING} | said
    return await world.do(groups.keep_contact, account, **said)


async def states(world: World, account: accounts.Account) -> dict[str, str]:
    return await world.states(account, "anna@example.com")


async def announced(world: World, account: accounts.Account) -> list[str]:
    return [event.kind.removeprefix("groups.contact_") for event in await world.events(account.id)]


async def test_a_contact_is_made_once_and_joins_by_the_rule_of_enrolling(
    world: World, school: accounts.Account
) -> None:
    first = await keep(world, school, join=["open", "asking"])
    assert await keep(world, school, join=["open", "asking", "other"]) == first
    assert await states(world, school) == {"open": "active", "asking": "waiting", "other": "active"}
    assert await announced(world, school) == ["enrolled"] * 3
    assert len(await world.messages(school.id)) == 1
    history = await world.ask(contacts.history, school.id, first)
    assert [line.after for line in reversed(history)] == ["open", "asking", "other"]


async def test_leaving_comes_before_joining(world: World, school: accounts.Account) -> None:
    await keep(world, school, join=["open", "other"])
    await keep(world, school, join=["open"], leave=["open", "other"])
    assert await states(world, school) == {"open": "active"}
    assert await announced(world, school) == ["enrolled", "enrolled", "left", "left", "enrolled"]


async def test_a_removal_is_real_and_twice_is_as_good_as_once(world: World, school: accounts.Account) -> None:
    anna = await keep(world, school, join=["open", "asking"])
    for _ in range(2):
        await world.do(groups.remove, school.id, anna, ["open", "asking", "other", "open"])
    assert await states(world, school) == {}
    assert await announced(world, school) == ["enrolled", "enrolled", "left", "left"]
    assert len(await world.ask(contacts.history, school.id, anna)) == 4


async def test_who_had_left_is_removed_without_leaving_again(world: World, school: accounts.Account) -> None:
    assert EMAIL is not None
    anna = await keep(world, school, join=["open"])
    await world.do(groups.leave, school.id, EMAIL, "open")
    await world.do(groups.remove, school.id, anna, ["open"])
    assert await states(world, school) == {}
    assert await announced(world, school) == ["enrolled", "left"]


async def test_what_mail_systems_said_outlives_a_removal(world: World, school: accounts.Account) -> None:
    anna = await keep(world, school, join=["asking"])
    asking = await world.ask(groups.find, school.id, "asking")
    assert asking is not None
    await world.bounce(school, anna, asking.id)
    await world.do(groups.remove, school.id, anna, ["asking"])
    assert await states(world, school) == {"asking": "undeliverable"}
    with pytest.raises(groups.AddressUndeliverable):
        await keep(world, school, join=["asking"])


@pytest.mark.parametrize(
    ("names", "refusal"),
    [(["open", "nowhere"], groups.GroupNotFound), (["open", groups.ALL_CONTACTS], groups.GroupForbidden),
     ([f"g{n}" for n in range(101)], groups.BadEnrolment)],
)  # fmt: skip
async def test_a_call_that_names_a_wrong_group_does_nothing_at_all(
    world: World, school: accounts.Account, names: list[str], refusal: type[Exception]
) -> None:
    await keep(world, school, join=["open"])
    for said in ({"join": names}, {"leave": names}, {"join": names, "email": None}):
        with pytest.raises(refusal):
            await keep(world, school, changes=contacts.CardChanges(name="Anya"), **said)
    assert await states(world, school) == {"open": "active"}
    assert await world.ask(contacts.count, school.id) == 1
    assert EMAIL is not None
    anna = await world.ask(contacts.find, school.id, EMAIL)
    assert anna is not None
    assert anna.name == ""


async def test_who_has_no_address_waits_wherever_he_is_put(world: World, school: accounts.Account) -> None:
    nobody = await keep(world, school, email=None, join=["open", "asking"])
    async with world.transaction() as tx:
        await place_without_email(tx, school.id, nobody, ["open"])
        # Memberships are asked for by address, which this contact has none of.
        rows = await tx.fetch("SELECT state FROM memberships WHERE contact_id = $1", nobody)
        assert [row[0] for row in rows] == ["waiting", "waiting"]
    assert await world.messages(school.id) == []
    assert await announced(world, school) == ["enrolled", "enrolled"]


async def test_the_groups_of_another_account_are_unknown(world: World, school: accounts.Account) -> None:
    other = await world.account()
    await world.group(other, "theirs", asks=False)
    (enrolled,) = await world.enrol(an_enrolment(other, "anna@example.com", ["theirs"]))
    for said in ({"join": ["theirs"]}, {"leave": ["theirs"]}):
        with pytest.raises(groups.GroupNotFound):
            await keep(world, school, **said)
    async with world.transaction() as tx:
        # A number of somebody else's contact, in the account's own group: there is no such membership.
        await groups.remove(tx, school.id, enrolled.contact_id, ["open"])
        assert await groups.count_active(tx, other.id, "theirs") == 1


async def test_joining_and_removing_at_once_end_in_one_of_the_two(world: World, school: accounts.Account) -> None:
    names = ["open", "other", "asking"]
    await asyncio.gather(
        *[keep(world, school, join=names) for _ in range(10)],
        *[keep(world, school, leave=names[::-1]) for _ in range(10)],
        *[world.enrol(an_enrolment(school, "anna@example.com", names)) for _ in range(10)],
    )
    async with world.reading() as tx:
        assert await contacts.count(tx, school.id) == 1
        assert set(await states(world, school)) in ({*names}, set())
