"""The commands about what partners earn: rates, statistics, payouts."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import click
import msgspec

from enlist.cli.acting import Answer, for_account
from enlist.cli.programme import written
from enlist.cli.reading_values import Percentage, Sum
from enlist.domain import accounts, commissions, partners, products
from enlist.kit import money
from enlist.runtime.db import Tx

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@for_account()
@click.argument("name", metavar="PARTNER")
@click.option(
    "--level", type=click.IntRange(1, 2), default=1, show_default=True, help="2: for sales of partners they recruited."
)
@click.option("--product", metavar="NAME", help="Only for this product; default: for all.")
@click.option("--sum", "fixed", type=Sum(), help="A fixed sum for each item sold.")
@click.option("--percent", type=Percentage(), help="Per cent of the price paid for it.")
@click.option("--remove", is_flag=True, help="Remove this rate; the next rate in the order above applies again.")
async def rate(
    tx: Tx,
    owner: accounts.Account,
    name: str,
    level: int,
    product: str | None,
    fixed: Decimal | None,
    percent: Decimal | None,
    remove: bool,
) -> Answer:
    """Set an individual commission for a partner of LOGIN.

    The first of these that is set applies: the partner's rate for the product, the partner's rate for all products, the
    product's rate, the affiliate program's rate.
    """
    if remove == (fixed is not None or percent is not None):
        raise click.UsageError("give a sum, a percentage or both; or --remove")
    commission = None if remove else partners.Commission(fixed, percent)
    found = await products.find(tx, owner.id, product) if product is not None else None
    if product is not None and found is None:
        raise products.ProductNotFound(product=product)
    number = found.id if found else None
    await partners.set_rate(tx, owner.id, name, level, commission, product_id=number)
    earns = written(commission) if commission else "the default rate"
    about = {"partner": name, "level": level, "product": product}
    text = f"partner {name} earns {earns} by {f'product {product}' if product else 'all products'}, level {level}"
    return Answer(about | {"commission": msgspec.to_builtins(commission)}, text)


@for_account()
@click.argument("name", metavar="PARTNER")
@click.option("--from", "since", type=_DAY, help="First day, such as 2026-03-01; default: from the beginning.")
@click.option("--to", "until", type=_DAY, help="Last day; default: today.")
async def stats(tx: Tx, owner: accounts.Account, name: str, since: datetime | None, until: datetime | None) -> Answer:
    """Show the statistics of a partner of LOGIN.

    Days are in the account's time zone; the first and the last are included.
    """
    span = (since.date() if since else None, until.date() if until else None)
    told: dict[str, Any] = {
        field: money.write(value) if isinstance(value, Decimal) else value
        for field, value in msgspec.structs.asdict(await commissions.statistics(tx, owner.id, name, *span)).items()
    }
    return Answer(told, "\n".join(f"{field.replace('_', ' '):<14}{value}" for field, value in told.items()))


@for_account()
@click.argument("name", metavar="PARTNER")
@click.argument("amount", type=Sum(), required=False)
@click.option("--note", default="", help="Note that the partner sees.")
async def payout(tx: Tx, owner: accounts.Account, name: str, amount: Decimal | None, note: str) -> Answer:
    """Record a payout of AMOUNT to a partner of LOGIN.

    Without AMOUNT it is the whole balance. The partner is told by email. This moves no money: pay the partner yourself.
    """
    made = await commissions.pay_out(tx, owner.id, name, amount, note=note)
    told = msgspec.structs.asdict(made) | {"amount": money.write(made.amount), "actor": str(made.actor)}
    return Answer(told, f"payout of {told['amount']} to {name} recorded; its number is {made.id}")
