"""Two processes at once on the same partners: counts and sums stay exact, and nobody locks anybody out for good."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from enlist.domain import accounts, attribution, commissions, groups
from enlist.domain.attribution import NewClick
from enlist.domain.commissions.day_queries import _SUM
from enlist.runtime.batch import Batch
from tests.domain.partners.helpers import PERSON, a_partner, a_programme, a_sale, a_touch, marks, told
from tests.support.world import World, an_enrolment

LOGINS = ["anna", "boris", "clara"]

# What is counted by days, counted anew from what it stands for.
PLAINLY = """
WITH zone AS (SELECT time_zone FROM account_zones WHERE account_id = $1),
happened AS (
    SELECT partner_id, at, 1 AS clicks, 0 AS contacts, 0 AS orders, 0 AS paid_orders, 0 AS recruits,
           0::numeric AS earned, 0::numeric AS paid
    FROM clicks WHERE account_id = $1 AND outcome = 'counted'
    UNION ALL SELECT partner_id, at, 0, 1, 0, 0, 0, 0, 0 FROM partner_contacts WHERE account_id = $1
    UNION ALL SELECT partner_id, created_at, 0, 0, 1, 0, 0, 0, 0 FROM sales WHERE account_id = $1
    UNION ALL SELECT partner_id, charged_at, 0, 0, 0, 1, 0, 0, 0 FROM sales WHERE account_id = $1
    UNION ALL SELECT recruited_by, joined_at, 0, 0, 0, 0, 1, 0, 0 FROM partners WHERE account_id = $1
    UNION ALL SELECT partner_id, at, 0, 0, 0, 0, 0, amount, 0 FROM ledger WHERE account_id = $1 AND kind = 'charge'
    UNION ALL SELECT partner_id, c.at, 0, 0, 0, 0, 0, -r.amount, 0
    FROM ledger r JOIN ledger c USING (account_id, order_id, place, level, partner_id)
    WHERE account_id = $1 AND r.kind = 'reversal' AND c.kind = 'charge'
    UNION ALL SELECT partner_id, at, 0, 0, 0, 0, 0, 0, amount FROM payouts WHERE account_id = $1
)
SELECT partner_id, (at AT TIME ZONE time_zone)::date AS day, sum(clicks), sum(contacts), sum(orders), sum(paid_orders),
       sum(recruits), sum(earned), sum(paid)
FROM happened, zone WHERE partner_id IS NOT NULL AND at IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
"""


@pytest.fixture
async def two(dsn: str) -> AsyncIterator[list[World]]:
    """Two programs with clocks that run through some days."""
    start = datetime(2026, 2, 27, tzinfo=UTC)
    began = datetime.now(UTC)

    def clock() -> datetime:
        return start + (datetime.now(UTC) - began) * 400_000

    async with World.open(dsn, clock, connections=6) as one, World.open(dsn, clock, connections=6) as other:
        yield [one, other]


async def test_counts_and_sums_stay_exact_while_everything_happens_at_once(two: list[World]) -> None:
    shop = await a_programme(two[0], time_zone="Asia/Kathmandu")
    for login, recruiter in (("anna", ""), ("boris", "anna"), ("clara", "boris")):
        await a_partner(two[0], shop, login, recruiter)
    for name in "abcdefghij":
        await two[0].group(shop, name, asks=False)
    deadlocks = 0

    async def storm(world: World, seed: int) -> None:
        nonlocal deadlocks
        choice = random.Random(seed).choice
        clicks: Batch[Any, Any] = Batch(f"clicks {seed}", world.database, attribution.record_clicks)
        leads: Batch[Any, Any] = Batch(f"leads {seed}", world.database, groups.enrol)
        sales: Batch[Any, Any] = Batch(f"sales {seed}", world.database, commissions.credit_orders)
        orders: list[int] = []

        async def happen() -> None:
            nonlocal deadlocks
            login, person = choice(LOGINS), choice(range(8))
            what = choice(["click", "lead", "sale", "sale", "charge", "refund", "pay out"])
            try:
                if what == "click":
                    click = NewClick(account_id=shop.id, partner=login, visitor=str(person), agent=PERSON)
                    await clicks.put(click)
                elif what == "lead":
                    wish = an_enrolment(shop, f"{person}@x.test", [choice("abcdefghij")])
                    await leads.put(
                        groups.Enrolment(shop, wish.person, wish.groups, origin=groups.Origin(marks=marks(login)))
                    )
                elif what == "sale":
                    sale = a_sale(shop, a_touch(login), contact_id=person, created_at=world.now, known_since=None)
                    await sales.put(sale)
                    orders.append(sale.order_id)
                elif what == "pay out":
                    await world.do(commissions.pay_out, shop.id, login)
                elif orders:
                    async with world.transaction() as tx:
                        if what == "charge":
                            await commissions.charge(tx, shop.id, choice(orders), tx.now)
                        else:
                            refunded = Decimal(choice([10, 50, 100]))
                            await commissions.reverse(tx, shop.id, choice(orders), refunded, Decimal(100), tx.now)
            except (commissions.PayoutImpossible, groups.AlreadyMember):
                pass
            except asyncpg.DeadlockDetectedError:
                deadlocks += 1

        for _ in range(15):
            await asyncio.gather(*(happen() for _ in range(20)))
        for batch in (clicks, leads, sales):
            await batch.close()

    await asyncio.gather(*(storm(database, seed) for seed, database in enumerate(two)))
    assert deadlocks == 0
    await compare(two[0], shop)


async def compare(world: World, shop: accounts.Account) -> None:
    async with world.reading() as tx:
        counted = await tx.fetch(
            "SELECT partner_id, day, clicks, contacts, orders, paid_orders, recruits, earned, paid FROM partner_days"
            " WHERE account_id = $1 ORDER BY partner_id, day",
            shop.id,
        )
        assert [tuple(row) for row in counted] == [tuple(row) for row in await tx.fetch(PLAINLY, shop.id)]
        assert len(counted) > 5
        for login in LOGINS:
            balance = await commissions.balance(tx, shop.id, login)
            statistics = await told(world, shop, login)
            assert statistics.to_pay == balance == statistics.earned - statistics.paid


async def test_statistics_read_nothing_but_days(world: World) -> None:
    shop = await a_programme(world)
    await a_partner(world, shop, "anna")
    async with world.reading() as tx:
        day = datetime(2026, 1, 1).date()  # noqa: DTZ001
        plan = "\n".join(row[0] for row in await tx.fetch("EXPLAIN " + _SUM, shop.id, "anna", day, day, tx.now))
    assert "partner_days" in plan
    for table in ("clicks", "ledger", "sales", "partner_contacts", "payouts", "touches"):
        assert f"on {table}" not in plan
