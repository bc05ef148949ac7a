"""Categories: the folders that products lie in."""

from typing import Final

from enlist.domain.products import queries
from enlist.domain.products.errors import BadCategory, CategoryTaken
from enlist.domain.products.model import Category
from enlist.runtime.db import Tx

LONGEST_TITLE: Final = 255


async def create_category(tx: Tx, account_id: int, title: str) -> Category:
    """Make a category. Refuses with BadCategory or CategoryTaken."""
    plain = title.strip()
    if not plain or len(plain) > LONGEST_TITLE or not plain.isprintable():
        raise BadCategory(category=title, reason=f"must be one line of 1 to {LONGEST_TITLE} characters")
    category = await queries.insert_category(tx, account_id, plain)
    if category is None:
        raise CategoryTaken(category=plain)
    return category


async def list_categories(tx: Tx, account_id: int) -> list[Category]:
    """List the account's categories by number."""
    return await queries.list_categories(tx, account_id)
