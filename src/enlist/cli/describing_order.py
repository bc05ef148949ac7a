"""How the commands show orders: as JSON, and as text that is safe to print on a terminal."""

from collections import defaultdict
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from enlist.cli.acting import table
from enlist.domain import orders
from enlist.kit import money

_LEFT_OUT: Final = frozenset({"account_id", "items", "fees"})


class ShownOrder(NamedTuple):
    """An order with everything stored about it; ``attribution`` is a sentence: whose it is, and why."""

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


def as_json(told: ShownOrder) -> dict[str, Any]:
    """Return everything about an order as JSON shows it."""
    return shown(told.order) | {
        "attribution": told.attribution,
        "payments": told.payments,
        "history": [_history(line) for line in told.history],
    }


def as_text(told: ShownOrder) -> str:
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
    changes = [
        [_cell(line.at), plain(line.actor), line.event.replace("_", " "), plain(_in_words(line))]
        for line in told.history
    ]
    lines += ["", table(changes, ("at", "who", "what", "details"))]
    return "\n".join(lines)


def _history(line: orders.Change) -> dict[str, Any]:
    return {
        "at": line.at,
        "actor": str(line.actor),
        "event": line.event,
        "fields": line.fields,
        "detail": _in_words(line),
    }


_IN_WORDS: Final = {
    "payment": "{amount} {currency}, {channel} {reference}",
    "refund": "{amount} {currency}, {channel} {reference}",
    "placed": "{amount} {currency}",
    "sent": "{tracking_number}",
    "tracking_number": "{tracking_number}",
    "paid": "in full",
    "revived": "paid after the order was cancelled",
    "money_came": "paid although the order is {state}",
    "overpaid": "overpaid by {amount} {currency}",
    "not_enrolled": "not enrolled: {refusal}",
}
_MORE: Final = {
    "whole": "in full",
    "while_hidden": "while the order was hidden",
    "free": "free of charge",
}


def _in_words(line: orders.Change) -> str:
    """Describe an event by its fields; for an old event without fields return the text stored with it."""
    if line.in_words and not line.fields:
        return line.in_words
    said = line.fields
    pattern = "" if "free" in said else _IN_WORDS.get(said.get("reason", line.event), "")
    text = pattern.format_map(defaultdict(str, said)).strip(" ,")
    more = [_MORE[name] for name in said if name in _MORE]
    if "coupon" in said:
        more.append(f"coupon {said['coupon']}")
    if said.get("reason") == "not_enrolled":
        more += [f"{name} {value}" for name, value in said.items() if name not in ("reason", "refusal")]
    return ", ".join(part for part in (text, *more) if part)


def plain(value: object) -> str:
    """Return untrusted text without line breaks and control characters, safe to print on a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in str(value))


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, dict):
        return plain(", ".join(f"{name} {text}" for name, text in value.items()))
    return plain(value)
