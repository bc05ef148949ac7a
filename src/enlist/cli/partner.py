"""The commands about the partners of an account."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import click
import msgspec

from enlist.cli.acting import json_option, run_for, say, table
from enlist.cli.partner_links import links
from enlist.cli.partner_money import payout, rate, stats
from enlist.cli.programme import written
from enlist.domain import accounts, commissions, partners
from enlist.kit import money
from enlist.runtime.db import Tx

Value = TypeVar("Value")


@click.group()
def partner() -> None:
    """Take in, list and pay the partners of an account."""


for command in (rate, stats, payout, links):
    partner.add_command(command)


@partner.command()
@click.argument("login")
@click.argument("name", metavar="PARTNER")
@click.option("--name", "called", default="", help="What he is called.")
@click.option("--email", default="", help="Where he gets letters; without it he cannot sign in to his cabinet.")
@click.option("--recruited-by", default="", metavar="PARTNER", help="Who brought him, and earns on the second level.")
@json_option
def create(login: str, name: str, called: str, email: str, recruited_by: str, as_json: bool) -> None:
    """Take somebody into the programme of LOGIN; his links name him by PARTNER."""
    new = partners.NewPartner(login=name, name=called, email=email, recruited_by=recruited_by)
    made = run_for(login, lambda tx, owner: partners.create(tx, owner.id, new), as_json=as_json)
    say(_shown(made), f"partner {made.login} is in the programme; his number is {made.id}", as_json=as_json)


@partner.command("list")
@click.argument("login")
@click.option("--after", default="", metavar="PARTNER", help="Begin behind this partner.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
def list_(login: str, after: str, limit: int, as_json: bool) -> None:
    """List the partners of LOGIN, those who wait for approval too."""

    async def find(tx: Tx, owner: accounts.Account) -> list[partners.Partner]:
        return await partners.list_(tx, owner.id, after=after, limit=limit)

    found = run_for(login, find, as_json=as_json)
    text = table(
        [[str(one.id), one.login, one.name, one.email, one.state] for one in found],
        ("id", "login", "name", "email", "state"),
    )
    if len(found) == limit:
        text += f"\nmore: enlist partner list {login} --after {found[-1].login}"
    say([_shown(one) for one in found], text, as_json=as_json)


@partner.command()
@click.argument("login")
@click.argument("name", metavar="PARTNER")
@json_option
def show(login: str, name: str, as_json: bool) -> None:
    """Show a partner of LOGIN: who brought him, his own rates, what is due to him."""

    async def find(tx: Tx, owner: accounts.Account) -> dict[str, Any]:
        found = await partners.get(tx, owner.id, name)
        by = await partners.get_all(tx, [(owner.id, found.recruited_by)]) if found.recruited_by else {}
        return _shown(found) | {
            "recruited_by": next((recruiter.login for recruiter in by.values()), None),
            "rates": [msgspec.to_builtins(one) for one in await partners.list_rates(tx, owner.id, found.login)],
            "balance": money.write(await commissions.balance(tx, owner.id, found.login)),
        }

    shown = run_for(login, find, as_json=as_json)
    lines = [f"{name.replace('_', ' '):<14}{_cell(value)}".rstrip() for name, value in shown.items() if name != "rates"]
    for one in msgspec.convert(shown["rates"], list[partners.Rate]):
        which = f"product {one.product_id}" if one.product_id else "all products"
        lines.append(f"{'rate':<14}level {one.level}, {which}: {written(one.commission)}")
    say(shown, "\n".join(lines), as_json=as_json)


@partner.command()
@click.argument("login")
@click.argument("name", metavar="PARTNER")
@json_option
def approve(login: str, name: str, as_json: bool) -> None:
    """Let in a partner of LOGIN who waits for it, or is suspended."""
    _change(partners.approve, login, name, as_json)


@partner.command()
@click.argument("login")
@click.argument("name", metavar="PARTNER")
@json_option
def suspend(login: str, name: str, as_json: bool) -> None:
    """Let a partner of LOGIN earn nothing more; what he earned stays his."""
    _change(partners.suspend, login, name, as_json)


def _change(
    change: Callable[[Tx, int, str], Awaitable[partners.Partner]], login: str, name: str, as_json: bool
) -> None:
    changed = run_for(login, lambda tx, owner: change(tx, owner.id, name), as_json=as_json)
    say(_shown(changed), f"partner {changed.login} is {changed.state}", as_json=as_json)


def _shown(partner: partners.Partner) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.structs.asdict(partner)
    del told["account_id"]
    return told


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return "" if value is None else str(value)
