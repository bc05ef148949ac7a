"""What older releases kept in words is read into codes and fields, or else shown as it was written."""

from datetime import UTC, datetime

import pytest

from enlist.domain import accounts, commissions, contacts, orders
from enlist.migrations import VERSIONS
from enlist.runtime.db import Tx
from tests.domain.orders.helpers import an_order, placed
from tests.support.world import World

AT = datetime(2026, 1, 1, tzinfo=UTC)
# Who, what, in which words; and what is read of it.
OLD = [
    ("api", "payment", "100.00 RUB, api", "protocol:justclick",
     {"amount": "100.00", "currency": "RUB", "channel": "api"}),
    ("stripe", "payment", "0.50 USD, stripe pi_1 and more", "channel:stripe",
     {"amount": "0.50", "currency": "USD", "channel": "stripe", "reference": "pi_1 and more"}),
    ("owner", "payment", "while hidden", "owner", {"while_hidden": "yes"}),
    ("owner", "refund", "1.00 USD, manual", "owner", {"amount": "1.00", "currency": "USD", "channel": "manual"}),
    ("owner", "refund", "1.00 USD, manual, nothing is left", "owner",
     {"amount": "1.00", "currency": "USD", "channel": "manual", "whole": "yes"}),
    ("stripe", "refund", "1.00 USD, stripe re_7, nothing is left", "channel:stripe",
     {"amount": "1.00", "currency": "USD", "channel": "stripe", "reference": "re_7", "whole": "yes"}),
    ("stripe", "attention", "money came though the order is hidden", "channel:stripe",
     {"reason": "money_came", "state": "hidden"}),
    ("stripe", "attention", "5.00 more than was due has come", "channel:stripe",
     {"reason": "overpaid", "amount": "5.00"}),
    ("purchase", "attention", "not enrolled: group forbidden: group x", "system:purchase", {}),
    ("stripe", "revived", "money came though the order was cancelled", "channel:stripe", {}),
    ("purchase", "paid", "nothing was to be paid", "system:purchase", {"free": "yes"}),
    ("owner", "paid", "in full", "owner", {}),
    ("owner", "sent", "RR1", "owner", {"tracking_number": "RR1"}),
    ("owner", "tracking number", "RR2", "owner", {"tracking_number": "RR2"}),
    ("page", "cancelled", "", "person", {}),
    ("deadline", "cancelled", "", "system:deadline", {}),
]  # fmt: skip


@pytest.fixture
async def order(world: World) -> orders.Order:
    shop = await world.account()
    await world.product(shop, "a", "1")
    order = await placed(world, an_order(shop, "anna@example.com", "a"))
    async with world.transaction() as tx:
        await tx.many(
            "INSERT INTO order_changes (account_id, order_id, at, actor, event, detail) VALUES ($1, $2, $3, $4, $5, $6)",
            [(shop.id, order.id, AT, *old[:3]) for old in OLD],
        )
        await tx.execute(
            "INSERT INTO contact_changes (account_id, contact_id, at, actor, field, before, after)"
            " VALUES ($1, 7, $2, 'api', 'name', '', 'Anna')",
            shop.id,
            AT,
        )
        await tx.execute(
            "INSERT INTO payouts (account_id, partner_id, amount, at, recorded_at, note, actor)"
            " VALUES ($1, 7, 5, $2, $2, '', 'owner')",
            shop.id,
            AT,
        )
    return order


async def test_what_an_older_server_writes_beside_us_is_shown_in_its_words(world: World, order: orders.Order) -> None:
    lines = (await world.ask(orders.history_of, order.account_id, order.id))[1:]
    assert [(str(line.actor), line.event, line.in_words) for line in lines] == [
        (who, event.replace(" ", "_"), words) for _, event, words, who, _ in OLD
    ]
    assert {str(who) for who in await _others(world, order)} == {"protocol:justclick", "owner"}


async def test_the_step_reads_words_into_fields_and_keeps_them(world: World, order: orders.Order) -> None:
    async with world.transaction() as tx:
        await _migrate(tx)
        lines = (await orders.history_of(tx, order.account_id, order.id))[1:]
    assert [(str(line.actor), line.fields) for line in lines] == [(who, fields) for *_, who, fields in OLD]
    assert [line.in_words for line in lines] == [words for _, _, words, _, _ in OLD]
    assert {str(who) for who in await _others(world, order)} == {"protocol:justclick", "owner"}
    async with world.reading() as tx:
        unread = await tx.fetch(
            "SELECT detail FROM order_changes WHERE fields IS NULL AND account_id = $1 AND order_id = $2",
            order.account_id,
            order.id,
        )
    assert [row[0] for row in unread] == ["not enrolled: group forbidden: group x"]


async def _migrate(tx: Tx) -> None:
    (step,) = VERSIONS.glob("*_actors.sql")
    statements = step.read_text().split("\n\n")
    await tx.execute("\n".join(part for part in statements if not part.startswith(("--", "ALTER TABLE"))))


async def _others(world: World, order: orders.Order) -> list[object]:
    async with world.reading() as tx:
        (line,) = await contacts.history(tx, order.account_id, 7)
        (payout,) = await commissions.list_payouts(tx, order.account_id, 7)
    return [line.actor, payout.actor]


async def test_accounts_do_not_see_each_others_history(world: World, order: orders.Order) -> None:
    other: accounts.Account = await world.account()
    assert await world.ask(orders.history_of, other.id, order.id) == []
