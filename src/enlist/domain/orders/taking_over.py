"""Taking over orders from elsewhere that have ended there, or were paid, all in one go or not at all."""

from datetime import datetime
from typing import Literal

from enlist.domain.orders import moving, paying, placing, refunding
from enlist.domain.orders.model import NewOrder, Placed
from enlist.kit.errors import Refusal
from enlist.runtime.db import Tx

Ended = Literal["paid", "cancelled", "refunded"]


async def take_over(tx: Tx, new: NewOrder, ended: Ended, *, paid_at: datetime | None = None, channel: str) -> Placed:
    """Place an order and bring it to where it is already; a payment does all that a payment does.

    What was refunded was paid before, in full, at ``paid_at`` (None: now); ``channel`` is what payment and refund are
    noted under. Refuses with what ``place`` refuses, and with IllegalTransition (what costs nothing is paid, and cannot
    be cancelled) and PaymentImpossible. The caller rolls back what is done by then.
    """
    (outcome,) = await placing.place(tx, [new])
    if isinstance(outcome, Refusal):
        raise outcome
    account_id, order_id = new.account.id, outcome.order_id
    if ended == "cancelled":
        await moving.cancel(tx, account_id, order_id)
        return outcome
    await paying.pay(tx, account_id, order_id, None, channel=channel, at=paid_at)
    if ended == "refunded":
        await refunding.refund(tx, account_id, order_id, None, channel=channel)
    return outcome
