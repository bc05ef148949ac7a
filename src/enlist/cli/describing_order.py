"""How the commands show orders: as JSON, and as text that moves nothing on the screen."""

from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from enlist.cli.acting import table
from enlist.domain import orders
from enlist.kit import money

_LEFT_OUT: Final = frozenset({"account_id", "items", "fees"})


class Told(NamedTuple):
    """An order with all that is kept of it; ``attribution`` says in a sentence whose it is, and why."""

    order: orders.Order
    payments: list[orders.Payment]
    history: list[orders.Change]
    attribution: str


def shown(order: orders.Order) -> dict[str, Any]:
    """Return an order as JSON shows it, with what is still due."""
    said: dict[str, Any] = {
        name: value for name, value in msgspec.structs.asdict(order).items() if name not in _LEFT_OUT
    }
    return said | {"due": order.due, "items": order.items, "fees": order.fees}


def row(order: orders.Order) -> list[str]:
    """Return an order as one row of a table with ``TITLES``."""
    items = ", ".join(item.name for item in order.items)
    return [str(order.id), _cell(order.created_at), order.state, money.write(order.total), money.write(order.due),
            plain(order.email), plain(items)]  # fmt: skip


TITLES: Final = ("id", "created at", "state", "total", "due", "email", "products")


def as_json(told: Told) -> dict[str, Any]:
    """Return everything about an order as JSON shows it."""
    return shown(told.order) | {
        "attribution": told.attribution,
        "payments": told.payments,
        "history": told.history,
    }


def as_text(told: Told) -> str:
    """Return everything about an order as people read it."""
    said = shown(told.order) | {"attribution": told.attribution}
    lines = [
        f"{name.replace('_', ' '):<17}{_cell(value)}"
        for name, value in said.items()
        if name not in ("items", "fees") and value not in ("", None, {}, False)
    ]
    items = [
        [str(item.place), plain(item.name), plain(item.title), money.write(item.price), money.write(item.sum),
         plain(item.pin_code)]
        for item in told.order.items
    ]  # fmt: skip
    lines += ["", table(items, ("item", "name", "title", "price", "sum", "pin code"))]
    if told.order.fees:
        fees = [[str(fee.place), str(fee.level), fee.partner_login, money.write(fee.amount)] for fee in told.order.fees]
        lines += ["", table(fees, ("item", "level", "partner", "fee"))]
    if told.payments:
        paid = [
            [str(one.id), _cell(one.at), one.kind, money.write(one.amount), one.channel, plain(one.reference),
             plain(one.note)]
            for one in told.payments
        ]  # fmt: skip
        lines += ["", table(paid, ("id", "at", "kind", "amount", "channel", "reference", "note"))]
    changes = [[_cell(line.at), plain(line.actor), line.event, plain(line.detail)] for line in told.history]
    lines += ["", table(changes, ("at", "who", "what", "details"))]
    return "\n".join(lines)


def plain(value: object) -> str:
    """Write text from who knows where so that it stays in its line and moves nothing on the screen."""
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, dict):
        return plain(", ".join(f"{name} {text}" for name, text in value.items()))
    return plain(value)
