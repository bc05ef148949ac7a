"""Changing and deleting products."""

from enlist.domain.products import finding, queries
from enlist.domain.products.checking import check_product
from enlist.domain.products.creating import check_category, make_groups
from enlist.domain.products.errors import ProductNotFound
from enlist.domain.products.model import NewProduct, Product
from enlist.runtime.db import Tx


async def change(tx: Tx, account_id: int, changes: NewProduct) -> Product:
    """Change what is set in ``changes`` of the product of that name; a kind, once chosen, stays whatever is sent.

    Groups that are missing are made, as for a new product. Refuses with ProductNotFound, BadProduct or
    CategoryNotFound. Source: api-1.0.md §15.
    """
    if await finding.find(tx, account_id, changes.name) is None:
        raise ProductNotFound(product=changes.name)
    values = check_product(changes)
    await check_category(tx, account_id, values)
    product = await queries.update_product(tx, account_id, changes.name, values)
    if product is None:  # deleted since
        raise ProductNotFound(product=changes.name)
    await make_groups(tx, account_id, values.get("groups", ()))
    return product


async def delete(tx: Tx, account_id: int, name: str) -> None:
    """Delete a product: its name is free again, orders go on telling of it. Refuses with ProductNotFound."""
    if not await queries.delete_product(tx, account_id, name):
        raise ProductNotFound(product=name)
