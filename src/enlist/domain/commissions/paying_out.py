"""Paying partners out: the payout is recorded and announced; the money itself moves outside."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from enlist.domain import partners
from enlist.domain.commissions import ledger_queries
from enlist.domain.commissions.errors import PayoutImpossible
from enlist.domain.commissions.events import PaidOut
from enlist.domain.commissions.model import LONGEST_NOTE, Payout
from enlist.domain.partners import Count
from enlist.kit import money
from enlist.kit.text import fault
from enlist.runtime import events
from enlist.runtime.db import Tx


async def pay_out(
    tx: Tx,
    account_id: int,
    login: str,
    amount: Decimal | None = None,
    *,
    at: datetime | None = None,
    note: str = "",
) -> Payout:
    """Record a payout; ``amount`` None: all that is due, ``at`` None: now. Announced by PaidOut.

    Refuses with PartnerNotFound or PayoutImpossible (nothing or less is due, no sum of money, a time to come).
    """
    partner = await partners.lock(tx, account_id, login)
    due = await ledger_queries.balance(tx, account_id, partner.id)
    paid = due if amount is None else amount
    if reason := _reason_against(paid, due, tx.now, at, note):
        raise PayoutImpossible(partner=partner.login, reason=reason)
    moment = at or tx.now
    payout = await ledger_queries.insert_payout(tx, account_id, partner.id, paid, moment, note)
    await events.publish(
        tx, [PaidOut(owner_id=account_id, payout_id=payout.id, partner_id=partner.id, amount=payout.amount)]
    )
    await partners.tally(tx, [Count(account_id, partner.id, moment, paid=payout.amount)])
    return payout


async def announce_payouts(tx: Tx, paid: Sequence[PaidOut]) -> None:
    """Queue letters to partners to whom money went (a reaction)."""
    await partners.send_payouts(tx, [(event.owner_id, event.partner_id, event.amount) for event in paid])


def _reason_against(paid: Decimal, due: Decimal, now: datetime, at: datetime | None, note: str) -> str:
    if due <= 0:
        return f"nothing is due ({money.write(due)})"
    if paid <= 0 or paid != paid.quantize(money.CENT):
        return "the amount must be a positive sum in whole cents"
    if paid > due:
        return f"only {money.write(due)} is due"
    if at is not None and at > now:
        return "it lies in the future"
    if reason := fault(note, LONGEST_NOTE):
        return f"the note {reason}"
    return ""


async def balance(tx: Tx, account_id: int, login: str) -> Decimal:
    """Tell what is due to a partner: the sum of their rows in the ledger. Refuses with PartnerNotFound."""
    partner = await partners.get(tx, account_id, login)
    return await ledger_queries.balance(tx, account_id, partner.id)
