"""The commands about products."""

from typing import Any, TypeVar

import click

from enlist.cli.acting import Answer, for_account, listed, paged, table
from enlist.cli.describing_product import described, properties, shown
from enlist.cli.stocking import category, pins
from enlist.domain import accounts, products
from enlist.kit import money
from enlist.runtime.db import Tx

Value = TypeVar("Value")


@click.group()
def product() -> None:
    """Create, list and change products, categories, pin codes."""


product.add_command(category)
product.add_command(pins)


@for_account(product)
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["digital", "physical", "floating"]),
    default="digital",
    show_default=True,
    help="Floating: the order sets the price. The kind cannot be changed later.",
)
@properties
async def create(tx: Tx, owner: accounts.Account, name: str, kind: products.Kind, **given: Any) -> Answer:
    """Create the product NAME in the account LOGIN.

    A title and a price are required. Scripts and page addresses refer to the product by NAME. A text that begins with @
    is the name of a file with the text.
    """
    new = described(name, given | {"kind": kind})
    made = await products.create(tx, owner.id, new)
    return Answer(shown(made), f"product {made.name} created; its number is {made.id}")


@for_account(product, "list", reading=True)
@paged
async def list_(tx: Tx, owner: accounts.Account, after: str, limit: int) -> Answer:
    """List the products of LOGIN by number."""
    found = await products.list_(tx, owner.id, after=after, limit=limit)
    rows = [[str(one.id), one.name, one.title, one.kind, money.write(one.price)] for one in found]
    text = table(rows, ("id", "name", "title", "kind", "price"))
    return listed(found, [shown(one) for one in found], text)


@for_account(product, reading=True)
@click.argument("name")
async def show(tx: Tx, owner: accounts.Account, name: str) -> Answer:
    """Show the product NAME of LOGIN."""
    found = await products.find(tx, owner.id, name)
    if found is None:
        raise products.ProductNotFound(product=name)
    told = shown(found)
    lines = [f"{title.replace('_', ' '):<18}{_cell(value)}".rstrip() for title, value in told.items()]
    return Answer(told, "\n".join(lines))


@for_account(product)
@click.argument("name")
@properties
async def change(tx: Tx, owner: accounts.Account, name: str, **given: Any) -> Answer:
    """Change the given properties of the product NAME of LOGIN.

    The word none removes a number, an empty text removes a text. A text that begins with @ is the name of a file with
    the text.
    """
    changes = described(name, given)
    changed = await products.change(tx, owner.id, changes)
    return Answer(shown(changed), f"product {changed.name} changed")


@for_account(product)
@click.argument("name")
async def delete(tx: Tx, owner: accounts.Account, name: str) -> Answer:
    """Delete the product NAME of LOGIN; orders with it stay.

    The name can be used again.
    """
    await products.delete(tx, owner.id, name)
    return Answer({"name": name, "state": "deleted"}, f"product {name} deleted")


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)
