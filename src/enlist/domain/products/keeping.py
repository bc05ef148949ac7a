"""Keeping products: making, changing, deleting them."""

from collections.abc import Mapping
from typing import Any

from enlist.domain import groups
from enlist.domain.products import finding, queries
from enlist.domain.products.checking import LARGEST_NUMBER, check_new_product, check_product
from enlist.domain.products.errors import BadProduct, CategoryNotFound, ProductNotFound, ProductTaken
from enlist.domain.products.model import NewProduct, Product
from enlist.kit.errors import Refusal
from enlist.runtime.db import Tx


async def create(tx: Tx, account_id: int, new: NewProduct) -> Product:
    """Make a product; ``kind``, ``title`` and ``price`` must be set.

    Groups that it names and that are missing are made, open without confirmation. Refuses with BadProduct,
    ProductTaken or CategoryNotFound. Source: api-1.0.md §15.
    """
    values = check_new_product(new)
    await _check_category(tx, account_id, values)
    product = await queries.insert_product(tx, account_id, values)
    if product is None:
        raise ProductTaken(product=new.name)
    await _make_groups(tx, account_id, product.groups)
    return product


async def change(tx: Tx, account_id: int, changes: NewProduct) -> Product:
    """Change what is set in ``changes`` of the product of that name; a kind, once chosen, stays whatever is sent.

    Groups that are missing are made, as for a new product. Refuses with ProductNotFound, BadProduct or
    CategoryNotFound. Source: api-1.0.md §15.
    """
    if await finding.find(tx, account_id, changes.name) is None:
        raise ProductNotFound(product=changes.name)
    values = check_product(changes)
    await _check_category(tx, account_id, values)
    product = await queries.update_product(tx, account_id, changes.name, values)
    if product is None:  # deleted since
        raise ProductNotFound(product=changes.name)
    await _make_groups(tx, account_id, values.get("groups", ()))
    return product


async def delete(tx: Tx, account_id: int, name: str) -> None:
    """Delete a product: its name is free again, orders go on telling of it. Refuses with ProductNotFound."""
    if not await queries.delete_product(tx, account_id, name):
        raise ProductNotFound(product=name)


async def _check_category(tx: Tx, account_id: int, values: Mapping[str, Any]) -> None:
    number = values.get("category_id")
    if number is not None and not (0 < number <= LARGEST_NUMBER and await queries.has_category(tx, account_id, number)):
        raise CategoryNotFound(category=number)


async def _make_groups(tx: Tx, account_id: int, names: tuple[str, ...]) -> None:
    for name in sorted(names):  # so that two callers with the same names cannot lock each other out
        found = await groups.find(tx, account_id, name)
        if found is not None and found.fills_itself:
            raise BadProduct(field="groups", reason=f"{name} cannot be joined")
        if found is None:
            try:
                await groups.create(tx, account_id, name, confirmation=False)
            except groups.GroupTaken:
                continue  # made by somebody else at this moment
            except Refusal as refusal:
                raise BadProduct(field="groups", reason=str(refusal)) from None
