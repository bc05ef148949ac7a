"""The commands about an account's affiliate programme."""

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
    """Show and set how an account's affiliate programme works."""


@for_account(programme, reading=True)
async def show(tx: Tx, owner: accounts.Account) -> Answer:
    """Show the settings of the programme of LOGIN."""
    return _told(await partners.programme(tx, owner.id))


@for_account(programme, "set")
@click.option("--sum-1", type=OrNone(Sum()), help="A fixed sum for each item sold, first level; none: no sum.")
@click.option("--percent-1", type=OrNone(Percentage()), help="Per cent of what is paid, first level; none: nothing.")
@click.option("--sum-2", type=OrNone(Sum()), help="The same for who recruited the partner.")
@click.option("--percent-2", type=OrNone(Percentage()), help="The same for who recruited the partner.")
@click.option("--fee-days", type=OrNone(click.INT), help="From a click on he earns so many days; none: for ever.")
@click.option("--which", type=click.Choice(["first", "last"]), help="Which of several partners' clicks earns.")
@click.option("--new-contacts-only/--all-contacts", default=None, help="Nothing for people known before the click.")
@click.option(
    "--other-click-cancels/--other-click-does-not",
    "other_click_cancels",
    default=None,
    help="A later click that is no partner's takes the sale from him.",
)
@click.option("--money-back/--no-money-back", default=None, help="A refund takes the commission back; of new orders.")
@click.option("--open-registration/--closed-registration", default=None, help="The page lets people register.")
@click.option("--auto-approval/--manual-approval", default=None, help="Who registers is in without waiting.")
@click.option("--store-name", help="What partners read; else the login.")
@click.option("--payout-ways", help="How partners are paid, such as PayPal, bank.")
@click.option("--instructions", type=Text(), help="What partners read first; @FILE: the text in a file.")
async def set_(tx: Tx, owner: accounts.Account, **given: Any) -> Answer:
    """Change those settings of the programme of LOGIN that are given; the others stay.

    What was decided about contacts and orders before stays as it was.
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
    """Return what holds: what was given, nothing for the empty text, else what was before."""
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
            lines.append((name.replace("_", " "), "for ever" if value is None else str(value)))
    return Answer(shown, "\n".join(f"{name:<22}{text}".rstrip() for name, text in lines))
