"""Recording what a payment channel reports of an order: money that came, or went back."""

from enlist.domain.orders import paying, refunding
from enlist.domain.orders.model import Order
from enlist.domain.orders.payment_channels import Received
from enlist.runtime.db import Tx


async def record(tx: Tx, account_id: int, channel: str, received: Received) -> Order | None:
    """Record what ``channel`` of an account reported; None: it is about an order of somebody else.

    The same report again changes nothing. Refuses with OrderNotFound, and with PaymentImpossible or IllegalTransition
    what cannot be recorded now, such as a refund that is told of before its payment.
    """
    if received.account_id != account_id:
        return None
    act = paying.pay if received.kind == "payment" else refunding.refund
    return await act(
        tx,
        account_id,
        received.order_id,
        received.amount,
        channel=channel,
        reference=received.reference,
        at=received.at,
    )
