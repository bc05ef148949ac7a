"""The commands about categories and pin codes of products."""

from typing import Any

import click

from enlist.cli.acting import json_option, run_for, say, table
from enlist.domain import accounts, products
from enlist.runtime.db import Tx


@click.group()
def category() -> None:
    """Make and list the categories of products of an account."""


@category.command("create")
@click.argument("login")
@click.argument("title")
@json_option
def create_category(login: str, title: str, as_json: bool) -> None:
    """Make the category TITLE in the account LOGIN."""

    async def act(tx: Tx, owner: accounts.Account) -> products.Category:
        return await products.create_category(tx, owner.id, title)

    made = run_for(login, act, as_json=as_json)
    say(_shown(made), f"category {made.title} is made; its number is {made.id}", as_json=as_json)


@category.command("list")
@click.argument("login")
@json_option
def list_categories(login: str, as_json: bool) -> None:
    """List the categories of LOGIN by number."""

    async def act(tx: Tx, owner: accounts.Account) -> list[products.Category]:
        return await products.list_categories(tx, owner.id)

    found = run_for(login, act, as_json=as_json)
    text = table([[str(one.id), one.title] for one in found], ("id", "title"))
    say([_shown(one) for one in found], text, as_json=as_json)


@click.group()
def pins() -> None:
    """Fill and count the stock of pin codes of a product: each of its buyers gets one."""


@pins.command()
@click.argument("login")
@click.argument("name")
@click.argument("file", type=click.File(encoding="utf-8"))
@json_option
def add(login: str, name: str, file: Any, as_json: bool) -> None:
    """Add the pin codes in FILE (- for standard input), one a line, to the product NAME of LOGIN."""
    codes = file.read().splitlines()

    async def act(tx: Tx, owner: accounts.Account) -> int:
        return await products.add_pin_codes(tx, owner.id, name, codes)

    new = run_for(login, act, as_json=as_json)
    say({"name": name, "added": new}, f"{new} new pin codes are added to product {name}", as_json=as_json)


@pins.command()
@click.argument("login")
@click.argument("name")
@json_option
def count(login: str, name: str, as_json: bool) -> None:
    """Count the pin codes of the product NAME of LOGIN: how many are free, how many handed out."""

    async def act(tx: Tx, owner: accounts.Account) -> tuple[int, int]:
        return await products.count_pin_codes(tx, owner.id, name)

    free, issued = run_for(login, act, as_json=as_json)
    say({"name": name, "free": free, "issued": issued}, f"free: {free}, handed out: {issued}", as_json=as_json)


def _shown(one: products.Category) -> dict[str, Any]:
    return {"id": one.id, "title": one.title}
