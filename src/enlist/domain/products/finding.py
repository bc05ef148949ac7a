"""Finding products."""

from collections.abc import Collection

from enlist.domain.products import queries
from enlist.domain.products.model import Product, as_number
from enlist.kit.text import can_be_kept
from enlist.runtime.db import Tx


async def find(tx: Tx, account_id: int, name: str) -> Product | None:
    """Find a product of the account by its name."""
    if not can_be_kept(name):
        return None
    return (await queries.find_products(tx, [(account_id, name, None)])).get((account_id, name))


async def find_all(tx: Tx, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], Product]:
    """Find products by (account, name or number as text), in one statement; unknown and deleted ones are left out.

    Where one product is called by the number of another, the name wins.
    """
    asked = [(account_id, text, as_number(text)) for account_id, text in wanted if can_be_kept(text)]
    return await queries.find_products(tx, asked) if asked else {}
