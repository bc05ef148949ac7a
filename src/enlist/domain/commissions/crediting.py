"""Crediting orders to partners: who is credited with them, and what each will earn once they are paid."""

from collections.abc import Sequence

from enlist.domain import attribution, partners
from enlist.domain.attribution import Attribution, Decision
from enlist.domain.commissions import sale_queries
from enlist.domain.commissions.earning import fees_of
from enlist.domain.commissions.model import NewFee, NewSale, Sale
from enlist.runtime.db import Tx


async def credit_orders(tx: Tx, sales: Sequence[Sale]) -> list[Decision]:
    """Decide who is credited with these orders, and what they and their recruiters earn once the orders are paid.

    Decisions, expected fees and clicks are kept; returns one decision per sale, in order. Costs as little as
    ``attribution.attribute`` where nobody is credited. Call last: it takes the partner locks (docs/locks.md).
    """
    attributed = await attribution.attribute(tx, sales)
    worth_keeping = [(sale, one) for sale, one in zip(sales, attributed, strict=True) if one.says_something]
    if worth_keeping:
        fees = await _fees(tx, worth_keeping)
        await sale_queries.insert_sales(tx, [_new_sale(one) for _, one in worth_keeping], fees)
        await attribution.count_attributed(tx, [one for _, one in worth_keeping])
    return [one.decision for one in attributed]


async def _fees(tx: Tx, attributed: Sequence[tuple[Sale, Attribution]]) -> list[NewFee]:
    earners = [(sale, one, level, who) for sale, one in attributed for level, who in _earners(one)]
    rates = await partners.rates(tx, {(sale.account_id, who) for sale, _, _, who in earners}) if earners else {}
    return [
        fee
        for sale, one, level, who in earners
        for fee in fees_of(sale, level, who, rates.get((sale.account_id, who), ()), one.programme)
    ]


def _earners(one: Attribution) -> list[tuple[int, int]]:
    return [(level, who) for level, who in ((1, one.decision.partner_id), (2, one.second_id)) if who is not None]


def _new_sale(one: Attribution) -> NewSale:
    return NewSale(
        account_id=one.purchase.account_id,
        order_id=one.purchase.order_id,
        contact_id=one.purchase.contact_id,
        created_at=one.purchase.created_at,
        partner_id=one.decision.partner_id,
        second_id=one.second_id,
        rule=one.decision.rule,
        touch=one.decision.touch,
        money_back=one.programme.money_back,
    )


async def decision_of(tx: Tx, account_id: int, order_id: int) -> str:
    """Say in a sentence who was credited with an order, or why nobody."""
    found = await sale_queries.sale_decision(tx, account_id, order_id)
    if found is None:
        return attribution.said("", attribution.NOBODY)
    first, second, decision = found
    return attribution.said(first, decision) + (f"; second level: {second}" if second else "")
