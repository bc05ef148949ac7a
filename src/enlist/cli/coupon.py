"""The commands about coupons."""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import click
import msgspec

from enlist.cli.acting import Answer, for_account, listed, paged, table
from enlist.cli.reading_values import Moment, Percentage, Sum, instant
from enlist.domain import accounts, partners, products
from enlist.kit import money
from enlist.runtime.db import Tx


@click.group()
def coupon() -> None:
    """Create, list and disable coupons."""


@for_account(coupon)
@click.argument("code")
@click.option("--sum", "discount_sum", type=Sum(), help="Discount on the whole order.")
@click.option("--percent", "discount_percent", type=Percentage(), help="Discount on each product.")
@click.option("--from", "valid_from", type=Moment(), help="Valid from this day or moment.")
@click.option("--until", "valid_until", type=Moment(), help="Valid until the end of this day, or this moment.")
@click.option("--product", "names", metavar="NAME", multiple=True, help="Only for this product; may be repeated.")
@click.option("--partner", metavar="LOGIN", help="Orders with the coupon are attributed to this partner.")
@click.option("--most-uses", type=click.IntRange(1), help="How many orders may use it; default: no limit.")
async def create(
    tx: Tx,
    owner: accounts.Account,
    code: str,
    discount_sum: Decimal | None,
    discount_percent: Decimal | None,
    valid_from: date | None,
    valid_until: date | None,
    names: tuple[str, ...],
    partner: str | None,
    most_uses: int | None,
) -> Answer:
    """Create the coupon CODE in the account LOGIN.

    It needs either a sum or a percentage. Days and moments are in the account's time zone. Buyers may type the code in
    upper or lower case.
    """
    zone = ZoneInfo(owner.time_zone)
    new = products.NewCoupon(
        code=code,
        discount_sum=discount_sum,
        discount_percent=discount_percent,
        valid_from=instant(valid_from, zone),
        valid_until=instant(valid_until, zone, after_day=True),
        products=names,
        partner_id=(await partners.get(tx, owner.id, partner)).id if partner else None,
        most_uses=most_uses,
    )
    made = await products.create_coupon(tx, owner.id, new)
    return Answer(_shown(made), f"coupon {made.code} created; its number is {made.id}")


@for_account(coupon, "list", reading=True)
@paged
async def list_(tx: Tx, owner: accounts.Account, after: str, limit: int) -> Answer:
    """List the coupons of LOGIN, including disabled ones."""
    found = await products.list_coupons(tx, owner.id, after=after, limit=limit)
    titles = ("id", "code", "discount", "valid from", "valid until", "uses", "state")
    return listed(found, [_shown(one) for one in found], table([_row(one) for one in found], titles))


@for_account(coupon)
@click.argument("code")
async def disable(tx: Tx, owner: accounts.Account, code: str) -> Answer:
    """Disable the coupon CODE (or number) of LOGIN for new orders."""
    await products.disable_coupon(tx, owner.id, code)
    return Answer({"code": code, "state": "disabled"}, f"coupon {code} is disabled")


def _shown(one: products.Coupon) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.structs.asdict(one)
    del told["account_id"]
    return told


def _row(one: products.Coupon) -> list[str]:
    off = (
        f"{one.discount_percent.normalize():f}%"
        if one.discount_percent
        else money.write(one.discount_sum or money.ZERO)
    )
    valid = [moment.isoformat(" ", "seconds") if moment else "" for moment in (one.valid_from, one.valid_until)]
    uses = f"{one.uses} of {one.most_uses}" if one.most_uses else str(one.uses)
    return [str(one.id), one.code, off, *valid, uses, "disabled" if one.disabled_at else "enabled"]
