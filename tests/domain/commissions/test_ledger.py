"""The ledger: charges, reversals, payouts; balances are sums of rows, and what is told agrees with them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from enlist.domain import accounts, attribution, commissions, partners
from enlist.domain.commissions import PayoutImpossible, Postback
from enlist.runtime.actors import SYSTEM
from enlist.runtime.db import Database, Tx
from tests.domain.partners.helpers import (
    NOW,
    PERSON,
    Clock,
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

DAY = timedelta(days=1)


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(dsn: str, clock: Clock) -> AsyncIterator[Database]:
    database = Database(dsn, clock=clock)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def shop(database: Database) -> accounts.Account:
    account = await a_programme(database)
    await a_partner(database, account, "boss")
    await a_partner(database, account, "anna", recruited_by="boss")
    return account


async def sell(database: Database, account: accounts.Account, sum: str = "100.00", at: datetime = NOW) -> int:
    sale = a_sale(account, sum=sum, affiliates=("anna",))
    await credit(database, sale)
    await pay(database, account, sale.order_id, at)
    return sale.order_id


async def pay_out(database: Database, account: accounts.Account, amount: str | None = None, **said: Any) -> Decimal:
    async with database.transaction() as tx:
        wanted = None if amount is None else Decimal(amount)
        return (await commissions.pay_out(tx, account.id, "anna", wanted, **said)).amount


async def due(database: Database, account: accounts.Account, login: str = "anna") -> str:
    async with database.reading() as tx:
        balance = await commissions.balance(tx, account.id, login)
    statistics = await told(database, account, login)
    assert statistics.to_pay == balance == statistics.earned - statistics.paid
    return str(balance)


async def test_a_paid_order_is_charged_once_for_both_levels(database: Database, shop: accounts.Account) -> None:
    order = await sell(database, shop)
    await pay(database, shop, order, NOW + DAY)
    assert (await due(database, shop), await due(database, shop, "boss")) == ("10.00", "5.00")
    assert (await told(database, shop, "anna")).paid_orders == 1
    assert (await told(database, shop, "boss")).paid_orders == 0


async def test_an_order_of_nobodys_is_charged_to_nobody(database: Database, shop: accounts.Account) -> None:
    await pay(database, shop, 999_999_999)
    await refund(database, shop, 999_999_999, "10")
    assert await due(database, shop) == "0.00"


async def test_every_row_stands_in_two_books_that_together_hold_nothing(
    database: Database, shop: accounts.Account
) -> None:
    await refund(database, shop, await sell(database, shop), "40")
    await pay_out(database, shop, "3")
    async with database.reading() as tx:
        rows = await tx.fetch(
            "SELECT book, sum(amount) FROM ledger_books WHERE account_id = $1 GROUP BY book ORDER BY book", shop.id
        )
        assert await tx.fetch_value("SELECT sum(amount) FROM ledger_books WHERE account_id = $1", shop.id) == 0
    # 10 + 5 charged, 4 + 2 taken back, 3 paid out
    assert {row[0]: str(row[1]) for row in rows} == {"commissions": "-9.00", "partner": "6.00", "payouts": "3.00"}


async def test_a_refund_takes_its_share_back_and_never_more_than_all(
    database: Database, shop: accounts.Account
) -> None:
    order = await sell(database, shop)
    for refunded, left in (("33.33", "6.67"), ("33.33", "6.67"), ("66.66", "3.33"), ("100", "0.00"), ("150", "0.00")):
        await refund(database, shop, order, refunded)
        assert await due(database, shop) == left
    assert await due(database, shop, "boss") == "0.00"
    assert (await told(database, shop, "anna")).paid_orders == 1
    async with database.reading() as tx:
        found = await commissions.fees(tx, [(shop.id, order)])
    assert [str(row.amount) for row in found[shop.id, order]] == ["0.00", "0.00"]


async def test_the_money_back_rule_is_that_of_the_orders_creation(database: Database, shop: accounts.Account) -> None:
    kind = await sell(database, shop)
    async with database.transaction() as tx:
        await partners.set_programme(
            tx,
            shop.id,
            partners.Programme(commissions=(await partners.programme(tx, shop.id)).commissions, money_back=False),
        )
    keeps = await sell(database, shop)
    async with database.transaction() as tx:
        await partners.set_programme(tx, shop.id, partners.Programme(money_back=True))
    await refund(database, shop, kind, "100")
    assert await due(database, shop) == "10.00"
    await refund(database, shop, keeps, "100")
    assert await due(database, shop) == "10.00"


async def test_a_refund_of_an_order_that_was_not_charged_takes_nothing(
    database: Database, shop: accounts.Account
) -> None:
    sale = a_sale(shop, affiliates=("anna",))
    await credit(database, sale)
    await refund(database, shop, sale.order_id, "50")
    assert await due(database, shop) == "0.00"


async def test_payouts_settle_the_oldest_first(database: Database, shop: accounts.Account) -> None:
    for days, sum in ((20, "100"), (10, "200"), (0, "300")):
        await sell(database, shop, sum, NOW - days * DAY)
    await pay_out(database, shop, "15")
    today = NOW.date()

    async def to_pay(first: int | None, last: int | None) -> str:
        since = None if first is None else today - first * DAY
        until = None if last is None else today - last * DAY
        return str((await told(database, shop, "anna", since, until)).to_pay)

    assert await to_pay(20, 20) == "0.00"
    assert await to_pay(None, 11) == "0.00"
    assert await to_pay(10, 10) == "15.00"
    assert await to_pay(19, 5) == "15.00"
    assert await to_pay(0, 0) == "30.00"
    assert await to_pay(None, None) == await to_pay(20, 0) == await due(database, shop) == "45.00"
    assert await to_pay(0, 5) == "0.00"  # from today to five days ago: no day at all


async def test_a_reversal_lessens_its_own_charge_and_too_much_paid_is_owed_today(
    database: Database, shop: accounts.Account
) -> None:
    order = await sell(database, shop, at=NOW - 5 * DAY)
    await pay_out(database, shop)
    await refund(database, shop, order, "100")
    before = NOW.date() - 5 * DAY
    assert (await told(database, shop, "anna", before, before)).earned == 0
    assert (await told(database, shop, "anna", before, before)).to_pay == 0
    assert await due(database, shop) == "-10.00"
    assert (await told(database, shop, "anna", NOW.date(), NOW.date())).to_pay == -10
    await sell(database, shop, "50", NOW)
    assert await due(database, shop) == "-5.00"
    with pytest.raises(PayoutImpossible):
        await pay_out(database, shop)


async def test_a_payout_of_no_sum_of_more_than_is_due_or_in_the_future_is_refused(
    database: Database, shop: accounts.Account
) -> None:
    with pytest.raises(PayoutImpossible, match="nothing is due"):
        await pay_out(database, shop)
    await sell(database, shop)
    for amount in ("0", "-1", "10.01", "0.001"):
        with pytest.raises(PayoutImpossible):
            await pay_out(database, shop, amount)
    with pytest.raises(PayoutImpossible, match="future"):
        await pay_out(database, shop, at=NOW + DAY)
    with pytest.raises(PayoutImpossible, match="note"):
        await pay_out(database, shop, note="x" * 2000)
    with pytest.raises(partners.PartnerNotFound):
        async with database.transaction() as tx:
            await commissions.pay_out(tx, shop.id, "nobody")
    assert await due(database, shop) == "10.00"


async def test_a_payout_is_recorded_and_announced(database: Database, shop: accounts.Account) -> None:
    await sell(database, shop)
    assert await pay_out(database, shop, note="by bank", at=NOW - DAY) == Decimal("10.00")
    async with database.reading() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        (payout,) = await commissions.list_payouts(tx, shop.id, anna.id)
        kinds = [row[0] for row in await tx.fetch("SELECT kind FROM facts WHERE owner_id = $1 ORDER BY id", shop.id)]
    assert (payout.amount, payout.at, payout.note, payout.actor) == (Decimal("10.00"), NOW - DAY, "by bank", SYSTEM)
    assert kinds == ["partners.sale_charged", "partners.sale_charged", "partners.paid_out"]


async def test_of_two_payouts_at_once_only_what_is_due_is_paid(database: Database, shop: accounts.Account) -> None:
    await sell(database, shop)
    outcomes = await asyncio.gather(*(pay_out(database, shop) for _ in range(5)), return_exceptions=True)
    assert [one for one in outcomes if not isinstance(one, Exception)] == [Decimal("10.00")]
    assert sum(isinstance(one, PayoutImpossible) for one in outcomes) == 4
    assert await due(database, shop) == "0.00"


async def test_an_order_paid_and_refunded_by_many_at_once_is_charged_and_taken_back_once(
    database: Database, shop: accounts.Account
) -> None:
    sale = a_sale(shop, affiliates=("anna",))
    await credit(database, sale)
    await asyncio.gather(*(pay(database, shop, sale.order_id) for _ in range(5)))
    assert await due(database, shop) == "10.00"
    await asyncio.gather(*(refund(database, shop, sale.order_id, "50") for _ in range(5)))
    assert await due(database, shop) == "5.00"


async def test_days_are_those_of_the_accounts_zone(database: Database) -> None:
    shop = await a_programme(database, time_zone="Asia/Vladivostok")  # ten hours ahead
    await a_partner(database, shop, "anna")
    await sell(database, shop, at=datetime(2026, 11, 20, 13, 59, 59, tzinfo=UTC))
    await sell(database, shop, at=datetime(2026, 11, 20, 14, 0, 0, tzinfo=UTC))
    days = {
        day: (await told(database, shop, "anna", day, day)).earned for day in (date(2026, 11, 20), date(2026, 11, 21))
    }
    assert days == {date(2026, 11, 20): 10, date(2026, 11, 21): 10}


async def test_any_bounds_are_understood(database: Database, shop: accounts.Account) -> None:
    await sell(database, shop)
    assert (await told(database, shop, "anna", date.min, date.max)).to_pay == 10
    assert (await told(database, shop, "anna", date.max, None)).to_pay == 0
    assert (await told(database, shop, "anna", None, date.min)).to_pay == 0
    with pytest.raises(partners.PartnerNotFound):
        await told(database, shop, "nobody\0")


async def test_a_conversion_tells_what_a_postback_needs(database: Database, shop: accounts.Account) -> None:
    marks = {"utm_medium": "affiliate", "utm_source": "anna", "aff_source": "blog"}
    sale = a_sale(shop, a_touch(marks))
    await credit(database, sale)
    async with database.transaction() as tx:
        anna, boss = await partners.get(tx, shop.id, "anna"), await partners.get(tx, shop.id, "boss")
        assert await commissions.conversion(tx, shop.id, sale.order_id, anna.id) is None
        await commissions.charge(tx, shop.id, sale.order_id, NOW)
        first = await commissions.conversion(tx, shop.id, sale.order_id, anna.id)
        second = await commissions.conversion(tx, shop.id, sale.order_id, boss.id)
        assert await commissions.conversion(tx, shop.id, sale.order_id, boss.id + 1_000) is None
    assert first == commissions.Conversion(sale.order_id, NOW, "UTC", Decimal("10.00"), (7,), marks)
    assert second == commissions.Conversion(sale.order_id, NOW, "UTC", Decimal("5.00"), (7,), {})


async def test_a_postback_is_kept_changed_and_taken_away(database: Database, shop: accounts.Account) -> None:
    async with database.transaction() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        for wanted in (Postback("https://told.test/?a=1", ("bill", "aff_source")), Postback("http://x.test", ()), None):
            await commissions.set_postback(tx, shop.id, anna.id, wanted)
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
                await commissions.set_postback(tx, shop.id, anna.id, Postback(url, ()))
        with pytest.raises(commissions.BadPostback, match="password"):
            await commissions.set_postback(tx, shop.id, anna.id, Postback("https://x.test", ("password",)))


async def test_nothing_of_one_account_is_seen_by_another(database: Database, shop: accounts.Account) -> None:
    other = await a_programme(database)
    await a_partner(database, other, "anna")
    order = await sell(database, shop)
    async with database.transaction() as tx:
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
            assert await commissions.conversion(tx, other.id, order, partner.id) is None
        await commissions.charge(tx, other.id, order, NOW)
        await commissions.reverse(tx, other.id, order, Decimal(100), Decimal(100), NOW)
        assert await partners.get_all(tx, [(other.id, theirs.id)]) == {}
    assert (await told(database, other, "anna")).earned == 0
    assert await due(database, shop) == "10.00"
    (decision,) = await credit(database, a_sale(other, coupon_partner_id=theirs.id, contact_id=next(numbers)))
    assert decision.partner_id is None


async def test_no_call_of_one_account_reaches_into_another(database: Database, shop: accounts.Account) -> None:
    other = await a_programme(database)
    mine = await a_partner(database, other, "eve")
    await sell(database, shop)
    wanted = Postback("https://told.test/", ("bill",))
    async with database.transaction() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        await commissions.set_postback(tx, shop.id, anna.id, wanted)
        await partners.set_rate(tx, shop.id, "anna", 1, partners.Commission(percent=Decimal(50)))
        lead = attribution.Lead(account_id=shop.id, contact_id=77, touches=(a_touch("anna"),))
        assert [found.partner_id for found in await attribution.credit_leads(tx, [lead])] == [anna.id]
    async with database.transaction() as tx:
        assert await partners.find(tx, other.id, "anna") is None
        assert await partners.find_all(tx, [(other.id, "anna")]) == {}
        assert await partners.find_by_email(tx, other.id, anna.email) == []
        assert [partner.id for partner in await partners.list_(tx, other.id)] == [mine]
        assert await commissions.postback(tx, other.id, anna.id) is None
        assert await attribution.decisions_about(tx, other.id, 77) == []
        await commissions.set_postback(tx, other.id, anna.id, None)
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
            async with database.transaction() as tx:
                await call(tx)
    async with database.reading() as tx:
        assert len(await partners.list_rates(tx, shop.id, "anna")) == 1
        assert (await partners.get(tx, shop.id, "anna")).active


async def test_nothing_of_one_partner_is_seen_by_another_of_the_same_account(
    database: Database, shop: accounts.Account
) -> None:
    boris = await a_partner(database, shop, "boris")
    async with database.transaction() as tx:
        anna = await partners.get(tx, shop.id, "anna")
        visit = attribution.NewClick(account_id=shop.id, partner="anna", visitor="v", agent=PERSON)
        await attribution.record_clicks(tx, [visit])
        await commissions.set_postback(tx, shop.id, anna.id, Postback("https://told.test/", ()))
        await partners.set_rate(tx, shop.id, "anna", 1, partners.Commission(percent=Decimal(50)))
    order = await sell(database, shop)
    await pay_out(database, shop, "1.00")
    async with database.reading() as tx:
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
        assert await commissions.conversion(tx, shop.id, order, boris) is None
        assert await partners.list_rates(tx, shop.id, "boris") == []
        assert await commissions.balance(tx, shop.id, "boris") == 0
    nothing = commissions.Statistics(Decimal(0), Decimal(0), Decimal(0), 0, 0, 0, 0)
    assert await told(database, shop, "boris") == nothing
