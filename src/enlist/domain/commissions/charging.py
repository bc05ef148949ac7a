"""Charging paid orders to the ledger, and taking commissions back."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from enlist.domain import partners
from enlist.domain.commissions import ledger_queries
from enlist.domain.commissions.events import SaleCharged, SaleReversed
from enlist.domain.commissions.model import Charge
from enlist.domain.partners import Count
from enlist.kit import money
from enlist.runtime import events
from enlist.runtime.db import Tx


async def charge(tx: Tx, account_id: int, order_id: int, at: datetime) -> None:
    """Charge what an order earns its partners, as it was paid in full at the instant ``at``.

    The same order is charged once, however often it is said; one that earns nobody anything is none of ours. Announced
    by SaleCharged for each partner. Call last: it takes the partner locks (docs/locks.md).
    """
    marked = await ledger_queries.mark_charged(tx, account_id, order_id, at)
    if marked is None:
        return
    charged = await ledger_queries.charge(tx, account_id, order_id, at)
    sums: dict[tuple[int, int], Decimal] = {}
    for row in charged:
        key = (row.partner_id, row.level)
        sums[key] = sums.get(key, money.ZERO) + row.amount
    await events.publish(
        tx,
        [
            SaleCharged(owner_id=account_id, order_id=order_id, partner_id=partner_id, level=level, amount=amount)
            for (partner_id, level), amount in sums.items()
        ],
    )
    counts = [Count(account_id, partner_id, at, earned=amount) for (partner_id, _), amount in sums.items()]
    if marked[0] is not None:
        counts.append(Count(account_id, marked[0], at, paid_orders=1))
    await partners.tally(tx, counts)


async def reverse(tx: Tx, account_id: int, order_id: int, refunded: Decimal, of: Decimal, at: datetime) -> None:
    """Take commissions back, if the programme did so when the order was created.

    ``refunded`` is what has been given back of this order altogether up to now (not only this time), ``of`` what had
    been paid for it: their share of each commission is gone then. Saying the same again changes nothing. Announced by
    SaleReversed for each partner. Call last: it takes the partner locks (docs/locks.md).
    """
    if refunded <= 0 or not await ledger_queries.lock_returnable(tx, account_id, order_id):
        return
    taken = [
        (charged, amount)
        for charged in await ledger_queries.charges_of(tx, account_id, order_id)
        if (amount := _share(charged.amount, refunded, of) - charged.reversed) > 0
    ]
    if not taken:
        return
    await ledger_queries.take_back(tx, account_id, order_id, taken, at)
    await events.publish(tx, _announced(account_id, order_id, taken))
    await partners.tally(tx, [Count(account_id, row.partner_id, row.at, earned=-amount) for row, amount in taken])


def _share(amount: Decimal, refunded: Decimal, of: Decimal) -> Decimal:
    return amount if refunded >= of else (amount * refunded / of).quantize(money.CENT, ROUND_HALF_UP)


def _announced(account_id: int, order_id: int, taken: list[tuple[Charge, Decimal]]) -> list[SaleReversed]:
    sums: dict[int, Decimal] = {}
    for row, amount in taken:
        sums[row.partner_id] = sums.get(row.partner_id, money.ZERO) + amount
    return [
        SaleReversed(owner_id=account_id, order_id=order_id, partner_id=partner_id, amount=amount)
        for partner_id, amount in sums.items()
    ]
