"""Pin codes: filling a product's stock of them and handing one out per bought item, never one twice."""

from collections.abc import Collection, Sequence

from enlist.domain.products import finding, pin_queries
from enlist.domain.products.checking import check_pin_codes
from enlist.domain.products.errors import ProductNotFound
from enlist.domain.products.events import PinCodesAdded
from enlist.domain.products.model import BoughtItem
from enlist.runtime import events
from enlist.runtime.db import Tx


async def add_pin_codes(tx: Tx, account_id: int, name: str, codes: Sequence[str]) -> int:
    """Put pin codes into the stock of the product of that name; return how many of them were new.

    Empty ones and repetitions are passed over. Publishes PinCodesAdded if there were new ones. Refuses with
    ProductNotFound or BadPinCode.
    """
    plain = check_pin_codes(codes)
    product_id = await pin_queries.lock_stock(tx, account_id, name)
    if product_id is None:
        raise ProductNotFound(product=name)
    new = await pin_queries.insert_codes(tx, account_id, product_id, plain)
    if new:
        await events.publish(tx, [PinCodesAdded(owner_id=account_id, product_id=product_id)])
    return new


async def issue_pin_codes(tx: Tx, wanted: Sequence[BoughtItem]) -> dict[tuple[int, int, int], str]:
    """Hand out one free pin code for each (account, product, order, place of the item in it), the oldest first.

    Return them by (account, order, place); who was handed one before gets the same again, and where the stock is empty
    there is none. Callers at the same moment do not get the same code, and wait for each other only about the last ones
    of a stock. The caller holds the locks of the orders, so that nobody else is about the same items.
    """
    if not wanted:
        return {}
    found = await pin_queries.issued_codes(tx, wanted)
    missing = _without(wanted, found)
    if missing:
        found |= await pin_queries.issue_codes(tx, missing, wait=False)
        missing = _without(missing, found)
    if missing:
        # Codes in the hands of others may come back, and new ones may be just about to come. After this look it is
        # certain that there are none, and codes that are added later find the items that have gone away without.
        await pin_queries.watch_stock(tx, {(account_id, product_id) for account_id, product_id, _, _ in missing})
        found |= await pin_queries.issue_codes(tx, missing, wait=True)
    return found


async def count_pin_codes(tx: Tx, account_id: int, name: str) -> tuple[int, int]:
    """Count the product's pin codes: (free, handed out). Refuses with ProductNotFound."""
    product = await finding.find(tx, account_id, name)
    if product is None:
        raise ProductNotFound(product=name)
    return await pin_queries.count_codes(tx, account_id, product.id)


def _without(wanted: Sequence[BoughtItem], found: Collection[tuple[int, int, int]]) -> list[BoughtItem]:
    return [item for item in wanted if (item[0], *item[2:]) not in found]
