"""The commands about the partners of an account."""

from datetime import datetime
from typing import Any, TypeVar

import click
import msgspec

from enlist.cli.acting import Answer, for_account, table
from enlist.cli.partner_links import links
from enlist.cli.partner_money import payout, rate, stats
from enlist.cli.programme import written
from enlist.domain import accounts, commissions, partners
from enlist.kit import money
from enlist.runtime.db import Tx

Value = TypeVar("Value")


@click.group()
def partner() -> None:
    """Add, list and pay partners."""


for command in (rate, stats, payout, links):
    partner.add_command(command)


@for_account(partner)
@click.argument("name", metavar="PARTNER")
@click.option("--name", "called", default="", help="Full name.")
@click.option("--email", default="", help="Email address; needed to sign in to the dashboard.")
@click.option(
    "--recruited-by",
    default="",
    metavar="PARTNER",
    help="The partner who referred them and earns second-level commission.",
)
async def create(tx: Tx, owner: accounts.Account, name: str, called: str, email: str, recruited_by: str) -> Answer:
    """Add a partner to the affiliate program of LOGIN.

    PARTNER is the login that appears in their links.
    """
    new = partners.NewPartner(login=name, name=called, email=email, recruited_by=recruited_by)
    made = await partners.create(tx, owner.id, new)
    return Answer(_shown(made), f"partner {made.login} added; the number is {made.id}")


@for_account(partner, "list", reading=True)
@click.option("--after", default="", metavar="PARTNER", help="Start after this partner.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
async def list_(tx: Tx, owner: accounts.Account, after: str, limit: int) -> Answer:
    """List the partners of LOGIN, including applicants."""
    found = await partners.list_(tx, owner.id, after=after, limit=limit)
    text = table(
        [[str(one.id), one.login, one.name, one.email, one.state] for one in found],
        ("id", "login", "name", "email", "state"),
    )
    if len(found) == limit:
        text += f"\nmore: enlist partner list {owner.login} --after {found[-1].login}"
    return Answer([_shown(one) for one in found], text)


@for_account(partner, reading=True)
@click.argument("name", metavar="PARTNER")
async def show(tx: Tx, owner: accounts.Account, name: str) -> Answer:
    """Show a partner of LOGIN: recruiter, rates, balance."""
    found = await partners.get(tx, owner.id, name)
    by = await partners.get_all(tx, [(owner.id, found.recruited_by)]) if found.recruited_by else {}
    shown = _shown(found) | {
        "recruited_by": next((recruiter.login for recruiter in by.values()), None),
        "rates": [msgspec.to_builtins(one) for one in await partners.list_rates(tx, owner.id, found.login)],
        "balance": money.write(await commissions.balance(tx, owner.id, found.login)),
    }
    lines = [f"{name.replace('_', ' '):<14}{_cell(value)}".rstrip() for name, value in shown.items() if name != "rates"]
    for one in msgspec.convert(shown["rates"], list[partners.Rate]):
        which = f"product {one.product_id}" if one.product_id else "all products"
        lines.append(f"{'rate':<14}level {one.level}, {which}: {written(one.commission)}")
    return Answer(shown, "\n".join(lines))


@for_account(partner)
@click.argument("name", metavar="PARTNER")
async def approve(tx: Tx, owner: accounts.Account, name: str) -> Answer:
    """Approve a partner of LOGIN who is waiting or suspended."""
    return _changed(await partners.approve(tx, owner.id, name))


@for_account(partner)
@click.argument("name", metavar="PARTNER")
async def suspend(tx: Tx, owner: accounts.Account, name: str) -> Answer:
    """Stop a partner from earning; existing balance is kept."""
    return _changed(await partners.suspend(tx, owner.id, name))


@for_account(partner)
@click.argument("name", metavar="PARTNER")
@click.argument("email")
async def change_email(tx: Tx, owner: accounts.Account, name: str, email: str) -> Answer:
    """Change the email address of a partner.

    They are signed out everywhere, and links to sign in that were sent stop working.
    """
    changed = await partners.change_email(tx, owner.id, name, email)
    return Answer(_shown(changed), f"partner {changed.login} is written to at {changed.email}")


def _changed(changed: partners.Partner) -> Answer:
    return Answer(_shown(changed), f"partner {changed.login} is {changed.state}")


def _shown(partner: partners.Partner) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.structs.asdict(partner)
    del told["account_id"]
    return told


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return "" if value is None else str(value)
