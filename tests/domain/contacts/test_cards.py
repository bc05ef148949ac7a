"""Cards: changed field by field, with a history that accounts for every change."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from enlist.domain import accounts, contacts
from enlist.domain.contacts.cards import apply, check_changes
from enlist.kit.email import normalise
from enlist.runtime.actors import SYSTEM
from tests.support.world import World


async def a_contact(world: World, account: accounts.Account, email: str = "a@example.com", **said: Any) -> int:
    address = normalise(email)
    assert address is not None
    known = await world.do(contacts.add_or_fill, [(account.id, contacts.Person(address, **said))])
    return known[account.id, address.key].id


async def write(world: World, account: accounts.Account, contact_id: int, **changes: Any) -> None:
    await world.do(contacts.write_card, account.id, contact_id, contacts.CardChanges(**changes))


async def read(
    world: World, account: accounts.Account, contact_id: int
) -> tuple[contacts.Contact, contacts.Card, list[tuple[str, str, str]]]:
    async with world.reading() as tx:
        contact = (await contacts.get(tx, [(account.id, contact_id)]))[account.id, contact_id]
        card = await contacts.card(tx, account.id, contact_id)
        lines = await contacts.history(tx, account.id, contact_id)
    return contact, card, [(line.field, line.before, line.after) for line in reversed(lines)]


async def test_a_card_is_written_field_by_field_with_a_line_of_history_each(world: World) -> None:
    account = await world.account()
    anna = await a_contact(world, account, name="Anna", tags=("old",))
    await write(world, account, anna, name="Anya", last_name="Smith", utc_offset=-90, shipping={"city": "Omsk"},
                social={"telegram": "@anya"}, add_tags=("new",), remove_tags=("old", "none"))  # fmt: skip
    await write(world, account, anna, last_name="", utc_offset=None, shipping={"zip": "1"}, social={"telegram": ""})
    contact, card, history = await read(world, account, anna)
    assert (contact.name, contact.tags) == ("Anya", ("new",))
    assert card == contacts.Card(shipping=contacts.Address(city="Omsk", zip="1"))
    assert history == [
        ("name", "Anna", "Anya"),
        ("tags", "old", "new"),
        ("last_name", "", "Smith"),
        ("utc_offset", "", "UTC-01:30"),
        ("shipping.city", "", "Omsk"),
        ("social.telegram", "", "@anya"),
        ("last_name", "Smith", ""),
        ("utc_offset", "UTC-01:30", ""),
        ("shipping.zip", "", "1"),
        ("social.telegram", "@anya", ""),
    ]


async def test_saying_the_same_again_writes_nothing(world: World) -> None:
    account = await world.account()
    anna = await a_contact(world, account)
    for _ in range(2):
        await write(world, account, anna, last_name="Smith", add_tags=("one",), billing={"state": "X"})
    assert len((await read(world, account, anna))[2]) == 3


async def test_history_is_read_page_by_page(world: World) -> None:
    account = await world.account()
    anna = await a_contact(world, account)
    for number in range(5):
        await write(world, account, anna, description=str(number))
    async with world.reading() as tx:
        page = await contacts.history(tx, account.id, anna, limit=2)
        rest = await contacts.history(tx, account.id, anna, before=page[-1].id)
    assert [line.after for line in page] == ["4", "3"]
    assert [line.after for line in rest] == ["2", "1", "0"]
    assert {line.actor for line in rest} == {SYSTEM}


async def test_a_contact_of_another_account_is_unknown_and_so_is_its_card(world: World) -> None:
    mine, theirs = await world.account(), await world.account()
    anna = await a_contact(world, theirs)
    await write(world, theirs, anna, last_name="Theirs")
    with pytest.raises(contacts.ContactNotFound):
        await write(world, mine, anna, last_name="Mine")
    async with world.reading() as tx:
        assert await contacts.card(tx, mine.id, anna) == contacts.Card()
        assert await contacts.history(tx, mine.id, anna) == []


async def test_a_manager_must_be_one_of_the_accounts_own(world: World) -> None:
    mine, theirs = await world.account(), await world.account()
    anna = await a_contact(world, mine)
    async with world.transaction() as tx:
        olga = await accounts.create_manager(tx, mine.id, " Olga Petrova ", email="olga@example.com")
        await accounts.create_manager(tx, theirs.id, "First")
        other = await accounts.create_manager(tx, theirs.id, "Other")
    await write(world, mine, anna, manager_id=olga.id)
    for number in (other.id, 0, -1, 2**80):
        with pytest.raises(accounts.ManagerNotFound):
            await write(world, mine, anna, manager_id=number)
    _, card, history = await read(world, mine, anna)
    assert (card.manager_id, history) == (olga.id, [("manager_id", "", str(olga.id))])


async def test_tags_are_added_and_taken_by_address(world: World) -> None:
    account = await world.account()
    anna = await a_contact(world, account, "Tag@Example.com")
    email, stranger = normalise("tag@example.com"), normalise("nobody@example.com")
    assert email is not None
    assert stranger is not None
    async with world.transaction() as tx:
        await contacts.add_tags(tx, account.id, email, ["one", "Two", "one"])
        await contacts.remove_tags(tx, account.id, email, ["one", "two"])
        for act in (contacts.add_tags, contacts.remove_tags):
            with pytest.raises(contacts.ContactNotFound):
                await act(tx, account.id, stranger, ["x"])
        with pytest.raises(contacts.BadContact):
            await contacts.add_tags(tx, account.id, email, ["x" * 256])
    contact, _, history = await read(world, account, anna)
    assert contact.tags == ("Two",)
    assert history == [("tags", "", "one, Two"), ("tags", "one", "")]


async def test_two_at_once_lose_no_tag_and_no_line(world: World) -> None:
    account = await world.account()
    anna = await a_contact(world, account)
    await asyncio.gather(
        *[
            write(world, account, anna, add_tags=(f"t{n}",), description=str(n), social={"viber": f"v{n}"})
            for n in range(20)
        ]
    )
    contact, card, history = await read(world, account, anna)
    assert len(contact.tags) == 20
    assert Counter(field for field, _, _ in history) == {"tags": 20, "description": 20, "social.viber": 20}
    described = [(before, after) for field, before, after in history if field == "description"]
    assert [before for before, _ in described] == ["", *[after for _, after in described[:-1]]]
    assert described[-1][1] == card.description


async def test_contacts_without_an_address_are_as_many_as_are_made(world: World) -> None:
    account = await world.account()
    async with world.transaction() as tx:
        one, two = [await contacts.create_without_email(tx, account.id) for _ in range(2)]
        assert one != two
        assert await contacts.count(tx, account.id) == 2
    await write(world, account, one, name="Anna", phone="1")
    contact, _, _ = await read(world, account, one)
    assert (contact.email, contact.name, contact.phone) == ("", "Anna", "1")


async def test_empty_names_are_filled_for_many_at_once_and_known_ones_kept(world: World) -> None:
    account = await world.account()
    known, new, twice, silent, long = [await a_contact(world, account, f"c{n}@example.com") for n in range(5)]
    await write(world, account, known, last_name="Known")
    async with world.transaction() as tx:
        await contacts.fill_names(tx, [
            (account.id, known, "Other", "Maria"), (account.id, twice, "", "First"), (account.id, new, "New", ""),
            (account.id, silent, "", ""), (account.id, twice, "Second", "Ignored"), (account.id, long, "x" * 256, "y"),
        ])  # fmt: skip
        await contacts.fill_names(tx, [(account.id, silent, "", "")])
        await contacts.fill_names(tx, [])
        names = {
            contact: (card.last_name, card.middle_name)
            for contact in (known, new, twice, silent, long)
            if (card := await contacts.card(tx, account.id, contact))
        }
        assert await tx.fetch_value("SELECT count(*) FROM contact_cards WHERE contact_id = $1", silent) == 0
    assert names == {
        known: ("Known", "Maria"), new: ("New", ""), twice: ("Second", "First"), silent: ("", ""), long: ("", "y")
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"last_name": "x" * 256}, "last_name"), ({"description": "x" * 10_001}, "description"), ({"phone": "1" * 65}, "phone"),
     ({"shipping": {"zip": "x" * 256}}, "shipping zip"), ({"billing": {"planet": "Mars"}}, "billing planet"),
     ({"social": {"myspace": "x"}}, "social myspace"), ({"utc_offset": 14 * 60 + 1}, "utc_offset"), ({"utc_offset": -721}, "utc_offset"),
     ({"add_tags": ("x" * 256,)}, "tag"), ({"add_tags": tuple(map(str, range(201)))}, "tags")],
)  # fmt: skip
async def test_what_no_card_can_hold_is_named_and_nothing_is_written(
    world: World, changes: dict[str, Any], field: str
) -> None:
    account = await world.account()
    anna = await a_contact(world, account)
    with pytest.raises(contacts.BadContact) as refused:
        await write(world, account, anna, name="Anya", **changes)
    assert refused.value.fields["field"] == field
    contact, card, history = await read(world, account, anna)
    assert (contact.name, card, history) == ("", contacts.Card(), [])


def test_an_address_is_one_line() -> None:
    assert contacts.Address("1 Street", city="Omsk", country_code="RU").line == "1 Street, Omsk, RU"
    assert contacts.Address().line == ""


WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
TAGS = st.lists(st.sampled_from("abcdef"), max_size=4, unique=True).map(tuple)
PARTS = st.dictionaries(st.sampled_from(contacts.Address.__struct_fields__), WORD)
CARDS = st.builds(
    contacts.Card, WORD, WORD, st.none() | st.integers(-720, 840), WORD, st.none() | st.integers(1, 3),
    st.builds(lambda parts: contacts.Address(**parts), PARTS), st.builds(lambda parts: contacts.Address(**parts), PARTS),
    st.dictionaries(st.sampled_from(contacts.NETWORKS), WORD.filter(bool)),
)  # fmt: skip
PEOPLE = st.builds(
    contacts.Contact, st.just(1), st.just(1), st.just("a@example.com"), WORD, WORD, WORD, TAGS, st.none(),
    st.just(datetime(2026, 1, 1, tzinfo=UTC)),
)  # fmt: skip
CHANGES = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("name", "phone", "city", "middle_name", "last_name", "description"), WORD)
    | {"utc_offset": st.none() | st.integers(-720, 840), "manager_id": st.none() | st.integers(1, 3)}
    | {"shipping": PARTS, "billing": PARTS, "social": st.dictionaries(st.sampled_from(contacts.NETWORKS), WORD)}
    | {"add_tags": TAGS, "remove_tags": TAGS},
).map(lambda said: contacts.CardChanges(**said))  # type: ignore[arg-type]


def told(contact: contacts.Contact, card: contacts.Card) -> dict[str, str]:
    """Write contact and card as history writes them, all fields; tags as one of each."""
    plain = {name: getattr(contact, name) for name in ("name", "phone", "city")}
    plain |= {name: getattr(card, name) for name in ("middle_name", "last_name", "description")}
    plain |= {"utc_offset": contacts.offset_text(card.utc_offset), "manager_id": str(card.manager_id or "")}
    for place in ("shipping", "billing"):
        plain |= {f"{place}.{part}": text for part, text in asdict(getattr(card, place)).items()}
    return plain | {f"social.{network}": card.social.get(network, "") for network in contacts.NETWORKS}


@given(contact=PEOPLE, card=CARDS, changes=CHANGES)
def test_the_differences_tell_exactly_what_became_of_a_card(
    contact: contacts.Contact, card: contacts.Card, changes: contacts.CardChanges
) -> None:
    assert check_changes(changes) is None
    written, described, differences = apply(changes, contact, card)
    before, after = told(contact, card), told(written, described)
    assert {d for d in differences if d[0] != "tags"} == {
        (field, before[field], after[field]) for field in before if before[field] != after[field]
    }
    for field, _, now in differences:  # nothing but what was asked for
        if field in ("name", "phone", "city", "middle_name", "last_name", "description"):
            assert now == getattr(changes, field)
    gone, come = set(contact.tags) - set(written.tags), set(written.tags) - set(contact.tags)
    assert gone == set(contact.tags) & (set(changes.remove_tags) - set(changes.add_tags))
    assert come == set(changes.add_tags) - set(contact.tags)
    assert [d for d in differences if d[0] == "tags"] == ([] if not gone and not come else [
        ("tags", ", ".join(tag for tag in contact.tags if tag in gone), ", ".join(tag for tag in written.tags if tag in come))
    ])  # fmt: skip
    # Saying it again changes nothing more.
    assert apply(replace(changes, remove_tags=()), written, described)[2] == []
