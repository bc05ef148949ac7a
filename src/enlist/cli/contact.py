"""The commands about contacts."""

from typing import Any, Final, NamedTuple

import click
from msgspec.structs import asdict

from enlist.cli.acting import Answer, for_account, table
from enlist.domain import accounts, attribution, contacts, groups
from enlist.kit.email import EmailAddress, normalise
from enlist.runtime.db import Tx

LONGEST_CELL: Final = 60


class _Shown(NamedTuple):
    contact: contacts.Contact
    card: contacts.Card
    manager: accounts.Manager | None
    memberships: list[groups.Membership]
    attribution: list[str]
    history: list[contacts.Change]


class Email(click.ParamType[EmailAddress]):
    """An email address."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> EmailAddress:
        """Return the address; refuse anything else."""
        address = value if isinstance(value, EmailAddress) else normalise(value)
        if address is None:
            self.fail(f"{value} is not an email address", param, ctx)
        return address


@click.group()
def contact() -> None:
    """Show contacts."""


@for_account(contact, reading=True)
@click.argument("email", type=Email())
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Number of history lines.")
@click.option("--before", type=click.IntRange(1, 2**63 - 1), metavar="LINE", help="Only history lines before this one.")
async def show(tx: Tx, owner: accounts.Account, email: EmailAddress, limit: int, before: int | None) -> Answer:
    """Show the contact EMAIL of LOGIN.

    Prints the card, the groups, the attribution with its reason, and the history, newest line first.
    """
    found = await _find(tx, owner.id, email, limit, before)
    return Answer(_as_json(found), _as_text(found, limit))


async def _find(tx: Tx, account_id: int, email: EmailAddress, limit: int, before: int | None) -> _Shown:
    person = await contacts.find(tx, account_id, email)
    if person is None:
        raise contacts.ContactNotFound(email=email.address)
    card = await contacts.card(tx, account_id, person.id)
    number = card.manager_id
    return _Shown(
        person,
        card,
        await accounts.find_manager(tx, account_id, number) if number is not None else None,
        await groups.list_memberships(tx, account_id, email),
        await attribution.decisions_about(tx, account_id, person.id, limit=limit),
        await contacts.history(tx, account_id, person.id, limit=limit, before=before),
    )


def _as_json(found: _Shown) -> dict[str, Any]:
    person, card = found.contact, found.card
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "middle_name": card.middle_name,
        "last_name": card.last_name,
        "phone": person.phone,
        "city": person.city,
        "time_zone": contacts.offset_text(card.utc_offset),
        "description": card.description,
        "manager": found.manager.name if found.manager else "",
        "shipping": card.shipping,
        "billing": card.billing,
        "social": card.social,
        "tags": person.tags,
        "confirmed_at": person.confirmed_at,
        "created_at": person.created_at,
        "groups": [
            {"name": place.group_name, "state": place.state, "subscribed_at": place.subscribed_at}
            for place in found.memberships
        ],
        "attribution": found.attribution,
        "history": [asdict(line) | {"actor": str(line.actor)} for line in found.history],
    }


def _as_text(found: _Shown, limit: int) -> str:
    said = _as_json(found) | {
        "shipping": found.card.shipping.line,
        "billing": found.card.billing.line,
        "social": ", ".join(f"{network} {name}" for network, name in found.card.social.items()),
        "tags": ", ".join(found.contact.tags),
        "groups": ", ".join(f"{place.group_name} ({place.state})" for place in found.memberships),
    }
    lines = [
        f"{name.replace('_', ' ')}: {_plain(value)}"
        for name, value in said.items()
        if value and name not in ("attribution", "history")
    ]
    lines += [f"attribution: {_plain(sentence)}" for sentence in found.attribution]
    if found.history:
        rows = [
            [str(line.id), line.at.isoformat(" ", "seconds"), str(line.actor), line.field]
            + [_shortened(_plain(text)) for text in (line.before, line.after)]
            for line in found.history
        ]
        lines += ["", table(rows, ("line", "at", "who", "what", "before", "after"))]
    if len(found.history) == limit:
        lines.append(f"more: --before {found.history[-1].id}")
    return "\n".join(lines)


def _plain(value: object) -> str:
    """Return untrusted text without line breaks and control characters, safe to print on a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
