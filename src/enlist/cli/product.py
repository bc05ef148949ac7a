"""The commands about products."""

from typing import Any, TypeVar

import click

from enlist.cli.acting import json_option, run_for, say, table
from enlist.cli.describing_product import described, properties, shown
from enlist.cli.stocking import category, pins
from enlist.domain import accounts, products
from enlist.kit import money
from enlist.runtime.db import Tx

Value = TypeVar("Value")


@click.group()
def product() -> None:
    """Make, list, change and delete the products of an account; their categories and pin codes."""


product.add_command(category)
product.add_command(pins)


@product.command()
@click.argument("login")
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["digital", "physical", "floating"]),
    default="digital",
    show_default=True,
    help="Floating: the order says the price. A kind never changes.",
)
@properties
@json_option
def create(login: str, name: str, kind: products.Kind, as_json: bool, **given: Any) -> None:
    """Make the product NAME in the account LOGIN; a title and a price it must have.

    Scripts and addresses call it by NAME. A text that begins with @ names the file that holds the text.
    """
    new = described(name, given | {"kind": kind})

    made = run_for(login, lambda tx, owner: products.create(tx, owner.id, new), as_json=as_json)
    say(shown(made), f"product {made.name} is made; its number is {made.id}", as_json=as_json)


@product.command("list")
@click.argument("login")
@json_option
def list_(login: str, as_json: bool) -> None:
    """List the products of LOGIN by number."""

    found = run_for(login, lambda tx, owner: products.list_(tx, owner.id), as_json=as_json)
    rows = [[str(one.id), one.name, one.title, one.kind, money.write(one.price)] for one in found]
    text = table(rows, ("id", "name", "title", "kind", "price"))
    say([shown(one) for one in found], text, as_json=as_json)


@product.command()
@click.argument("login")
@click.argument("name")
@json_option
def show(login: str, name: str, as_json: bool) -> None:
    """Show all that is kept of the product NAME of LOGIN."""

    async def find(tx: Tx, owner: accounts.Account) -> products.Product:
        found = await products.find(tx, owner.id, name)
        if found is None:
            raise products.ProductNotFound(product=name)
        return found

    told = shown(run_for(login, find, as_json=as_json))
    lines = [f"{title.replace('_', ' '):<18}{_cell(value)}".rstrip() for title, value in told.items()]
    say(told, "\n".join(lines), as_json=as_json)


@product.command()
@click.argument("login")
@click.argument("name")
@properties
@json_option
def change(login: str, name: str, as_json: bool, **given: Any) -> None:
    """Change of the product NAME of LOGIN what is given, and nothing else.

    The word none takes away a number, an empty text a text. A text that begins with @ names the file that holds it.
    """
    changes = described(name, given)

    changed = run_for(login, lambda tx, owner: products.change(tx, owner.id, changes), as_json=as_json)
    say(shown(changed), f"product {changed.name} is changed", as_json=as_json)


@product.command()
@click.argument("login")
@click.argument("name")
@json_option
def delete(login: str, name: str, as_json: bool) -> None:
    """Delete the product NAME of LOGIN; orders with it stay, and the name is free again."""

    run_for(login, lambda tx, owner: products.delete(tx, owner.id, name), as_json=as_json)
    say({"name": name, "state": "deleted"}, f"product {name} is deleted", as_json=as_json)


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)
