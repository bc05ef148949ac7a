"""Clicks, leads, orders, payments, refunds and payouts in any order under all settings, against a plain model."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from enlist.domain import accounts, attribution, commissions, partners
from enlist.domain.attribution import Lead, NewClick, Touch
from enlist.domain.commissions import Sale, SaleItem
from enlist.domain.partners import Commission, Programme
from enlist.runtime.db import Database
from tests.domain.partners.helpers import NOW, PERSON, a_partner, a_programme, marks
from tests.support.world import Clock, World

HOUR = timedelta(hours=1)
LOGINS = ["boss", "anna", "boris", "nobody"]
PLACES = {"cookie": 0, "address": 1, "request": 2, "form": 2, "coupon": 4}
MARKS = [marks("anna"), marks("boris"), marks("nobody"), {"utm_medium": "cpc"}, {}]

_orders = count(50_000)
_contacts = count(50_000)

accounts_of_two = st.integers(0, 1)
people = st.integers(0, 3)
clicks_of_a_request = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(MARKS), st.sampled_from(["cookie", "request", "address"])), max_size=3
)
own_commissions = st.one_of(
    st.none(), st.tuples(st.none() | st.integers(0, 500), st.integers(0, 100)), st.tuples(st.just(255), st.none())
)
shares_of_levels = st.lists(
    st.tuples(st.sampled_from([None, 0, 101]), st.sampled_from([0, 7, 33])), min_size=2, max_size=2
)


def amount_of(cents: int) -> Decimal:
    return Decimal(cents) / 100


def commission_of(said: tuple[int | None, int | None]) -> Commission:
    fixed, percent = said
    return Commission(None if fixed is None else amount_of(fixed), None if percent is None else Decimal(percent))


class Shop:
    """The plain model of one account: everything that ever happened, in lists."""

    def __init__(self, account: accounts.Account, zone: str) -> None:
        self.account = account
        self.zone = ZoneInfo(zone)
        self.numbers: dict[str, int] = {}
        self.active: dict[str, bool] = {}
        self.recruiter: dict[str, str] = {}
        self.joined: dict[str, datetime] = {}
        self.rules: dict[str, Any] = {"which": "last", "days": None, "new": False, "cancels": False, "back": True}
        self.shares: list[tuple[int | None, int | None]] = [(None, 10), (None, 5)]
        self.rates: dict[tuple[str, int, int], tuple[int | None, int | None]] = {}
        self.clicks: list[tuple[str, datetime]] = []
        self.seen: dict[tuple[str, int], datetime] = {}
        self.contacts: dict[int, int] = {}
        self.known: dict[int, datetime] = {}
        self.history: dict[int, dict[tuple[datetime, str], Touch]] = {}
        self.brought: dict[tuple[str, int], datetime] = {}
        self.orders: list[dict[str, Any]] = []
        self.payouts: list[tuple[str, int, datetime]] = []

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def whose(self, said: Any) -> str | None:
        login = said.get("utm_source") if said.get("utm_medium") == "affiliate" else None
        return login if login and self.active.get(login) else None

    def decide(self, touches: list[Touch], known: datetime | None, now: datetime) -> str | None:
        """Read the rules plainly: walk through the history, and see who is left."""
        left: list[str] = []
        for touch in sorted(touches, key=lambda touch: (touch.at, PLACES[touch.source])):
            if touch.at > now:
                continue
            who = self.whose(touch.marks)
            if who is None:
                if self.rules["cancels"]:
                    left = []
                continue
            late = self.rules["new"] and known is not None and known < touch.at
            old = self.rules["days"] is not None and touch.at + timedelta(days=self.rules["days"]) < now
            if not late and not old:
                left.append(who)
        return None if not left else left[0] if self.rules["which"] == "first" else left[-1]

    def fee(self, login: str, level: int, product: int, cents: int, own: Any) -> int:
        for said in (self.rates.get((login, level, product)), self.rates.get((login, level, 0))):
            if said is not None:
                break
        else:
            said = (own or self.shares)[level - 1]
        fixed, percent = said
        return 0 if not cents else (fixed or 0) + (cents * (percent or 0) * 2 + 100) // 200

    def bring(self, login: str | None, contact: int, at: datetime) -> None:
        if login is not None:
            self.brought.setdefault((login, contact), at)

    def charges(self, login: str) -> list[tuple[date, int]]:
        """What is earned by day and not taken back, the oldest first."""
        return sorted(
            (self.day(order["charged"]), fee - order["back"].get(key, 0))
            for order in self.orders
            if order["charged"]
            for key, fee in order["fees"].items()
            if key[2] == login
        )

    def balance(self, login: str) -> int:
        return sum(cents for _, cents in self.charges(login)) - sum(
            paid[1] for paid in self.payouts if paid[0] == login
        )

    def statistics(self, login: str, since: date | None, until: date | None, today: date) -> tuple[int, ...]:
        def inside(day: date) -> bool:
            return (since is None or since <= day) and (until is None or day <= until)

        purse = sum(cents for who, cents, _ in self.payouts if who == login)
        due = 0
        for day, cents in self.charges(login):
            settled = min(purse, cents)
            purse -= settled
            due += cents - settled if inside(day) else 0
        return (
            sum(cents for day, cents in self.charges(login) if inside(day)),
            due - (purse if inside(today) else 0),
            sum(cents for who, cents, at in self.payouts if who == login and inside(self.day(at))),
            sum(who == login and inside(self.day(at)) for who, at in self.clicks),
            sum(who == login and inside(self.day(at)) for (who, _), at in self.brought.items()),
            sum(
                o["partner"] == login and o["charged"] is not None and inside(self.day(o["charged"]))
                for o in self.orders
            ),
            sum(
                r == login and w in self.joined and inside(self.day(self.joined[w])) for w, r in self.recruiter.items()
            ),
        )


class Programmes(RuleBasedStateMachine):
    """Two accounts with partners of the same names, so that nothing of one may show in the other."""

    world: World
    clock: Clock
    runner: asyncio.Runner

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    def transaction(self, act: Any, *arguments: Any, **named: Any) -> Any:
        async def once() -> Any:
            async with self.world.transaction() as tx:
                return await act(tx, *arguments, **named)

        return self.run(once())

    @initialize()
    def begin(self) -> None:
        self.clock.now = NOW
        self.shops: list[Shop] = []
        for zone in ("Asia/Vladivostok", "America/New_York"):
            shop = Shop(self.run(a_programme(self.world, time_zone=zone)), zone)
            for login, recruiter in (("boss", ""), ("anna", "boss"), ("boris", "")):
                shop.numbers[login] = self.run(a_partner(self.world, shop.account, login, recruiter))
                shop.active[login] = True
                shop.joined[login] = self.clock.now
                if recruiter:
                    shop.recruiter[login] = recruiter
            self.shops.append(shop)

    @rule(hours=st.integers(0, 200), seconds=st.integers(1, 900))
    def time_passes(self, hours: int, seconds: int) -> None:
        self.clock.now += timedelta(hours=hours if seconds % 2 else 0, seconds=seconds)

    @rule(
        which=accounts_of_two,
        first_last=st.sampled_from(["first", "last"]),
        days=st.none() | st.integers(1, 30),
        new=st.booleans(),
        cancels=st.booleans(),
        back=st.booleans(),
        shares=shares_of_levels,
    )
    def the_settings_change(
        self, which: int, first_last: Any, days: Any, new: bool, cancels: bool, back: bool, shares: Any
    ) -> None:
        shop = self.shops[which]
        shop.rules = {"which": first_last, "days": days, "new": new, "cancels": cancels, "back": back}
        shop.shares = shares
        wanted = Programme(
            commissions=(commission_of(shares[0]), commission_of(shares[1])),
            fee_days=days,
            which=first_last,
            new_contacts_only=new,
            other_click_cancels=cancels,
            money_back=back,
        )
        self.transaction(partners.set_programme, shop.account.id, wanted)

    @rule(
        which=accounts_of_two,
        login=st.sampled_from(LOGINS[:3]),
        level=st.integers(1, 2),
        product=st.integers(0, 2),
        said=own_commissions,
    )
    def a_rate_changes(self, which: int, login: str, level: int, product: int, said: Any) -> None:
        shop = self.shops[which]
        wanted = None if said is None else commission_of(said)
        self.transaction(partners.set_rate, shop.account.id, login, level, wanted, product_id=product or None)
        shop.rates.pop((login, level, product), None)
        if said is not None:
            shop.rates[login, level, product] = said

    @rule(which=accounts_of_two, login=st.sampled_from(LOGINS[:3]))
    def a_partner_goes_or_comes_back(self, which: int, login: str) -> None:
        shop = self.shops[which]
        act = partners.suspend if shop.active[login] else partners.approve
        self.transaction(act, shop.account.id, login)
        shop.active[login] = not shop.active[login]

    @rule(which=accounts_of_two, recruiter=st.sampled_from(LOGINS[:3]))
    def a_partner_is_recruited(self, which: int, recruiter: str) -> None:
        shop = self.shops[which]
        login = f"recruit{len(shop.numbers)}"
        shop.numbers[login] = self.run(a_partner(self.world, shop.account, login, recruiter))
        shop.recruiter[login], shop.active[login], shop.joined[login] = recruiter, True, self.clock.now

    @rule(which=accounts_of_two, login=st.sampled_from(LOGINS), visitor=people, robot=st.booleans())
    def somebody_clicks(self, which: int, login: str, visitor: int, robot: bool) -> None:
        shop = self.shops[which]
        click = NewClick(
            account_id=shop.account.id, partner=login, visitor=str(visitor), agent="curl/8" if robot else PERSON
        )
        (clicked,) = self.transaction(attribution.record_clicks, [click])
        assert (clicked.partner_id is not None) == shop.active.get(login, False)
        if clicked.partner_id is None:
            return
        (kept,) = self.transaction(attribution.list_clicks, shop.account.id, clicked.partner_id, limit=1)
        if robot:
            assert kept.outcome == "robot"
        elif (before := shop.seen.get((login, visitor))) and self.clock.now - before < timedelta(minutes=10):
            assert kept.outcome == "repeated"
        else:
            assert kept.outcome == "counted"
            shop.seen[login, visitor] = self.clock.now
            shop.clicks.append((login, self.clock.now))

    def touches(self, said: Any) -> list[Touch]:
        return [
            Touch(self.clock.now - (hours * HOUR if source == "cookie" else 0 * HOUR), words, source)
            for hours, words, source in said
        ]

    def remember(self, shop: Shop, contact: int, touches: list[Touch]) -> None:
        history = shop.history.setdefault(contact, {})
        for touch in sorted(touches, key=lambda touch: (touch.at, PLACES[touch.source])):
            history.setdefault((touch.at, touch.source), touch)

    @rule(which=accounts_of_two, person=people, said=clicks_of_a_request)
    def somebody_subscribes(self, which: int, person: int, said: Any) -> None:
        shop = self.shops[which]
        contact = shop.contacts.setdefault(person, next(_contacts))
        touches, known = self.distinct(self.touches(said)), shop.known.get(contact)
        lead = Lead(account_id=shop.account.id, contact_id=contact, touches=tuple(touches), known_since=known)
        (decision,) = self.transaction(attribution.credit_leads, [lead])
        who = shop.decide([*shop.history.get(contact, {}).values(), *touches], known, self.clock.now)
        assert decision.partner_id == (None if who is None else shop.numbers[who])
        self.remember(shop, contact, touches)
        shop.bring(who, contact, self.clock.now)
        shop.known.setdefault(contact, self.clock.now)

    @staticmethod
    def distinct(touches: list[Touch]) -> list[Touch]:
        """One click of each moment and place, as forms and addresses carry them."""
        return list({(touch.at, touch.source): touch for touch in touches}.values())

    @rule(
        which=accounts_of_two,
        person=people,
        said=clicks_of_a_request,
        items=st.lists(st.tuples(st.integers(1, 2), st.sampled_from([0, 333, 4999, 20_000])), min_size=1, max_size=3),
        own=st.none() | shares_of_levels,
        coupon=st.none() | st.sampled_from(LOGINS[:3]),
        affiliates=st.lists(st.sampled_from([*LOGINS, ""]), max_size=2),
        hours_ago=st.sampled_from([0, 0, 0, 5]),
        pays=st.sampled_from([True, True, False]),
    )
    def somebody_orders(
        self,
        which: int,
        person: int,
        said: Any,
        items: list[tuple[int, int]],
        own: Any,
        coupon: str | None,
        affiliates: list[str],
        hours_ago: int,
        pays: bool,
    ) -> None:
        shop = self.shops[which]
        contact = shop.contacts.setdefault(person, next(_contacts))
        known, at = shop.known.get(contact), self.clock.now - hours_ago * HOUR
        touches = self.distinct([Touch(min(t.at, at), t.marks, t.source) for t in self.touches(said)])
        products = (commission_of(own[0]), commission_of(own[1])) if own else None
        sale = Sale(
            account_id=shop.account.id,
            order_id=next(_orders),
            contact_id=contact,
            created_at=at,
            known_since=known,
            touches=tuple(touches),
            coupon_partner_id=shop.numbers[coupon] if coupon else None,
            affiliates=tuple(affiliates),
            items=tuple(SaleItem(n, product, amount_of(c), products) for n, (product, c) in enumerate(items)),
        )
        (decision,) = self.transaction(commissions.credit_orders, [sale])
        self.remember(shop, contact, touches)
        named = [login if shop.active.get(login) else None for login in [*affiliates, "", ""]]
        if coupon and shop.active[coupon]:
            who: str | None = coupon
            self.remember(shop, contact, [Touch(at, marks(coupon), "coupon")])
            shop.clicks.append((coupon, self.clock.now))
        else:
            coupon = None
            before = [touch for touch in shop.history.get(contact, {}).values() if touch not in touches]
            who = named[0] or shop.decide([*before, *touches], known, at)
        recruiter = shop.recruiter.get(who or "")
        second = (None if coupon else named[1]) or (recruiter if recruiter and shop.active[recruiter] else None)
        second = None if second == who else second
        assert decision.partner_id == (None if who is None else shop.numbers[who])
        fees = {
            (place, level, login): shop.fee(login, level, product, cents, own)
            for place, (product, cents) in enumerate(items)
            for level, login in ((1, who), (2, second))
            if login is not None
        }
        total = sum(cents for _, cents in items)
        shop.orders.append(
            {"id": sale.order_id, "partner": who, "fees": fees, "money_back": shop.rules["back"], "total": total}
            | {"received": 0, "refunded": 0, "charged": None, "back": {}}
        )
        shop.bring(who, contact, at)
        shop.known.setdefault(contact, self.clock.now)
        if pays:
            self.pay(shop, shop.orders[-1])

    def pay(self, shop: Shop, order: dict[str, Any]) -> None:
        order["charged"] = self.clock.now
        self.transaction(commissions.charge, shop.account.id, order["id"], self.clock.now)

    def orders(self, *, charged: bool) -> list[tuple[Shop, dict[str, Any]]]:
        """Orders by which somebody earns, with their shops."""
        return [
            (shop, order)
            for shop in self.shops
            for order in shop.orders
            if bool(order["charged"]) == charged and any(order["fees"].values())
        ]

    @precondition(lambda self: self.orders(charged=False))
    @rule(place=st.integers(0, 9), half=st.booleans())
    def money_comes(self, place: int, half: bool) -> None:
        orders = self.orders(charged=False)
        shop, order = orders[place % len(orders)]
        left = order["total"] - order["received"]
        order["received"] += left // 2 if half and order["received"] == 0 else left
        if order["received"] == order["total"]:
            self.pay(shop, order)

    @precondition(lambda self: self.orders(charged=True))
    @rule(place=st.integers(0, 9))
    def a_payment_is_told_again(self, place: int) -> None:
        orders = self.orders(charged=True)
        shop, order = orders[place % len(orders)]
        self.transaction(commissions.charge, shop.account.id, order["id"], self.clock.now)

    @precondition(lambda self: self.orders(charged=True))
    @rule(place=st.integers(0, 9), part=st.integers(1, 4), again=st.booleans())
    def money_goes_back(self, place: int, part: int, again: bool) -> None:
        orders = self.orders(charged=True)
        shop, order = orders[place % len(orders)]
        if not again:
            order["refunded"] = min(order["total"], order["refunded"] + order["total"] * part // 4)
        refunded, total = order["refunded"], order["total"]
        self.transaction(
            commissions.reverse, shop.account.id, order["id"], amount_of(refunded), amount_of(total), self.clock.now
        )
        if order["money_back"]:
            order["back"] = {
                key: max(order["back"].get(key, 0), (2 * fee * refunded + total) // (2 * total))
                for key, fee in order["fees"].items()
            }

    @precondition(lambda self: self.orders(charged=True))
    @rule(place=st.integers(0, 9), part=st.integers(1, 5))
    def a_partner_is_paid(self, place: int, part: int) -> None:
        orders = self.orders(charged=True)
        shop, order = orders[place % len(orders)]
        login = max(order["fees"], key=order["fees"].get)[2]
        due = shop.balance(login)
        cents = due if part > 3 else due * part // 3
        try:
            self.transaction(commissions.pay_out, shop.account.id, login, None if part > 3 else amount_of(cents))
        except commissions.PayoutImpossible:
            assert cents <= 0
        else:
            assert cents > 0
            shop.payouts.append((login, cents, self.clock.now))

    @rule(which=accounts_of_two, login=st.sampled_from(LOGINS[:3]), first=st.integers(0, 40), days=st.integers(-5, 40))
    def somebody_asks(self, which: int, login: str, first: int, days: int) -> None:
        today = self.shops[which].day(self.clock.now)
        since = None if first > 38 else today - timedelta(days=first)
        until = None if days > 38 else today - timedelta(days=days)
        self.compare(self.shops[which], login, since, until)

    def compare(self, shop: Shop, login: str, since: date | None, until: date | None) -> None:
        found = self.transaction(commissions.statistics, shop.account.id, login, since, until)
        cents = tuple(int(sum * 100) for sum in (found.earned, found.to_pay, found.paid))
        told = (*cents, found.clicks, found.contacts, found.paid_orders, found.recruits)
        assert told == shop.statistics(login, since, until, shop.day(self.clock.now))

    def teardown(self) -> None:
        for shop in getattr(self, "shops", []):
            today = shop.day(self.clock.now)
            days = {today, *(shop.day(order["charged"]) for order in shop.orders if order["charged"])}
            for login in shop.numbers:
                self.compare(shop, login, None, None)
                for day in days:
                    self.compare(shop, login, day, day)
                    self.compare(shop, login, None, day)
                    self.compare(shop, login, day + timedelta(days=1), None)
                balance = self.transaction(commissions.balance, shop.account.id, login)
                assert int(balance * 100) == shop.balance(login)
            self.compare_books(shop)
            self.compare_fees(shop)

    def compare_books(self, shop: Shop) -> None:
        async def books(tx: Any) -> dict[str, Decimal]:
            rows = await tx.fetch(
                "SELECT book, sum(amount) FROM ledger_books WHERE account_id = $1 GROUP BY book", shop.account.id
            )
            return {row[0]: row[1] for row in rows}

        found = self.transaction(books)
        assert sum(found.values()) == 0
        assert int(found.get("partner", 0) * 100) == sum(shop.balance(login) for login in shop.numbers)
        assert int(found.get("payouts", 0) * 100) == sum(cents for _, cents, _ in shop.payouts)

    def compare_fees(self, shop: Shop) -> None:
        names = {number: login for login, number in shop.numbers.items()}
        found = self.transaction(commissions.fees, [(shop.account.id, order["id"]) for order in shop.orders])
        for order in shop.orders:
            rows = found.get((shop.account.id, order["id"]), ())
            assert {(row.place, row.level, names[row.partner_id]): int(row.amount * 100) for row in rows} == {
                key: fee - order["back"].get(key, 0) for key, fee in order["fees"].items()
            }


@pytest.fixture
def machine(dsn: str) -> Iterator[type[Programmes]]:
    """The machine with a database of its own, on a loop of its own."""
    with asyncio.Runner() as runner:
        clock = Clock(NOW)

        async def open_world() -> World:
            database = Database(dsn, clock=clock, connections=1)
            await database.open()
            return World(database)

        world = runner.run(open_world())
        Programmes.world, Programmes.clock, Programmes.runner = world, clock, runner
        yield Programmes
        runner.run(world.close())


@pytest.mark.timeout(900)  # if it fails, finding the shortest way to fail takes its time
def test_ledger_and_statistics_agree_with_a_plain_model(machine: type[Programmes]) -> None:
    how = settings(max_examples=40, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=how)


@pytest.mark.parametrize("seed", range(4))
def test_they_agree_after_a_long_life_too(machine: type[Programmes], seed: int) -> None:
    """The same steps, many of them, without looking for the shortest way to fail."""
    random = Random(seed)
    pick, number = random.choice, random.randint
    life = machine()
    life.begin()

    def said() -> list[Any]:
        return [
            (number(0, 60), pick(MARKS), pick(["cookie", "request", "address"])) for _ in range(pick([0, 1, 1, 2, 3]))
        ]

    def levels() -> list[Any]:
        return [(pick([None, 0, 101]), pick([0, 7, 33])) for _ in range(2)]

    steps: list[Callable[[], object]] = [
        lambda: life.time_passes(number(0, 200), number(1, 900)),
        lambda: life.the_settings_change(
            number(0, 1),
            pick(["first", "last"]),
            pick([None, None, 1, 20]),
            pick([False, False, True]),
            pick([False, False, True]),
            pick([True, True, False]),
            levels(),
        ),
        lambda: life.a_rate_changes(
            number(0, 1), pick(LOGINS[:3]), number(1, 2), number(0, 2), pick([None, (None, 11), (255, None)])
        ),
        lambda: life.a_partner_goes_or_comes_back(number(0, 1), pick(LOGINS[:3])),
        lambda: life.a_partner_is_recruited(number(0, 1), pick(LOGINS[:3])),
        lambda: life.somebody_clicks(number(0, 1), pick(LOGINS), number(0, 3), pick([False, False, True])),
        lambda: life.somebody_subscribes(number(0, 1), number(0, 30), said()),
        *[
            lambda: life.somebody_orders(
                number(0, 1),
                number(0, 30),
                said(),
                [(number(1, 2), pick([0, 333, 4999, 20_000])) for _ in range(number(1, 3))],
                pick([None, None, levels()]),
                pick([None, None, None, None, *LOGINS[:3]]),
                pick([[], [], [], ["boris"], ["nobody", "anna"], ["boris", "anna"]]),
                pick([0, 0, 0, 5]),
                pick([True, True, False]),
            )
        ]
        * 3,
        lambda: life.orders(charged=False) and life.money_comes(number(0, 99), pick([True, False])),
        lambda: life.orders(charged=True) and life.a_payment_is_told_again(number(0, 99)),
        lambda: life.orders(charged=True) and life.money_goes_back(number(0, 99), number(1, 4), pick([False, True])),
        lambda: life.orders(charged=True) and life.a_partner_is_paid(number(0, 99), number(1, 5)),
        lambda: life.somebody_asks(number(0, 1), pick(LOGINS[:3]), number(0, 40), number(-5, 40)),
    ]
    for _ in range(400):
        pick(steps)()
    life.teardown()


def test_the_model_itself_settles_the_oldest_first() -> None:
    shop = Shop.__new__(Shop)
    shop.zone, shop.clicks, shop.brought, shop.recruiter = ZoneInfo("UTC"), [], {}, {}
    shop.joined = {}
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]
    shop.orders = [{"charged": day, "fees": {(0, 1, "anna"): 100}, "back": {}, "partner": "anna"} for day in days]
    shop.payouts = [("anna", 150, days[1])]
    assert shop.statistics("anna", days[0].date(), days[0].date(), days[1].date())[1] == 0
    assert shop.statistics("anna", None, None, days[1].date())[1] == 50
