"""A charged sale becomes a job that tells those partners who want to be told, once and again until they hear."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from enlist.domain import commissions
from enlist.domain.commissions import Conversion, Postback
from enlist.runtime.events import Dispatcher, Reaction
from tests.domain.partners.helpers import NOW, a_partner, a_programme, a_sale, a_touch, credit, pay
from tests.support.world import World

WORDS = ("bill", "profit")
ADDRESS = Postback("https://t.example/told", WORDS)


async def jobs(world: World) -> list[dict[str, Any]]:
    """Take the jobs that wait."""
    async with world.transaction() as tx:
        rows = await tx.fetch("SELECT id, task_name, args::text FROM procrastinate_jobs ORDER BY id")
        await tx.execute("DELETE FROM procrastinate_jobs")
    assert {row["task_name"] for row in rows} <= {commissions.POST_BACK}
    return [msgspec.json.decode(row["args"]) for row in rows]


async def hand_out(world: World) -> None:
    """Hand the events to the reaction."""
    dispatcher = Dispatcher(
        world.database,
        [Reaction("commissions.queue_postbacks", commissions.queue_postbacks, (commissions.SaleCharged,))],
    )
    while await dispatcher.deliver_some():
        pass


async def test_a_paid_order_is_told_to_the_partners_who_want_it(world: World) -> None:
    account = await a_programme(world, time_zone="Europe/Moscow")
    ann = await a_partner(world, account, "ann")
    bob = await a_partner(world, account, "bob", recruited_by="ann")
    sale = a_sale(account, a_touch({"utm_medium": "affiliate", "utm_source": "bob", "aff_term": "x"}))
    await credit(world, sale)
    await world.do(commissions.set_postback, account.id, bob, ADDRESS, known=WORDS)
    await pay(world, account, sale.order_id)
    await pay(world, account, sale.order_id)
    await hand_out(world)
    (job,) = await jobs(world)
    assert job == {"account_id": account.id, "order_id": sale.order_id, "partner_id": bob}
    told: list[tuple[Postback, Conversion]] = []

    async def tell(postback: Postback, conversion: Conversion) -> None:
        told.append((postback, conversion))

    await commissions.post_back(world.database, tell)(**job)
    ((postback, conversion),) = told
    assert postback == ADDRESS
    assert (conversion.order_id, conversion.amount, conversion.at) == (sale.order_id, Decimal("10.00"), NOW)
    assert (conversion.time_zone, conversion.marks["aff_term"]) == ("Europe/Moscow", "x")
    await commissions.post_back(world.database, tell)(**job | {"partner_id": ann})  # who wants nothing hears nothing
    await commissions.post_back(world.database, tell)(**job | {"order_id": 1})
    await commissions.post_back(world.database, tell)(**job | {"account_id": account.id + 1})
    assert len(told) == 1


async def test_the_recruiter_is_told_of_his_own_share(world: World) -> None:
    account = await a_programme(world)
    ann = await a_partner(world, account, "ann")
    await a_partner(world, account, "bob", recruited_by="ann")
    await world.do(commissions.set_postback, account.id, ann, ADDRESS, known=WORDS)
    sale = a_sale(account, a_touch({"utm_medium": "affiliate", "utm_source": "bob", "aff_term": "bobs own"}))
    await credit(world, sale)
    await pay(world, account, sale.order_id)
    await hand_out(world)
    (job,) = await jobs(world)
    told: list[Conversion] = []

    async def tell(_: Postback, conversion: Conversion) -> None:
        told.append(conversion)

    await commissions.post_back(world.database, tell)(**job)
    assert told[0].amount == Decimal("5.00")
    assert "aff_term" not in told[0].marks


async def test_what_cannot_be_told_is_raised_to_be_tried_again(world: World) -> None:
    account = await a_programme(world)
    bob = await a_partner(world, account, "bob")
    await world.do(commissions.set_postback, account.id, bob, ADDRESS, known=WORDS)
    sale = a_sale(account, a_touch("bob"))
    await credit(world, sale)
    await pay(world, account, sale.order_id)
    await hand_out(world)
    (job,) = await jobs(world)

    async def tell(_: Postback, __: Conversion) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await commissions.post_back(world.database, tell)(**job)
