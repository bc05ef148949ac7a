"""The ledger: charges, reversals, payouts; balances are sums of rows, and what is told agrees with them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, attribution, commissions, partners
from enlist.domain.commissions import PayoutImpossible, Postback
from enlist.domain.commissions.postback_queries import conversion
from enlist.domain.partners.finding import find_by_email
from enlist.runtime.actors import SYSTEM
from enlist.runtime.db import Tx
from tests.domain.partners.helpers import (
    NOW,
    PERSON,
    a_partner,
    a_programme,
    a_sale,
    a_touch,
    credit,
    numbers,
    pay,
    refund,
    told,
)
from tests.support.world import Clock, World

DAY = timedelta(days=1)

WORDS = ("bill", "aff_source")


@pytest.fixture
async def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
async def world(dsn: str, clock: Clock) -> AsyncIterator[World]:
    async with World.open(dsn, clock=clock) as world:
        yield world


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await a_programme(world)
    await a_partner(world, account, "boss")
    await a_partner(world, account, "anna", recruited_by="boss")
    return account


async def sell(world: World, account: accounts.Account, sum: str = "100.00", at: datetime = NOW) -> int:
    sale = a_sale(account, sum=sum, affiliates=("anna",))
    await credit(world, sale)
    await pay(world, account, sale.order_id, at)
    return sale.order_id


async def pay_out(world: World, account: accounts.Account, amount: str | None = None, **said: Any) -> Decimal:
    async with world.transaction() as tx:
        wanted = None if amount is None else Decimal(amount)
        return (await commissions.pay_out(tx, account.id, "anna", wanted, **said)).amount


async def due(world: World, account: accounts.Account, login: str = "anna") -> str:
    balance = await world.ask(commissions.balance, account.id, login)
    statistics = await told(world, account, login)
    assert statistics.to_pay == balance == statistics.earned - statistics.paid
    return str(balance)


async def test_a_paid_order_is_charged_once_for_both_levels(world: World, shop: accounts.Account) -> None:
    order = await sell(world, shop)
    await pay(world, shop, order, NOW + DAY)
    assert (await due(world, shop), await due(world, shop, "boss")) == ("10.00", "5.00")
    assert (await told(world, shop, "anna")).paid_orders == 1
    assert (await told(world, shop, "boss")).paid_orders == 0


async def test_an_order_of_nobodys_is_charged_to_nobody(world: World, shop: accounts.Account) -> None:
    await pay(world, shop, 999_999_999)
    await refund(world, shop, 999_999_999, "10")
    assert await due(world, shop) == "0.00"


async def test_every_row_stands_in_two_books_that_together_hold_nothing(world: World, shop: accounts.Account) -> None:
    await refund(world, shop, await sell(world, shop), "40")
    await pay_out(world, shop, "3")
    async with world.reading() as tx:
        rows = await tx.fetch(
            "SELECT book, sum(amount) FROM ledger_books WHERE account_id = $1 GROUP BY book ORDER BY book", shop.id
        )
        assert await tx.fetch_value("SELECT sum(amount) FROM ledger_books WHERE account_id = $1", shop.id) == 0
    # 10 + 5 charged, 4 + 2 taken back, 3 paid out
    assert {row[0]: str(row[1]) for row in rows} == {"commissions": "-9.00", "partner": "6.00", "payouts": "3.00"}


async def test_a_refund_takes_its_share_back_and_never_more_than_all(world: World, shop: accounts.Account) -> None:
    order = await sell(world, shop)
    for refunded, left in (("33.33", "6.67"), ("33.33", "6.67"), ("66.66", "3.33"), ("100", "0.00"), ("150", "0.00")):
        await refund(world, shop, order, refunded)
        assert await due(world, shop) == left
    assert await due(world, shop, "boss") == "0.00"
    assert (await told(world, shop, "anna")).paid_orders == 1
    found = await world.ask(commissions.fees, [(shop.id, order)])
    assert [str(row.amount) for row in found[shop.id, order]] == ["0.00", "0.00"]


async def test_the_money_back_rule_is_that_of_the_orders_creation(world: World, shop: accounts.Account) -> None:
    kind = await sell(world, shop)
    async with world.transaction() as tx:
        await partners.set_programme(
            tx,
            shop.id,
            partners.Programme(commissions=(await partners.programme(tx, shop.id)).commissions, money_back=False),
        )
    keeps = await sell(world, shop)
    await world.do(partners.set_programme, shop.id, partners.Programme(money_back=True))
    await refund(world, shop, kind, "100")
    assert await due(world, shop) == "10.00"
    await refund(world, shop, keeps, "100")
    assert await due(world, shop) == "10.00"


async def test_a_refund_of_an_order_that_was_not_charged_takes_nothing(world: World, shop: accounts.Account) -> None:
    sale = a_sale(shop, affiliates=("anna",))
    await credit(world, sale)
    await refund(world, shop, sale.order_id, "50")
    assert await due(world, shop) == "0.00"


async def test_payouts_settle_the_oldest_first(world: World, shop: accounts.Account) -> None:
    for days, sum in ((20, "100"), (10, "200"), (0, "300")):
        await sell(world, shop, sum, NOW - days * DAY)
    await pay_out(world, shop, "15")
    today = NOW.date()

    async def to_pay(first: int | None, last: int | None) -> str:
        since = None if first is None else today - first * DAY
        until = None if last is None else today - last * DAY
        return str((await told(world, shop, "anna", since, until)).to_pay)

    assert await to_pay(20, 20) == "0.00"
    assert await to_pay(None, 11) == "0.00"
    assert await to_pay(10, 10) == "15.00"
    assert await to_pay(19, 5) == "15.00"
    assert await to_pay(0, 0) == "30.00"
    assert await to_pay(None, None) == await to_pay(20, 0) == await due(world, shop) == "45.00"
    assert await to_pay(0, 5) == "0.00"  # from today to five days ago: no day at all


async def test_a_reversal_lessens_its_own_charge_and_too_much_paid_is_owed_today(
    world: World, shop: accounts.Account
) -> None:
    order = await sell(world, shop, at=NOW - 5 * DAY)
    await pay_out(world, shop)
    await refund(world, shop, order, "100")
    before = NOW.date() - 5 * DAY
    assert (await told(world, shop, "anna", before, before)).earned == 0
    assert (await told(world, shop, "anna", before, before)).to_pay == 0
    assert await due(world, shop) == "-10.00"
    assert (await told(world, shop, "anna", NOW.date(), NOW.date())).to_pay == -10
    await sell(world, shop, "50", NOW)
    assert await due(world, shop) == "-5.00"
    with pytest.raises(PayoutImpossible):
        await pay_out(world, shop)


async def test_a_payout_of_no_sum_of_more_than_is_due_or_in_the_future_is_refused(
    world: World, shop: accounts.Account
) -> None:
    with pytest.raises(PayoutImpossible, match="nothing is due"):
        await pay_out(world, shop)
    await sell(world, shop)
    for amount in ("0", "-1", "10.01", "0.001"):
        with pytest.raises(PayoutImpossible):
            await pay_out(world, shop, amount)
    with pytest.raises(PayoutImpossible, match="future"):
        await pay_out(world, shop, at=NOW + DAY)
    with pytest.raises(PayoutImpossible, match="note"):
        await pay_out(world, shop, note="x" * 2000)
    with pytest.raises(partners.PartnerNotFound):
        await world.do(commissions.pay_out, shop.id, "nobody")
    assert await due(world, shop) == "10.00"


async def test_a_payout_is_recorded_and_announced(world: World, shop: accounts.Account) -> None:
    await sell(world, shop)
    assert await pay_out(world, shop, note="by bank", at=NOW - DAY) == Decimal("10.00")
    async with world.reading() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        (payout,) = await commissions.list_payouts(tx, shop.id, anna.id)
    assert (payout.amount, payout.at, payout.note, payout.actor) == (Decimal("10.00"), NOW - DAY, "by bank", SYSTEM)
    kinds = [event.kind for event in await world.events(shop.id)]
    assert kinds == ["partners.sale_charged", "partners.sale_charged", "partners.paid_out"]


async def test_of_two_payouts_at_once_only_what_is_due_is_paid(world: World, shop: accounts.Account) -> None:
    await sell(world, shop)
    outcomes = await asyncio.gather(*(pay_out(world, shop) for _ in range(5)), return_exceptions=True)
    assert [one for one in outcomes if not isinstance(one, Exception)] == [Decimal("10.00")]
    assert sum(isinstance(one, PayoutImpossible) for one in outcomes) == 4
    assert await due(world, shop) == "0.00"


async def test_an_order_paid_and_refunded_by_many_at_once_is_charged_and_taken_back_once(
    world: World, shop: accounts.Account
) -> None:
    sale = a_sale(shop, affiliates=("anna",))
    await credit(world, sale)
    await asyncio.gather(*(pay(world, shop, sale.order_id) for _ in range(5)))
    assert await due(world, shop) == "10.00"
    await asyncio.gather(*(refund(world, shop, sale.order_id, "50") for _ in range(5)))
    assert await due(world, shop) == "5.00"


async def test_days_are_those_of_the_accounts_zone(world: World) -> None:
    shop = await a_programme(world, time_zone="Asia/Vladivostok")  # ten hours ahead
    await a_partner(world, shop, "anna")
    await sell(world, shop, at=datetime(2026, 11, 20, 13, 59, 59, tzinfo=UTC))
    await sell(world, shop, at=datetime(2026, 11, 20, 14, 0, 0, tzinfo=UTC))
    days = {day: (await told(world, shop, "anna", day, day)).earned for day in (date(2026, 11, 20), date(2026, 11, 21))}
    assert days == {date(2026, 11, 20): 10, date(2026, 11, 21): 10}


async def test_any_bounds_are_understood(world: World, shop: accounts.Account) -> None:
    await sell(world, shop)
    assert (await told(world, shop, "anna", date.min, date.max)).to_pay == 10
    assert (await told(world, shop, "anna", date.max, None)).to_pay == 0
    assert (await told(world, shop, "anna", None, date.min)).to_pay == 0
    with pytest.raises(partners.PartnerNotFound):
        await told(world, shop, "nobody\0")


async def test_a_conversion_tells_what_a_postback_needs(world: World, shop: accounts.Account) -> None:
    marks = {"utm_medium": "affiliate", "utm_source": "anna", "aff_source": "blog"}
    sale = a_sale(shop, a_touch(marks))
    await credit(world, sale)
    async with world.transaction() as tx:
        anna, boss = await partners.get(tx, shop.id, "anna"), await partners.get(tx, shop.id, "boss")
        assert await conversion(tx, shop.id, sale.order_id, anna.id) is None
        await commissions.charge(tx, shop.id, sale.order_id, NOW)
        first = await conversion(tx, shop.id, sale.order_id, anna.id)
        second = await conversion(tx, shop.id, sale.order_id, boss.id)
        assert await conversion(tx, shop.id, sale.order_id, boss.id + 1_000) is None
    assert first == commissions.Conversion(sale.order_id, NOW, "UTC", Decimal("10.00"), (7,), marks)
    assert second == commissions.Conversion(sale.order_id, NOW, "UTC", Decimal("5.00"), (7,), {})


async def test_a_postback_is_kept_changed_and_taken_away(world: World, shop: accounts.Account) -> None:
    async with world.transaction() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        for wanted in (Postback("https://told.test/?a=1", ("bill", "aff_source")), Postback("http://x.test", ()), None):
            await commissions.set_postback(tx, shop.id, anna.id, wanted, known=WORDS)
            assert await commissions.postback(tx, shop.id, anna.id) == wanted
        for url in (
            "",
            "ftp://x.test",
            "https://",
            "javascript:alert(1)",
            "https://x.test/a b",
            "http://[",
            "x" * 3000,
        ):
            with pytest.raises(commissions.BadPostback):
                await commissions.set_postback(tx, shop.id, anna.id, Postback(url, ()), known=WORDS)
        with pytest.raises(commissions.BadPostback, match="password"):
            await commissions.set_postback(tx, shop.id, anna.id, Postback("https://x.test", ("password",)), known=WORDS)


async def test_nothing_of_one_account_is_seen_by_another(world: World, shop: accounts.Account) -> None:
    other = await a_programme(world)
    await a_partner(world, other, "anna")
    order = await sell(world, shop)
    async with world.transaction() as tx:
        mine, theirs = await partners.get(tx, other.id, "anna"), await partners.get(tx, shop.id, "anna")
        assert await commissions.fees(tx, [(other.id, order)]) == {}
        assert (await commissions.decision_of(tx, other.id, order)).startswith("nobody")
        assert await commissions.balance(tx, other.id, "anna") == 0
        for partner in (mine, theirs):
            assert await commissions.list_sales(tx, other.id, partner.id) == []
            assert await attribution.list_contacts(tx, other.id, partner.id) == []
            assert await attribution.list_clicks(tx, other.id, partner.id) == []
            assert await commissions.list_days(tx, other.id, partner.id) == []
            assert await commissions.list_payouts(tx, other.id, partner.id) == []
            assert await conversion(tx, other.id, order, partner.id) is None
        await commissions.charge(tx, other.id, order, NOW)
        await commissions.reverse(tx, other.id, order, Decimal(100), Decimal(100), NOW)
        assert await partners.get_all(tx, [(other.id, theirs.id)]) == {}
    assert (await told(world, other, "anna")).earned == 0
    assert await due(world, shop) == "10.00"
    (decision,) = await credit(world, a_sale(other, coupon_partner_id=theirs.id, contact_id=next(numbers)))
    assert decision.partner_id is None


async def test_no_call_of_one_account_reaches_into_another(world: World, shop: accounts.Account) -> None:
    other = await a_programme(world)
    mine = await a_partner(world, other, "eve")
    await sell(world, shop)
    wanted = Postback("https://told.test/", ("bill",))
    async with world.transaction() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        await commissions.set_postback(tx, shop.id, anna.id, wanted, known=WORDS)
        await partners.set_rate(tx, shop.id, "anna", 1, partners.Commission(percent=Decimal(50)))
        lead = attribution.Lead(account_id=shop.id, contact_id=77, touches=(a_touch("anna"),))
        assert [found.partner_id for found in await attribution.credit_leads(tx, [lead])] == [anna.id]
    async with world.transaction() as tx:
        assert await partners.find(tx, other.id, "anna") is None
        assert await find_by_email(tx, other.id, anna.email) == []
        assert [partner.id for partner in await partners.list_(tx, other.id)] == [mine]
        assert await commissions.postback(tx, other.id, anna.id) is None
        assert await attribution.decisions_about(tx, other.id, 77) == []
        await commissions.set_postback(tx, other.id, anna.id, None, known=WORDS)
        assert await commissions.postback(tx, shop.id, anna.id) == wanted
        number = str(anna.id)
        for name in ("anna", number):
            visit = attribution.NewClick(account_id=other.id, partner=name, visitor="v", agent=PERSON)
            assert [click.partner_id for click in await attribution.record_clicks(tx, [visit])] == [None]
            lead = attribution.Lead(account_id=other.id, contact_id=77, touches=(a_touch(name),))
            assert [found.rule for found in await attribution.credit_leads(tx, [lead])] == ["no member"]
            sale = a_sale(other, a_touch({"aff": number}), affiliates=(name, name))
            assert [found.partner_id for found in await commissions.credit_orders(tx, [sale])] == [None]
    calls: list[Callable[[Tx], Coroutine[Any, Any, Any]]] = [
        lambda tx: partners.get(tx, other.id, "anna"),
        lambda tx: partners.approve(tx, other.id, "anna"),
        lambda tx: partners.suspend(tx, other.id, "anna"),
        lambda tx: commissions.balance(tx, other.id, "anna"),
        lambda tx: commissions.statistics(tx, other.id, "anna"),
        lambda tx: commissions.pay_out(tx, other.id, "anna"),
        lambda tx: partners.list_rates(tx, other.id, "anna"),
        lambda tx: partners.set_rate(tx, other.id, "anna", 1, None),
        lambda tx: partners.create(tx, other.id, partners.NewPartner(login="new", recruited_by="anna")),
    ]
    for call in calls:
        with pytest.raises(partners.PartnerNotFound):
            await world.do(call)
    async with world.reading() as tx:
        assert len(await partners.list_rates(tx, shop.id, "anna")) == 1
        assert (await partners.get(tx, shop.id, "anna")).active


async def test_nothing_of_one_partner_is_seen_by_another_of_the_same_account(
    world: World, shop: accounts.Account
) -> None:
    boris = await a_partner(world, shop, "boris")
    async with world.transaction() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        visit = attribution.NewClick(account_id=shop.id, partner="anna", visitor="v", agent=PERSON)
        await attribution.record_clicks(tx, [visit])
        await commissions.set_postback(tx, shop.id, anna.id, Postback("https://told.test/", ()), known=WORDS)
        await partners.set_rate(tx, shop.id, "anna", 1, partners.Commission(percent=Decimal(50)))
    order = await sell(world, shop)
    await pay_out(world, shop, "1.00")
    async with world.reading() as tx:
        for listed in (
            attribution.list_clicks,
            attribution.list_contacts,
            commissions.list_sales,
            commissions.list_days,
            commissions.list_payouts,
        ):
            assert await listed(tx, shop.id, anna.id), listed
            assert await listed(tx, shop.id, boris) == [], listed
        assert await commissions.postback(tx, shop.id, boris) is None
        assert await conversion(tx, shop.id, order, boris) is None
        assert await partners.list_rates(tx, shop.id, "boris") == []
        assert await commissions.balance(tx, shop.id, "boris") == 0
    nothing = commissions.Statistics(Decimal(0), Decimal(0), Decimal(0), 0, 0, 0, 0)
    assert await told(world, shop, "boris") == nothing
