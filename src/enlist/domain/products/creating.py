"""Making products and the categories in which they lie."""

from collections.abc import Collection, Mapping
from typing import Any

from enlist.domain import groups
from enlist.domain.products import queries
from enlist.domain.products.checking import LARGEST_NUMBER, check_category_title, check_new_product
from enlist.domain.products.errors import BadProduct, CategoryNotFound, CategoryTaken, ProductTaken
from enlist.domain.products.model import Category, NewProduct, Product
from enlist.kit.errors import Refusal
from enlist.runtime.db import Tx


async def create(tx: Tx, account_id: int, new: NewProduct) -> Product:
    """Make a product; ``kind``, ``title`` and ``price`` must be set.

    Groups that it names and that are missing are made, open without confirmation. Refuses with BadProduct,
    ProductTaken or CategoryNotFound. Source: api-1.0.md §15.
    """
    values = check_new_product(new)
    await check_category(tx, account_id, values)
    product = await queries.insert_product(tx, account_id, values)
    if product is None:
        raise ProductTaken(product=new.name)
    await make_groups(tx, account_id, product.groups)
    return product


async def check_category(tx: Tx, account_id: int, values: Mapping[str, Any]) -> None:
    """Refuse with CategoryNotFound if ``values`` name a category that the account does not have."""
    number = values.get("category_id")
    if number is not None and not (0 < number <= LARGEST_NUMBER and await queries.has_category(tx, account_id, number)):
        raise CategoryNotFound(category=number)


async def make_groups(tx: Tx, account_id: int, names: Collection[str]) -> None:
    """Make the groups of a product that are missing, open without confirmation. Refuses with BadProduct."""
    try:
        await groups.create_missing(tx, account_id, names)
    except groups.GroupForbidden as refusal:
        raise BadProduct(field="groups", reason=f"{refusal.fields['group']} cannot be joined") from None
    except Refusal as refusal:
        raise BadProduct(field="groups", reason=str(refusal)) from None


async def create_category(tx: Tx, account_id: int, title: str) -> Category:
    """Make a category. Refuses with BadCategory or CategoryTaken."""
    plain = check_category_title(title)
    category = await queries.insert_category(tx, account_id, plain)
    if category is None:
        raise CategoryTaken(category=plain)
    return category
