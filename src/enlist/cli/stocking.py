"""The commands about categories and pin codes of products."""

from typing import Any

import click

from enlist.cli.acting import Answer, for_account, listed, paged, table
from enlist.domain import accounts, products
from enlist.runtime.db import Tx


@click.group()
def category() -> None:
    """Create and list product categories."""


@for_account(category, "create")
@click.argument("title")
async def create_category(tx: Tx, owner: accounts.Account, title: str) -> Answer:
    """Create the category TITLE in the account LOGIN."""
    made = await products.create_category(tx, owner.id, title)
    return Answer(_shown(made), f"category {made.title} created; its number is {made.id}")


@for_account(category, "list", reading=True)
@paged
async def list_categories(tx: Tx, owner: accounts.Account, after: str, limit: int) -> Answer:
    """List the categories of LOGIN by number."""
    found = await products.list_categories(tx, owner.id, after=after, limit=limit)
    text = table([[str(one.id), one.title] for one in found], ("id", "title"))
    return listed(found, [_shown(one) for one in found], text)


@click.group()
def pins() -> None:
    """Add and count the pin codes of a product, one per buyer."""


@for_account(pins)
@click.argument("name")
@click.argument("file", type=click.File(encoding="utf-8"))
async def add(tx: Tx, owner: accounts.Account, name: str, file: Any) -> Answer:
    """Add the pin codes in FILE to the product NAME of LOGIN.

    FILE has one code on each line; - is standard input.
    """
    codes = file.read().splitlines()
    new = await products.add_pin_codes(tx, owner.id, name, codes)
    return Answer({"name": name, "added": new}, f"{new} new pin codes added to product {name}")


@for_account(pins, reading=True)
@click.argument("name")
async def count(tx: Tx, owner: accounts.Account, name: str) -> Answer:
    """Count the free and issued pin codes of the product NAME."""
    free, issued = await products.count_pin_codes(tx, owner.id, name)
    return Answer({"name": name, "free": free, "issued": issued}, f"free: {free}, issued: {issued}")


def _shown(one: products.Category) -> dict[str, Any]:
    return {"id": one.id, "title": one.title}
