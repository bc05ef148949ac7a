"""What orders earn: which commission holds for which item, and how much that is."""

from collections.abc import Iterable, Sequence

from enlist.domain.commissions.model import NewFee, Sale, SaleItem
from enlist.domain.partners import Commission, Programme, Rate


def fees_of(sale: Sale, level: int, partner_id: int, rates: Sequence[Rate], programme: Programme) -> Iterable[NewFee]:
    """Tell what a partner earns on a level by each item of an order, even if that is 0."""
    for item in sale.items:
        amount = commission_of(item, level, rates, programme).of(item.sum)
        yield NewFee(sale.account_id, sale.order_id, item.place, level, partner_id, item.product_id, amount)


def commission_of(item: SaleItem, level: int, rates: Sequence[Rate], programme: Programme) -> Commission:
    """Find the commission that holds: the partner's own, the product's, the programme's, in this order.

    Of the partner's own, one for the product goes before one for all. A product that has commissions decides both
    levels by them. Source: justclick/product.md §2.
    """
    own = {rate.product_id: rate.commission for rate in rates if rate.level == level}
    for product_id in (item.product_id, None):
        if product_id in own:
            return own[product_id]
    return (item.commissions or programme.commissions)[level - 1]
