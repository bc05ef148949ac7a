"""The commands about what partners earn: their rates, their statistics, what they are paid."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import click
import msgspec

from enlist.cli.acting import json_option, run_for, say
from enlist.cli.programme import written
from enlist.cli.reading_values import Percentage, Sum
from enlist.domain import accounts, commissions, partners, products
from enlist.kit import money
from enlist.runtime.db import Tx

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("login")
@click.argument("name", metavar="PARTNER")
@click.option("--level", type=click.IntRange(1, 2), default=1, show_default=True, help="2: by whom he recruited.")
@click.option("--product", metavar="NAME", help="Only for this product; else for all.")
@click.option("--sum", "fixed", type=Sum(), help="A fixed sum for each item sold.")
@click.option("--percent", type=Percentage(), help="Per cent of what is paid for it.")
@click.option("--remove", is_flag=True, help="Take this rate away: what is set elsewhere holds again.")
@json_option
def rate(
    login: str,
    name: str,
    level: int,
    product: str | None,
    fixed: Decimal | None,
    percent: Decimal | None,
    remove: bool,
    as_json: bool,
) -> None:
    """Give a partner of LOGIN a commission of his own.

    His own for a product goes before his own for all, that before the product's, that before the programme's.
    """
    if remove == (fixed is not None or percent is not None):
        raise click.UsageError("give a sum, a percentage or both; or --remove")
    commission = None if remove else partners.Commission(fixed, percent)

    async def act(tx: Tx, owner: accounts.Account) -> None:
        found = await products.find(tx, owner.id, product) if product is not None else None
        if product is not None and found is None:
            raise products.ProductNotFound(product=product)
        number = found.id if found else None
        await partners.set_rate(tx, owner.id, name, level, commission, product_id=number)

    run_for(login, act, as_json=as_json)
    earns = written(commission) if commission else "what is set elsewhere"
    about = {"partner": name, "level": level, "product": product}
    text = f"partner {name} earns {earns} by {f'product {product}' if product else 'all products'}, level {level}"
    say(about | {"commission": msgspec.to_builtins(commission)}, text, as_json=as_json)


@click.command()
@click.argument("login")
@click.argument("name", metavar="PARTNER")
@click.option("--from", "since", type=_DAY, help="The first day, such as 2026-03-01; else from the beginning.")
@click.option("--to", "until", type=_DAY, help="The last day; else until now.")
@json_option
def stats(login: str, name: str, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Sum up what a partner of LOGIN did; days are those of the account's time zone, both ends included."""

    async def act(tx: Tx, owner: accounts.Account) -> commissions.Statistics:
        span = (since.date() if since else None, until.date() if until else None)
        return await commissions.statistics(tx, owner.id, name, *span)

    told: dict[str, Any] = {
        field: money.write(value) if isinstance(value, Decimal) else value
        for field, value in msgspec.structs.asdict(run_for(login, act, as_json=as_json)).items()
    }
    say(told, "\n".join(f"{field.replace('_', ' '):<14}{value}" for field, value in told.items()), as_json=as_json)


@click.command()
@click.argument("login")
@click.argument("name", metavar="PARTNER")
@click.argument("amount", type=Sum(), required=False)
@click.option("--note", default="", help="What the partner reads about it.")
@json_option
def payout(login: str, name: str, amount: Decimal | None, note: str, as_json: bool) -> None:
    """Record that a partner of LOGIN was paid AMOUNT, or all that is due to him; he is told by a letter.

    The money itself moves outside.
    """

    async def act(tx: Tx, owner: accounts.Account) -> commissions.Payout:
        return await commissions.pay_out(tx, owner.id, name, amount, note=note)

    made = run_for(login, act, as_json=as_json)
    told = msgspec.structs.asdict(made) | {"amount": money.write(made.amount), "actor": str(made.actor)}
    say(told, f"a payout of {told['amount']} to {name} is recorded; its number is {made.id}", as_json=as_json)
