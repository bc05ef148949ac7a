"""Placing: contacts kept as their owner describes them, in the groups where he wants them."""

import asyncio
from typing import Any

import pytest

from enlist.domain import accounts, contacts, groups
from enlist.domain.groups.placing import place_without_email
from enlist.kit.email import normalise
from enlist.runtime.db import Tx
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


async def states(tx: Tx, account: accounts.Account) -> dict[str, str]:
    assert EMAIL is not None
    return {place.group_name: place.state for place in await groups.list_memberships(tx, account.id, EMAIL)}


async def announced(tx: Tx, account: accounts.Account) -> list[str]:
    rows = await tx.fetch("SELECT kind FROM events WHERE owner_id = $1 ORDER BY id", account.id)
    return [row[0].removeprefix("groups.contact_") for row in rows]


async def test_a_contact_is_made_once_and_joins_by_the_rule_of_enrolling(
    world: World, school: accounts.Account
) -> None:
    first = await keep(world, school, join=["open", "asking"])
    assert await keep(world, school, join=["open", "asking", "other"]) == first
    async with world.reading() as tx:
        assert await states(tx, school) == {"open": "active", "asking": "waiting", "other": "active"}
        assert await announced(tx, school) == ["enrolled"] * 3
        assert await tx.fetch_value("SELECT count(*) FROM letters WHERE account_id = $1", school.id) == 1
        history = await contacts.history(tx, school.id, first)
    assert [line.after for line in reversed(history)] == ["open", "asking", "other"]


async def test_leaving_comes_before_joining(world: World, school: accounts.Account) -> None:
    await keep(world, school, join=["open", "other"])
    await keep(world, school, join=["open"], leave=["open", "other"])
    async with world.reading() as tx:
        assert await states(tx, school) == {"open": "active"}
        assert await announced(tx, school) == ["enrolled", "enrolled", "left", "left", "enrolled"]


async def test_a_removal_is_real_and_twice_is_as_good_as_once(world: World, school: accounts.Account) -> None:
    anna = await keep(world, school, join=["open", "asking"])
    for _ in range(2):
        await world.do(groups.remove, school.id, anna, ["open", "asking", "other", "open"])
    async with world.reading() as tx:
        assert await states(tx, school) == {}
        assert await announced(tx, school) == ["enrolled", "enrolled", "left", "left"]
        assert len(await contacts.history(tx, school.id, anna)) == 4


async def test_who_had_left_is_removed_without_leaving_again(world: World, school: accounts.Account) -> None:
    assert EMAIL is not None
    anna = await keep(world, school, join=["open"])
    async with world.transaction() as tx:
        await groups.leave(tx, school.id, EMAIL, "open")
        await groups.remove(tx, school.id, anna, ["open"])
        assert await states(tx, school) == {}
        assert await announced(tx, school) == ["enrolled", "left"]


async def test_what_mail_systems_said_outlives_a_removal(world: World, school: accounts.Account) -> None:
    anna = await keep(world, school, join=["asking"])
    async with world.transaction() as tx:
        await tx.execute("UPDATE memberships SET state = 'undeliverable' WHERE contact_id = $1", anna)
        await groups.remove(tx, school.id, anna, ["asking"])
        assert await states(tx, school) == {"asking": "undeliverable"}
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
    async with world.reading() as tx:
        assert await states(tx, school) == {"open": "active"}
        assert await contacts.count(tx, school.id) == 1
        assert EMAIL is not None
        anna = await contacts.find(tx, school.id, EMAIL)
    assert anna is not None
    assert anna.name == ""


async def test_who_has_no_address_waits_wherever_he_is_put(world: World, school: accounts.Account) -> None:
    nobody = await keep(world, school, email=None, join=["open", "asking"])
    async with world.transaction() as tx:
        await place_without_email(tx, school.id, nobody, ["open"])
        rows = await tx.fetch("SELECT state FROM memberships WHERE contact_id = $1", nobody)
        assert [row[0] for row in rows] == ["waiting", "waiting"]
        assert await tx.fetch_value("SELECT count(*) FROM letters WHERE account_id = $1", school.id) == 0
        assert await announced(tx, school) == ["enrolled", "enrolled"]


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
        assert set(await states(tx, school)) in ({*names}, set())
