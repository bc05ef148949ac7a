"""Orders against a plain model: whatever is done to one in whichever order, its sums are right and no money is lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from enlist.domain import orders
from enlist.domain.orders.expiring import cancel_overdue
from enlist.kit.errors import Refusal
from enlist.runtime.db import Database
from tests.domain.orders import helpers
from tests.domain.orders.helpers import an_order
from tests.support.world import World

D = Decimal
ZERO = D("0.00")
TOTAL = D("100.00")
_buyers = count(1)
_days = count(1)

AMOUNTS = st.sampled_from(
    [None, None, D("0.01"), D("30.00"), D("50.00"), D("70.00"), D("100.00"), D("100.01"), D(0), D(-5)]
)
REFERENCES = st.sampled_from(["", "a", "b", "c"])
CHANNELS = st.sampled_from(["manual", "api", "stripe"])


class Plain:
    """What is to be expected of one order, in the plainest words."""

    def __init__(self) -> None:
        self.state = "waiting"
        self.payments: list[tuple[str, D]] = []
        self.known: set[tuple[str, str, str]] = set()
        self.was_full = False
        self.hidden = False

    @property
    def received(self) -> D:
        return sum((amount if kind == "payment" else -amount for kind, amount in self.payments), ZERO)

    def pay(self, amount: D | None, channel: str, reference: str) -> bool:
        """Tell whether it is taken."""
        by_hand = channel != "stripe"
        if amount is not None and amount <= 0:
            return False
        if by_hand and self.hidden:
            return False
        if reference and ("payment", channel, reference) in self.known:
            return True
        if by_hand and self.state in ("returned", "refunded"):
            return False
        if amount is None and self.was_full:
            return True
        rest = ZERO if self.was_full else max(TOTAL - self.received, ZERO)
        paid = rest if amount is None else amount
        if by_hand and paid > rest:
            return False
        if paid:
            self.payments.append(("payment", paid))
            if reference:
                self.known.add(("payment", channel, reference))
        self._settle()
        return True

    def _settle(self) -> None:
        if self.hidden or self.state in ("returned", "refunded"):
            return
        full = self.received >= TOTAL
        if self.state in ("waiting", "cancelled"):
            self.state = "paid" if full else "waiting"
        self.was_full |= full

    def refund(self, amount: D | None, channel: str, reference: str) -> bool:
        if amount is not None and amount <= 0:
            return False
        if channel != "stripe" and self.hidden:
            return False
        if reference and ("refund", channel, reference) in self.known:
            return True
        if amount is None and not self.received:
            return self.state == "refunded"
        back = self.received if amount is None else amount
        if back > self.received:
            return False
        self.payments.append(("refund", back))
        if reference:
            self.known.add(("refund", channel, reference))
        if not self.received:
            self.state = "refunded"
        return True

    def move(self, wanted: str) -> bool:
        if self.hidden:
            return False
        if self.state == wanted:
            return True
        allowed = {
            "sent": self.state in ("waiting", "paid"),
            "returned": self.state in ("paid", "sent"),
            "cancelled": self.state == "waiting" and not self.received,
        }[wanted]
        if allowed:
            self.state = wanted
        return allowed

    def hide(self) -> bool:
        if self.hidden or self.received or (self.was_full and self.state != "refunded"):
            return False
        self.hidden = True
        return True

    def show(self) -> bool:
        if self.hidden:
            self.hidden = False
            if self.received and not self.was_full:
                self._settle()
        return True


class Orders(RuleBasedStateMachine):
    """One order of one buyer, and everything that can be done to it."""

    runner: asyncio.Runner
    world: World
    shop: Any

    @initialize()
    def begin(self) -> None:
        self.plain = Plain()
        self.prefix = str(next(_buyers))
        new = an_order(
            self.shop, f"buyer{self.prefix}@example.com", "left", "right", cancel=datetime(2999, 1, 1, tzinfo=UTC)
        )
        self.order = self.do(helpers.placed(self.world, new))

    def do(self, act: Any) -> Any:
        return self.runner.run(act)

    def agree(self, act: Any, allowed: bool) -> None:
        if allowed:
            self.do(act)
            return
        with pytest.raises(Refusal):
            self.do(act)

    @rule(amount=AMOUNTS, channel=CHANNELS, reference=REFERENCES)
    def pay(self, amount: D | None, channel: str, reference: str) -> None:
        said = {"reference": f"{self.prefix}{reference}" if reference else "", "channel": channel}
        act = helpers.pay(self.world, self.order, None if amount is None else str(amount), **said)
        self.agree(act, self.plain.pay(amount, channel, reference))

    @rule(amount=AMOUNTS, channel=CHANNELS, reference=REFERENCES)
    def refund(self, amount: D | None, channel: str, reference: str) -> None:
        said = {"reference": f"{self.prefix}{reference}" if reference else "", "channel": channel}
        act = helpers.refund(self.world, self.order, None if amount is None else str(amount), **said)
        self.agree(act, self.plain.refund(amount, channel, reference))

    @rule()
    def send(self) -> None:
        self.agree(helpers.send(self.world, self.order), self.plain.move("sent"))

    @rule()
    def take_back(self) -> None:
        self.agree(helpers.take_back(self.world, self.order), self.plain.move("returned"))

    @rule()
    def cancel(self) -> None:
        self.agree(helpers.cancel(self.world, self.order), self.plain.move("cancelled"))

    @rule()
    def hide(self) -> None:
        self.agree(helpers.hide(self.world, self.order), self.plain.hide())

    @rule()
    def show(self) -> None:
        self.agree(helpers.show(self.world, self.order), self.plain.show())

    @rule()
    def let_the_deadline_pass(self) -> None:
        async def sweep() -> None:
            async with self.world.transaction() as tx:
                await tx.execute(
                    "UPDATE orders SET cancel_at = $2 WHERE account_id = $1 AND id = $3 AND cancel_at IS NOT NULL",
                    self.shop.id, tx.now - timedelta(seconds=1), self.order.id,
                )  # fmt: skip
                while await cancel_overdue(tx):
                    pass

        had_deadline = self.do(helpers.found(self.world, self.shop, self.order.id)).cancel_at is not None
        self.do(sweep())
        if had_deadline:
            assert self.plain.state == "waiting"
            assert not self.plain.payments
            self.plain.state = "cancelled"

    @invariant()
    def all_is_as_the_plain_model_has_it(self) -> None:
        order, payments, letters = self.do(self.look())
        plain = self.plain
        # No money is lost or doubled.
        assert payments == plain.payments
        assert order.received == plain.received >= 0
        assert (order.state, order.hidden) == (plain.state, plain.hidden)
        assert (order.paid_at is not None) == plain.was_full
        assert order.total == TOTAL == sum(item.sum for item in order.items)
        # What was paid for was handed out once.
        assert letters == ([0] if plain.was_full else [])
        # Deadlines and dues agree with the state.
        if order.state == "cancelled" and not order.hidden:
            assert not order.received
        if order.cancel_at is not None:
            assert (order.state, order.received, order.hidden) == ("waiting", 0, False)
        owed = order.state in ("waiting", "sent") and order.paid_at is None
        assert order.due == (max(TOTAL - order.received, ZERO) if owed else ZERO)

    async def look(self) -> tuple[orders.Order, list[tuple[str, D]], list[int]]:
        return (
            await helpers.found(self.world, self.shop, self.order.id),
            await helpers.payments(self.world, self.order),
            await helpers.letters(self.world, self.order),
        )


def test_orders_behave_as_the_plain_model_says(dsn: str) -> None:
    with asyncio.Runner() as runner:
        world = World(Database(dsn))
        runner.run(world.database.open())
        try:
            shop = runner.run(world.account())
            runner.run(world.product(shop, "left", "60", letter_text="Thanks"))
            runner.run(world.product(shop, "right", "40"))
            Orders.runner, Orders.world, Orders.shop = runner, world, shop
            run_state_machine_as_test(
                Orders,
                settings=settings(
                    max_examples=150,
                    stateful_step_count=25,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(world.close())
