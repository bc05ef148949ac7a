"""What coupons take off, which needs no database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from enlist.domain.products.model import Coupon
from enlist.kit import money


def applies(coupon: Coupon, product_ids: Collection[int], now: datetime) -> bool:
    """Tell whether an order of these products gets the coupon's discount now.

    It does if the coupon covers one of them at least, is valid now (from its first instant up to but not including
    its last), not disabled and not used up.
    """
    if coupon.disabled_at is not None or (coupon.most_uses is not None and coupon.uses >= coupon.most_uses):
        return False
    if coupon.valid_from is not None and now < coupon.valid_from:
        return False
    if coupon.valid_until is not None and now >= coupon.valid_until:
        return False
    return any(_covers(coupon, product_id) for product_id in product_ids)


def discounted(coupon: Coupon, items: Sequence[tuple[int, Decimal]]) -> list[Decimal]:
    """Return what is to be paid for each item, given as (product number, price), with the coupon's discount.

    A percentage comes off each item that the coupon covers; a sum comes off all of them together, shared out by their
    prices to the cent. Nothing becomes less than zero.
    """
    covered = [price if _covers(coupon, product_id) else money.ZERO for product_id, price in items]
    if coupon.discount_percent is not None:
        off = [money.percent(price, coupon.discount_percent) for price in covered]
    else:
        whole = min(coupon.discount_sum or money.ZERO, sum(covered, money.ZERO))
        off = money.share(whole, covered)
    return [price - less for (_, price), less in zip(items, off, strict=True)]


def _covers(coupon: Coupon, product_id: int) -> bool:
    return not coupon.product_ids or product_id in coupon.product_ids
