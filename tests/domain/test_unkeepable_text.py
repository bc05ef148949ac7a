"""A text that cannot be kept is refused, or cut where nobody answers for it; its neighbours in the batch are not harmed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from enlist.domain import accounts, attribution, groups, orders, profiles, segments
from enlist.kit.email import EmailAddress
from enlist.kit.errors import Refusal
from enlist.runtime.db import Tx
from enlist.runtime.geo import Place
from tests.domain.orders.helpers import an_order
from tests.domain.profiles.helpers import a_profile, a_site
from tests.support.world import World, an_enrolment

NOW = datetime(2026, 1, 1, tzinfo=UTC)
POISONS = ("a\0b", "a\ud83db")
# What no caller says: who is called was looked up, addresses were normalised, and places come from our own files.
LEFT_ALONE = (accounts.Account, accounts.Owner, accounts.Site, EmailAddress, Place, datetime)
SAID_BY_US = ("way", "source", "channel", "key")


def poisoned(value: Any, poison: str) -> Iterator[Any]:
    """Yield ``value`` with one text in it after the other replaced by ``poison``."""
    if isinstance(value, str):
        yield poison
    elif isinstance(value, LEFT_ALONE):
        return
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            if name not in SAID_BY_US:
                for other in poisoned(getattr(value, name), poison):
                    yield msgspec.structs.replace(value, **{name: other})
    elif isinstance(value, Mapping):
        for name, text in value.items():
            rest = {key: kept for key, kept in value.items() if key != name}
            yield rest | {name + poison: text}
            for other in poisoned(text, poison):
                yield rest | {name: other}
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            for other in poisoned(part, poison):
                yield (*value[:place], other, *value[place + 1 :])


Batch = tuple[Callable[[Tx, Sequence[Any]], Awaitable[Sequence[Any]]], Callable[[str], Any]]


async def enrolling(world: World) -> Batch:
    school = await world.account()
    await world.group(school, "news")

    def enrolment(name: str) -> groups.Enrolment:
        wish = an_enrolment(
            school, f"{name}@example.com", ["news"], name="Anna", phone="1", city="Omsk", tags=("one", "two")
        )
        marks = {"utm_medium": "affiliate", "utm_source": "bob"}
        touch = attribution.Touch(NOW, marks, "request")
        origin = groups.Origin(tag="x", city="x", done_url="x", ip="1", marks=marks)
        return msgspec.structs.replace(wish, touches=(touch,), origin=origin)

    return groups.enrol, enrolment


async def ordering(world: World) -> Batch:
    shop = await world.account()
    await world.product(shop, "course", "10")

    def order(name: str) -> orders.NewOrder:
        buyer = {field: "x" for field in orders.Buyer.__struct_fields__ if field not in ("email", "country")}
        return an_order(
            shop, f"{name}@example.com", "course", buyer=buyer, comment="x", tag="x", domain="x", coupon="SPRING",
            marks={"utm_source": "x"}, extra={"size": "L"}, affiliates=("bob",),
        )  # fmt: skip

    return orders.place, order


async def making_profiles(world: World) -> Batch:
    site = await a_site(world)
    return profiles.create, lambda name: profiles.NewProfile(site, ip="1.2.3.4", name=name, gender="f")


async def subscribing(world: World) -> Batch:
    site = await a_site(world)
    profile = await a_profile(world, site)
    marks = profiles.Marks(*["x"] * 6)

    def subscription(name: str) -> profiles.Subscription:
        return profiles.Subscription(site, profile, "email", f"{name}@example.com", f"{name}@example.com", marks)

    return profiles.subscribe, subscription


async def acting(world: World) -> Batch:
    site = await a_site(world)
    profile = await a_profile(world, site)
    return segments.record, lambda name: segments.Action(site, profile, tags=("x", "y"), label=name, article="z")


async def clicking(world: World) -> Batch:
    shop = await world.account()

    def click(name: str) -> attribution.NewClick:
        return attribution.NewClick(
            account_id=shop.id, partner="bob", visitor=name, marks={"utm_source": "x"}, page="p", ip="1", agent="a"
        )

    return attribution.record_clicks, click


@pytest.mark.parametrize("prepare", [enrolling, ordering, making_profiles, subscribing, acting, clicking])
@pytest.mark.parametrize("poison", POISONS)
async def test_one_bad_text_harms_nobody_else(
    world: World, prepare: Callable[[World], Awaitable[Batch]], poison: str
) -> None:
    run, item = await prepare(world)
    for number, bad in enumerate(poisoned(item("bad"), poison)):
        good = [item(f"good{number}"), item(f"better{number}")]
        async with world.transaction() as tx:
            outcomes = await run(tx, [good[0], bad, good[1]])
        assert not isinstance(outcomes[0], Exception), bad
        assert not isinstance(outcomes[2], Exception), bad
        assert isinstance(outcomes[1], Refusal) or not isinstance(outcomes[1], Exception), bad


async def test_what_is_refused_names_its_field(world: World) -> None:
    school = await world.account()
    await world.group(school, "news")
    async with world.transaction() as tx:
        (refused,) = await groups.enrol(tx, [an_enrolment(school, "anna@example.com", ["news"], city="Om\0sk")])
    assert isinstance(refused, Refusal)
    assert refused.fields == {"field": "city", "reason": "holds a character that cannot be kept"}
