"""Contacts: remembered once, changed on request."""

import pytest

from enlist.domain import contacts
from enlist.kit.email import normalise
from tests.support.world import World


def a_person(email: str, **said: object) -> contacts.Person:
    address = normalise(email)
    assert address is not None
    return contacts.Person(email=address, **said)  # type: ignore[arg-type]


async def test_the_address_is_stored_as_sent_and_matched_in_any_letter_case(world: World) -> None:
    account = await world.account()
    async with world.transaction() as tx:
        await contacts.add_or_fill(tx, [(account.id, a_person("Anna@Example.COM"))])
        again = await contacts.add_or_fill(tx, [(account.id, a_person("anna@example.com"))])
        found = await contacts.find(tx, account.id, a_person("ANNA@EXAMPLE.com").email)
    assert found is not None
    assert found.email == "Anna@Example.COM"
    assert [person.new for person in again.values()] == [False]


async def test_updating_overwrites_what_is_said_and_adds_tags(world: World) -> None:
    account = await world.account()
    async with world.transaction() as tx:
        await contacts.add_or_fill(
            tx, [(account.id, a_person("a@example.com", name="Anna", city="Omsk", tags=("one",)))]
        )
        await contacts.update(tx, account.id, a_person("a@example.com", name="Anya", tags=("two", "one", "тег 3")))
        anna = await contacts.find(tx, account.id, a_person("a@example.com").email)
    assert anna is not None
    assert (anna.name, anna.city, anna.tags) == ("Anya", "Omsk", ("one", "two", "тег 3"))


async def test_an_unknown_contact_cannot_be_updated(world: World) -> None:
    account = await world.account()
    async with world.transaction() as tx:
        with pytest.raises(contacts.ContactNotFound):
            await contacts.update(tx, account.id, a_person("nobody@example.com", name="X"))


async def test_tags_are_bounded(world: World) -> None:
    account = await world.account()
    async with world.transaction() as tx:
        await contacts.add_or_fill(tx, [(account.id, a_person("a@example.com"))])
        for start in (0, 150):
            await contacts.update(
                tx, account.id, a_person("a@example.com", tags=tuple(f"t{n}" for n in range(start, start + 150)))
            )
        anna = await contacts.find(tx, account.id, a_person("a@example.com").email)
    assert anna is not None
    assert len(anna.tags) == 200


@pytest.mark.parametrize(
    ("said", "field"),
    [({"name": "x" * 256}, "name"), ({"phone": "1" * 65}, "phone"), ({"city": "x" * 256}, "city"),
     ({"tags": ("x" * 256,)}, "tag"), ({"tags": tuple(map(str, range(201)))}, "tags")],
)  # fmt: skip
def test_what_does_not_fit_is_named(said: dict[str, object], field: str) -> None:
    refusal = contacts.check(a_person("a@example.com", **said))
    assert refusal is not None
    assert refusal.fields["field"] == field
