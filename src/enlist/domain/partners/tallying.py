"""Keeping count of what happens for partners by days, in the very transactions that make it so."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from operator import add
from typing import Any, NamedTuple

from enlist.domain.partners import day_queries
from enlist.kit.money import ZERO
from enlist.runtime.db import Tx


class Count(NamedTuple):
    """What is to be added to a partner's day, the one at which the instant ``at`` lies."""

    account_id: int
    partner_id: int
    at: datetime
    clicks: int = 0
    contacts: int = 0
    orders: int = 0
    paid_orders: int = 0
    recruits: int = 0
    earned: Decimal = ZERO
    paid: Decimal = ZERO


async def tally(tx: Tx, counts: Iterable[Count]) -> None:
    """Add ``counts``, all at once and in the order of their keys, so that two transactions cannot lock each other out.

    Call last: it takes the partner locks (docs/locks.md).
    """
    sums: dict[tuple[int, int, datetime], tuple[Any, ...]] = {}
    for account_id, partner_id, at, *counted in counts:
        before = sums.get((account_id, partner_id, at))
        sums[account_id, partner_id, at] = tuple(map(add, before, counted)) if before else tuple(counted)
    if sums:
        await day_queries.add(tx, [(*key, *counted) for key, counted in sums.items()])
