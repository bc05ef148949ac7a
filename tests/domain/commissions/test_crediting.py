"""Crediting: who is credited with contacts and orders, what they earn, and what is kept of the reasons."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, attribution, commissions, groups, partners
from enlist.domain.attribution import Lead
from enlist.domain.commissions import SaleItem
from enlist.domain.partners import Commission
from enlist.runtime.batch import Batch
from tests.domain.partners.helpers import (
    NOW,
    a_partner,
    a_programme,
    a_sale,
    a_touch,
    credit,
    marks,
    numbers,
    pay,
    told,
)
from tests.support.world import Clock, World, an_enrolment

DAY = timedelta(days=1)


@pytest.fixture
async def world(dsn: str) -> AsyncIterator[World]:
    async with World.open(dsn, clock=Clock(NOW)) as world:
        yield world


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await a_programme(world)
    await a_partner(world, account, "boss")
    await a_partner(world, account, "anna", recruited_by="boss")
    await a_partner(world, account, "boris")
    return account


async def lead(world: World, account: accounts.Account, *touches: attribution.Touch, **said: Any) -> str:
    async with world.transaction() as tx:
        contact_id = said.pop("contact_id", next(numbers))
        (decision,) = await attribution.credit_leads(
            tx, [Lead(account_id=account.id, contact_id=contact_id, touches=touches, **said)]
        )
        return decision.rule


async def fees(world: World, account: accounts.Account, order_id: int) -> list[tuple[int, int, str, str]]:
    async with world.reading() as tx:
        found = await commissions.fees(tx, [(account.id, order_id)])
        rows = found.get((account.id, order_id), ())
        return [(row.place, row.level, row.partner_login, str(row.amount)) for row in rows]


async def reason(world: World, account: accounts.Account, order_id: int) -> str:
    return await world.ask(commissions.decision_of, account.id, order_id)


async def test_an_order_earns_the_partner_and_his_recruiter(world: World, shop: accounts.Account) -> None:
    sale = a_sale(shop, a_touch("anna"))
    (decision,) = await credit(world, sale)
    assert decision.rule == "last click"
    assert await fees(world, shop, sale.order_id) == [(0, 1, "anna", "10.00"), (0, 2, "boss", "5.00")]
    assert (await reason(world, shop, sale.order_id)).startswith("anna: the last partner's click")
    assert (await reason(world, shop, sale.order_id)).endswith("; second level: boss")
    assert (await told(world, shop, "anna")).earned == 0


async def test_an_order_without_any_click_costs_and_keeps_nothing(world: World, shop: accounts.Account) -> None:
    sale = a_sale(shop)
    (decision,) = await credit(world, sale)
    assert (decision.partner_id, decision.rule) == (None, "no click")
    assert await fees(world, shop, sale.order_id) == []
    assert await reason(world, shop, sale.order_id) == "nobody: no click on a partner's link is known"


async def test_a_contact_whom_a_partner_brought_earns_him_by_later_orders(world: World, shop: accounts.Account) -> None:
    contact = next(numbers)
    await lead(world, shop, a_touch("anna", NOW - DAY), contact_id=contact)
    sale = a_sale(shop, contact_id=contact, known_since=NOW - DAY)
    await credit(world, sale)
    assert [row[2] for row in await fees(world, shop, sale.order_id)] == ["anna", "boss"]
    assert (await told(world, shop, "anna")).contacts == 1


async def test_a_link_that_names_its_partner_by_number_earns_him_the_same(world: World, shop: accounts.Account) -> None:
    number = str((await world.ask(partners.get, shop.id, "anna")).id)
    contact = next(numbers)
    assert await lead(world, shop, a_touch(number, NOW - DAY), contact_id=contact) == "last click"
    sale = a_sale(shop, contact_id=contact, known_since=NOW - DAY)
    at_once = a_sale(shop, a_touch(number))
    await credit(world, sale, at_once)
    for order in (sale, at_once):
        assert [row[2] for row in await fees(world, shop, order.order_id)] == ["anna", "boss"]


async def test_a_contact_counts_once_for_each_partner(world: World, shop: accounts.Account) -> None:
    contact = next(numbers)
    for login in ("anna", "anna", "boris"):
        await lead(world, shop, a_touch(login), contact_id=contact)
    await credit(world, a_sale(shop, a_touch("anna"), contact_id=contact, known_since=NOW))
    assert (await told(world, shop, "anna")).contacts == 1
    assert (await told(world, shop, "boris")).contacts == 1
    said = await world.ask(attribution.decisions_about, shop.id, contact)
    assert [line.split(": ")[1] for line in said] == ["boris", "anna", "anna"]


async def test_a_coupon_wins_adds_a_click_and_counts_for_later_orders(world: World, shop: accounts.Account) -> None:
    boris = await world.ask(partners.get, shop.id, "boris")
    contact = next(numbers)
    first = a_sale(shop, a_touch("anna"), contact_id=contact, coupon_partner_id=boris.id)
    await credit(world, first)
    assert [row[2] for row in await fees(world, shop, first.order_id)] == ["boris"]
    assert (await told(world, shop, "boris")).clicks == 1
    second = a_sale(shop, contact_id=contact, known_since=NOW, created_at=NOW)
    (decision,) = await credit(world, second)
    assert (decision.partner_id, decision.rule) == (boris.id, "last click")
    (click,) = await world.ask(attribution.list_clicks, shop.id, boris.id)
    assert (click.way, click.outcome) == ("coupon", "counted")


async def test_partners_named_outright_earn_on_both_levels(world: World, shop: accounts.Account) -> None:
    sale = a_sale(shop, a_touch("anna"), affiliates=("BORIS", "anna"))
    await credit(world, sale)
    assert [row[1:3] for row in await fees(world, shop, sale.order_id)] == [(1, "boris"), (2, "anna")]
    alone = a_sale(shop, affiliates=("anna",))
    await credit(world, alone)
    assert [row[1:3] for row in await fees(world, shop, alone.order_id)] == [(1, "anna"), (2, "boss")]


async def test_unknown_names_are_skipped_and_move_nobody_up(world: World, shop: accounts.Account) -> None:
    sale = a_sale(shop, affiliates=("nobody\0", "boris"))
    await credit(world, sale)
    assert [row[1:3] for row in await fees(world, shop, sale.order_id)] == [(2, "boris")]
    unknown = a_sale(shop, a_touch("anna"), affiliates=("nobody", ""))
    await credit(world, unknown)
    assert [row[1:3] for row in await fees(world, shop, unknown.order_id)] == [(1, "anna"), (2, "boss")]


async def test_one_partner_never_earns_on_both_levels(world: World, shop: accounts.Account) -> None:
    sale = a_sale(shop, affiliates=("boris", "boris"))
    await credit(world, sale)
    assert [row[1:3] for row in await fees(world, shop, sale.order_id)] == [(1, "boris")]


async def test_a_suspended_partner_and_a_suspended_recruiter_earn_nothing(world: World, shop: accounts.Account) -> None:
    await world.do(partners.suspend, shop.id, "boss")
    sale = a_sale(shop, a_touch("anna"))
    await credit(world, sale)
    assert [row[2] for row in await fees(world, shop, sale.order_id)] == ["anna"]
    await world.do(partners.suspend, shop.id, "anna")
    (decision,) = await credit(world, a_sale(shop, a_touch("anna"), affiliates=("anna",)))
    assert (decision.partner_id, decision.rule) == (None, "no member")


@pytest.mark.parametrize(
    ("own_product", "own_all", "product", "earned"),
    [
        (None, None, None, "10.00"),
        (None, None, (Commission(sum=Decimal(7)), Commission()), "7.00"),
        (None, Commission(percent=Decimal(30)), (Commission(sum=Decimal(7)), Commission()), "30.00"),
        (Commission(Decimal(1), Decimal(50)), Commission(percent=Decimal(30)), (Commission(), Commission()), "51.00"),
        (Commission(sum=Decimal(0)), None, None, "0.00"),
        (None, None, (Commission(), Commission(percent=Decimal(3))), "0.00"),
    ],
)
async def test_the_partners_rate_goes_before_the_products_and_that_before_the_programmes(
    world: World, own_product: Any, own_all: Any, product: Any, earned: str
) -> None:
    shop = await a_programme(world)
    await a_partner(world, shop, "anna")
    async with world.transaction() as tx:
        if own_product:
            await partners.set_rate(tx, shop.id, "anna", 1, own_product, product_id=7)
        if own_all:
            await partners.set_rate(tx, shop.id, "anna", 1, own_all)
        await partners.set_rate(tx, shop.id, "anna", 2, Commission(sum=Decimal(99)))
        await partners.set_rate(tx, shop.id, "anna", 1, Commission(sum=Decimal(98)), product_id=8)
    sale = a_sale(shop, a_touch("anna"), commissions=product)
    await credit(world, sale)
    assert await fees(world, shop, sale.order_id) == [(0, 1, "anna", earned)]


async def test_each_item_earns_for_itself_and_what_costs_nothing_earns_nothing(
    world: World, shop: accounts.Account
) -> None:
    fixed = (Commission(sum=Decimal(3)), Commission(sum=Decimal("0.01")))
    items = (
        SaleItem(0, 7, Decimal("33.33")),
        SaleItem(1, 8, Decimal("10.00"), fixed),
        SaleItem(2, 8, Decimal("0.00"), fixed),
    )
    sale = commissions.Sale(
        account_id=shop.id, order_id=next(numbers), contact_id=1, created_at=NOW, items=items, affiliates=("anna",)
    )
    await credit(world, sale)
    assert [row[3] for row in await fees(world, shop, sale.order_id)] == [
        "3.33", "1.67", "3.00", "0.01", "0.00", "0.00",
    ]  # fmt: skip


async def test_only_contacts_new_by_the_click_count_where_the_programme_says_so(world: World) -> None:
    shop = await a_programme(world, new_contacts_only=True)
    await a_partner(world, shop, "anna")
    contact = next(numbers)
    assert await lead(world, shop, a_touch("anna"), contact_id=contact, known_since=NOW - DAY) == "known before"
    (decision,) = await credit(world, a_sale(shop, a_touch("anna"), contact_id=contact, known_since=NOW - DAY))
    assert decision.rule == "known before"
    fresh = next(numbers)
    assert await lead(world, shop, a_touch("anna"), contact_id=fresh) == "last click"
    (decision,) = await credit(world, a_sale(shop, contact_id=fresh, known_since=NOW))
    assert decision.partner_id is not None


async def test_two_orders_of_one_contact_in_a_batch_know_of_each_other(world: World, shop: accounts.Account) -> None:
    contact = next(numbers)
    first = a_sale(shop, a_touch("anna"), contact_id=contact)
    second = a_sale(shop, contact_id=contact)
    decisions = await credit(world, first, second)
    assert decisions[0].partner_id == decisions[1].partner_id is not None
    assert (await told(world, shop, "anna")).contacts == 1


async def test_an_order_of_the_past_is_decided_as_of_then(world: World, shop: accounts.Account) -> None:
    contact = next(numbers)
    await lead(world, shop, a_touch("anna", NOW - DAY), contact_id=contact)
    (decision,) = await credit(world, a_sale(shop, contact_id=contact, known_since=NOW, created_at=NOW - 2 * DAY))
    assert decision.rule == "no click"


async def test_advert_marks_alone_are_kept_as_history_but_not_as_sale(world: World, shop: accounts.Account) -> None:
    contact = next(numbers)
    advert = {"utm_medium": "cpc", "utm_source": "direct"}
    assert await lead(world, shop, a_touch(advert, NOW - DAY), contact_id=contact) == "no click"
    (decision,) = await credit(world, a_sale(shop, contact_id=contact, known_since=NOW - DAY))
    assert decision.rule == "no click"
    async with world.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM touches WHERE contact_id = $1", contact) == 1
        assert await tx.fetch_value("SELECT count(*) FROM sales WHERE contact_id = $1", contact) == 0


async def test_a_history_does_not_grow_without_end(world: World, shop: accounts.Account) -> None:
    contact = next(numbers)
    for portion in range(6):
        clicks = [a_touch("anna", NOW - timedelta(minutes=portion * 50 + number), "cookie") for number in range(50)]
        await lead(world, shop, *clicks, contact_id=contact, known_since=NOW if portion else None)
    async with world.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM touches WHERE contact_id = $1", contact) == 100
        latest = await tx.fetch_value("SELECT max(at) FROM touches WHERE contact_id = $1", contact)
        earliest = await tx.fetch_value("SELECT min(at) FROM touches WHERE contact_id = $1", contact)
    assert (latest, earliest) == (NOW, NOW - timedelta(minutes=299))


async def test_enrolling_with_marks_credits_who_comes_and_without_credits_nobody(
    world: World, shop: accounts.Account
) -> None:
    await world.group(shop, "news", asks=False)
    with_marks = groups.Origin(marks=marks("anna", aff_source="blog"))
    one = an_enrolment(shop, "one@example.com", ["news"])
    two = groups.Enrolment(shop, an_enrolment(shop, "two@example.com", []).person, ("news",), origin=with_marks)
    three = groups.Enrolment(
        shop,
        an_enrolment(shop, "three@example.com", []).person,
        ("news",),
        touches=(a_touch("boris", source="cookie"),),
    )
    await world.enrol(one, two, three)
    assert (await told(world, shop, "anna")).contacts == 1
    assert (await told(world, shop, "boris")).contacts == 1
    (again,) = await world.enrol(two)
    assert isinstance(again, groups.AlreadyMember)
    async with world.reading() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        (contact,) = await attribution.list_contacts(tx, shop.id, anna.id)
        assert contact.marks["aff_source"] == "blog"
        assert len(await attribution.decisions_about(tx, shop.id, contact.contact_id)) == 1


async def test_somebody_twice_in_one_batch_of_enrolments_is_one_contact(world: World, shop: accounts.Account) -> None:
    await world.group(shop, "a", asks=False)
    await world.group(shop, "b", asks=False)
    origin = groups.Origin(marks=marks("anna"))
    person = an_enrolment(shop, "twice@example.com", []).person
    await world.enrol(
        groups.Enrolment(shop, person, ("a",), origin=origin),
        groups.Enrolment(shop, person, ("b",), origin=origin),
    )
    assert (await told(world, shop, "anna")).contacts == 1


async def test_crediting_works_in_a_batch_where_writing_waits(world: World, shop: accounts.Account) -> None:
    batch: Batch[commissions.Sale, attribution.Decision] = Batch("sales", world.database, commissions.credit_orders)
    sale = a_sale(shop, a_touch({"utm_medium": "affiliate", "utm_source": "anna", "utm_term": "it's ; $1 'quoted'"}))
    assert (await batch.put(sale)).rule == "last click"
    await pay(world, shop, sale.order_id)
    await batch.close()
    assert (await told(world, shop, "anna", date(2026, 11, 21), date(2026, 11, 21))).earned == 10
    async with world.reading() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        (shown,) = await commissions.list_sales(tx, shop.id, anna.id)
    assert (shown.order_id, shown.level, shown.amount, shown.product_ids) == (sale.order_id, 1, Decimal(10), (7,))
    assert shown.marks["utm_term"] == "it's ; $1 'quoted'"
