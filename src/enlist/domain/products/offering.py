"""Offering a product to somebody who typed a coupon's code, or none: what it costs them."""

from datetime import datetime
from decimal import Decimal

import msgspec

from enlist.domain.products import couponing, finding
from enlist.domain.products.discounting import applies, discounted
from enlist.domain.products.model import Coupon, Product
from enlist.runtime.db import Tx


class Offer(msgspec.Struct, frozen=True):
    """A product as it is offered here and now.

    ``reduced`` is its price with the coupon (None: none was asked for, or it takes nothing off here); ``coupon_fails``
    when one was asked for that does not apply.
    """

    product: Product
    reduced: Decimal | None = None
    coupon_fails: bool = False


async def offer(tx: Tx, account_id: int, name: str, code: str = "") -> Offer | None:
    """Offer the product called ``name`` with the coupon of this code, for it alone; None: there is no such product."""
    product = await finding.find(tx, account_id, name)
    if product is None:
        return None
    key = account_id, code
    coupon = (await couponing.find_coupons(tx, [key])).get(key) if code else None
    return price(product, code, coupon, tx.now)


def price(product: Product, code: str, coupon: Coupon | None, now: datetime) -> Offer:
    """Tell what a product costs with the coupon that was found for the words ``code`` (empty: none was asked for).

    Strangers name coupons by their codes: a number, which can be guessed, finds none. From a floating price, which the
    buyer names, nothing is taken off.
    """
    if not code or product.has_floating_price:
        return Offer(product)
    if coupon is None or not coupon.is_code(code) or not applies(coupon, [product.id], now):
        return Offer(product, coupon_fails=True)
    (reduced,) = discounted(coupon, [(product.id, product.price)])
    return Offer(product, reduced)
