"""Having the letters about bought items written when they are to be sent."""

from collections.abc import Mapping, Sequence

from enlist.domain import accounts, delivery, products
from enlist.domain.orders import reading_queries as queries
from enlist.domain.orders.messages import composing
from enlist.domain.orders.model import Item, Links, Order
from enlist.kit import money
from enlist.runtime.db import Tx

Key = tuple[int, int]


def purchase_composer(links: Links, words: Mapping[str, str]) -> delivery.Composer:
    """Make what writes the letters after a purchase.

    ``links`` makes complete addresses; ``words`` are other words for what owners may have filled in
    (``composing.VARIABLES``), by which they know it.
    """

    async def compose(tx: Tx, letters: Sequence[delivery.QueuedLetter]) -> list[delivery.Content | None]:
        keys = [(letter.account_id, letter.data["order_id"]) for letter in letters]
        orders = await queries.get_all(tx, set(keys), hidden=True)
        bought = [_item(orders.get(key), letter.data["place"]) for key, letter in zip(keys, letters, strict=True)]
        sold = await products.get_all(
            tx, {(key[0], item.product_id) for key, item in zip(keys, bought, strict=True) if item}
        )
        owners = await accounts.owners(tx, {key[0] for key in keys})
        return [
            _content(orders[key], item, sold, owners[key[0]], links, words) if item else None
            for key, item in zip(keys, bought, strict=True)
        ]

    return compose


def _item(order: Order | None, place: int) -> Item | None:
    if order is None or order.state == "refunded":
        return None  # the money went back: nobody owes the buyer this email any more
    return next((item for item in order.items if item.place == place), None)


def _content(
    order: Order,
    item: Item,
    sold: Mapping[Key, products.Product],
    owner: accounts.Owner,
    links: Links,
    words: Mapping[str, str],
) -> delivery.Content | None:
    product = sold.get((order.account_id, item.product_id))
    if product is None:
        return None
    return composing.purchase(
        owner.locale,
        composing.Purchase(
            product=product,
            title=item.title,
            name=order.first_name,
            order_id=order.id,
            sum=money.write(order.total),
            pin_code=item.pin_code,
            order_url=links.pay(order.account_id, order.id),
            shop=owner.login,
        ),
        words,
    )
