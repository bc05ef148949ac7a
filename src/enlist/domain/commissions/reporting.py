"""Reporting what partners did and earned; sums come from what is counted by days, whatever the number of clicks."""

from datetime import date
from decimal import Decimal

from enlist.domain import partners
from enlist.domain.commissions import day_queries
from enlist.domain.commissions.model import Statistics
from enlist.kit.money import ZERO
from enlist.runtime.db import Tx


async def statistics(
    tx: Tx, account_id: int, login: str, since: date | None = None, until: date | None = None
) -> Statistics:
    """Sum up a partner's days from ``since`` to ``until``, both included, of the account's time zone; None: no bound.

    ``to_pay`` is what was earned in the span (less what was taken back of just that) and is not settled: payouts,
    whenever they were made, settle what was earned first. Without bounds it is the balance. What was paid too much,
    because something was taken back later, is owed in a span that reaches to today or has no end. Refuses with
    PartnerNotFound. Sources: api-1.0.md §16, readings.md#13.
    """
    first, last = since or date.min, until or date.max
    row = await day_queries.sum_up(tx, account_id, login, first, last) if partners.login_key(login) else None
    if row is None:
        raise partners.PartnerNotFound(partner=login[:100])
    before = _unsettled(row["earned_before"] - row["paid_ever"], first <= row["today"]) if since else ZERO
    through = _unsettled(row["earned_through"] - row["paid_ever"], last < row["today"])
    return Statistics(
        earned=row["earned"],
        to_pay=through - before if first <= last else ZERO,
        paid=row["paid"],
        clicks=row["clicks"],
        contacts=row["contacts"],
        paid_orders=row["paid_orders"],
        recruits=row["recruits"],
    )


def _unsettled(earned_less_paid: Decimal, closed: bool) -> Decimal:
    return max(earned_less_paid, ZERO) if closed else earned_less_paid
