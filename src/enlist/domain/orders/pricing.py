"""What the items of an order cost: their own price or a sum that was named, less what a coupon takes off; pure."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from enlist.domain import products
from enlist.domain.orders.errors import SumTooSmall
from enlist.domain.orders.model import NewOrder, Wanted
from enlist.kit import money


def check_sums(new: NewOrder, sold: Sequence[products.Product]) -> SumTooSmall | None:
    """Refuse a sum that is less than the price of a product with a floating price.

    Buyers on a page have to name one for such a product, and it is more than nothing; callers who proved who they are
    may leave it out, which means the price.
    """
    for wanted, product in zip(new.wanted, sold, strict=True):
        if product.has_floating_price and not _is_enough(wanted.sum, product.price, on_page=new.source == "page"):
            return SumTooSmall(product=wanted.product, least=money.write(product.price))
    return None


def check_coupon(
    new: NewOrder, sold: Sequence[products.Product], coupon: products.Coupon | None
) -> products.CouponFails | None:
    """Refuse a code that was typed on a page and does not apply: somebody is there to read that.

    ``coupon`` is what applies. Other callers get the order without the coupon, and so does whoever names a sum.
    """
    if new.source != "page" or not new.coupon or coupon is not None:
        return None
    return None if all(product.has_floating_price for product in sold) else products.CouponFails(coupon=new.coupon)


def sums(new: NewOrder, sold: Sequence[products.Product], coupon: products.Coupon | None) -> list[Decimal]:
    """Return what is to be paid for each item, with a coupon that applies; a sum that was named is not reduced."""
    named = [_named(new, wanted, product) for wanted, product in zip(new.wanted, sold, strict=True)]
    own = [place for place, sum_ in enumerate(named) if sum_ is None]
    prices = [sold[place].price for place in own]
    if coupon is not None:
        prices = products.discounted(coupon, [(sold[place].id, sold[place].price) for place in own])
    reduced = iter(prices)
    return [next(reduced) if sum_ is None else sum_ for sum_ in named]


def reduces(coupon: products.Coupon, new: NewOrder, sold: Sequence[products.Product], at: datetime) -> bool:
    """Tell whether a coupon that was found for an order applies to it.

    Buyers on a page know its code; by its number, which can be guessed, only callers who proved who they are name it.
    """
    if new.source == "page" and not coupon.is_code(new.coupon):
        return False
    return products.applies(coupon, [product.id for product in sold], at)


def _named(new: NewOrder, wanted: Wanted, product: products.Product) -> Decimal | None:
    """Return the sum that was named for an item; on a page none is heard for a product that has a fixed price."""
    return None if new.source == "page" and not product.has_floating_price else wanted.sum


def _is_enough(named: Decimal | None, price: Decimal, *, on_page: bool) -> bool:
    if named is None:
        return not on_page
    return named >= price and bool(named or not on_page)
