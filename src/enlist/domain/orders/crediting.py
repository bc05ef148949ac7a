"""Telling the affiliate programme of orders, of their payment and of money that went back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from enlist.domain import attribution, commissions, contacts
from enlist.domain.orders.drafting import Draft
from enlist.domain.orders.model import Order
from enlist.kit import money
from enlist.runtime.db import Tx


async def credit(
    tx: Tx, placed: Sequence[tuple[Draft, int]], people: Mapping[tuple[int, str], contacts.KnownContact]
) -> list[attribution.Decision]:
    """Have it decided who brought these new orders, given with their numbers.

    ``people`` are the buyers by account and address key. Call last: it takes the partner locks (docs/locks.md).
    """
    keys = {(draft.person[0], person.id) for draft, _ in placed if not (person := people[draft.person]).new}
    known = await contacts.get(tx, list(keys)) if keys else {}
    sales = []
    for draft, order_id in placed:
        contact_id = people[draft.person].id
        contact = known.get((draft.person[0], contact_id))
        sales.append(_sale(draft, order_id, contact_id, contact.created_at if contact else None))
    return await commissions.credit_orders(tx, sales)


async def charge(tx: Tx, order: Order) -> None:
    """Charge what an order that was just paid in full earns its partners.

    Call last: it takes the partner locks (docs/locks.md).
    """
    await commissions.charge(tx, order.account_id, order.id, order.paid_at or tx.now)


async def reverse(tx: Tx, order: Order, at: datetime) -> None:
    """Take back what an order earned, by as much as less was received for it now than it cost.

    Call last: it takes the partner locks (docs/locks.md).
    """
    if order.paid_at is not None:
        missing = max(order.total - order.received, money.ZERO)
        await commissions.reverse(tx, order.account_id, order.id, missing, order.total, at)


def _sale(draft: Draft, order_id: int, contact_id: int, known_since: datetime | None) -> commissions.Sale:
    new, coupon = draft.new, draft.coupon
    return commissions.Sale(
        account_id=new.account.id,
        order_id=order_id,
        contact_id=contact_id,
        created_at=draft.created_at,
        known_since=known_since,
        touches=_touches(draft),
        coupon_partner_id=coupon.partner_id if coupon else None,
        affiliates=new.affiliates,
        items=tuple(
            commissions.SaleItem(item.place, item.product_id, item.sum, product.commissions)
            for item, product in zip(draft.items, draft.sold, strict=True)
        ),
    )


def _touches(draft: Draft) -> tuple[attribution.Touch, ...]:
    new = draft.new
    if not new.marks:
        return new.touches
    # The marks of the order itself are a click of the moment at which it was made.
    source: attribution.Source = "form" if new.source == "page" else "request"
    return (*new.touches, attribution.Touch(draft.created_at, new.marks, source))
