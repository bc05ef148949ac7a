"""The commands about an account's affiliate program."""

from decimal import Decimal
from typing import Any, Final

import click
import msgspec

from enlist.cli.acting import Answer, for_account
from enlist.cli.reading_values import OrNone, Percentage, Sum, Text
from enlist.domain import accounts, partners
from enlist.kit import money
from enlist.runtime.db import Tx

_LEVELS: Final = (1, 2)


@click.group()
def programme() -> None:
    """Show and change the affiliate program (also: program)."""


@for_account(programme, reading=True)
async def show(tx: Tx, owner: accounts.Account) -> Answer:
    """Show the settings of the affiliate program of LOGIN."""
    return _told(await partners.programme(tx, owner.id))


@for_account(programme, "set")
@click.option("--sum-1", type=OrNone(Sum()), help="First-level commission, a sum for each item; none: no sum.")
@click.option(
    "--percent-1",
    type=OrNone(Percentage()),
    help="First-level commission, per cent of the price paid; none: no percentage.",
)
@click.option("--sum-2", type=OrNone(Sum()), help="Second-level commission, a sum: for the partner's recruiter.")
@click.option("--percent-2", type=OrNone(Percentage()), help="Second-level commission, per cent of the price paid.")
@click.option(
    "--fee-days", type=OrNone(click.INT), help="Days after a click during which orders count; none: no limit."
)
@click.option(
    "--which", type=click.Choice(["first", "last"]), help="Which click counts if several partners brought the buyer."
)
@click.option(
    "--new-contacts-only/--all-contacts", default=None, help="No commission for contacts known before the click."
)
@click.option(
    "--other-click-cancels/--other-click-does-not",
    "other_click_cancels",
    default=None,
    help="A later non-partner click cancels the attribution.",
)
@click.option(
    "--money-back/--no-money-back", default=None, help="A refund takes the commission back (new orders only)."
)
@click.option(
    "--open-registration/--closed-registration", default=None, help="Let people register as partners on the page."
)
@click.option("--auto-approval/--manual-approval", default=None, help="Approve new partners automatically.")
@click.option("--store-name", help="Store name that partners see; default: the login.")
@click.option("--payout-ways", help="How partners are paid, such as PayPal, bank.")
@click.option("--instructions", type=Text(), help="Text on the first page of the dashboard; @FILE: from a file.")
async def set_(tx: Tx, owner: accounts.Account, **given: Any) -> Answer:
    """Change the given settings of the affiliate program of LOGIN.

    Attributions of existing contacts and orders do not change.
    """
    wanted = _changed(await partners.programme(tx, owner.id), given)
    await partners.set_programme(tx, owner.id, wanted)
    return _told(wanted)


def _changed(programme: partners.Programme, given: dict[str, Any]) -> partners.Programme:
    said = {name: None if value == "" and name == "fee_days" else value for name, value in given.items()}
    first, second = (
        partners.Commission(_over(given[f"sum_{level}"], before.sum), _over(given[f"percent_{level}"], before.percent))
        for level, before in zip(_LEVELS, programme.commissions, strict=True)
    )
    changes = {
        name: said[name] for name in programme.__struct_fields__ if name != "commissions" and given[name] is not None
    }
    return msgspec.structs.replace(programme, commissions=(first, second), **changes)


def _over(given: Decimal | str | None, before: Decimal | None) -> Decimal | None:
    """Return the new value: the given one, None for an empty text, or the old one if none was given."""
    if given is None:
        return before
    return None if isinstance(given, str) else given


def written(commission: partners.Commission) -> str:
    """Write a commission for people, such as ``5.00 and 10%``."""
    parts = [money.write(commission.sum)] if commission.sum is not None else []
    if commission.percent is not None:
        parts.append(f"{commission.percent.normalize():f}%")
    return " and ".join(parts) or "nothing"


def _told(programme: partners.Programme) -> Answer:
    shown: dict[str, Any] = msgspec.structs.asdict(programme)
    lines = []
    for name, value in shown.items():
        if name == "commissions":
            lines += [(f"level {level}", written(one)) for level, one in zip(_LEVELS, value, strict=True)]
        elif isinstance(value, bool):
            lines.append((name.replace("_", " "), "yes" if value else "no"))
        else:
            lines.append((name.replace("_", " "), "no limit" if value is None else str(value)))
    return Answer(shown, "\n".join(f"{name:<22}{text}".rstrip() for name, text in lines))
