"""The options for the properties of a product, shared by the commands that create and change one."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import click
import msgspec

from enlist.cli.reading_values import OrNone, Percentage, Span, Sum, Text
from enlist.domain import products

Command = TypeVar("Command", bound=Callable[..., Any])

_SUM: Final = OrNone(Sum())
_PERCENT: Final = OrNone(Percentage())
# Properties that the word none removes.
_REMOVABLE: Final[Mapping[str, tuple[click.ParamType[Any], str]]] = {
    "category-id": (OrNone(click.INT), "Category number."),
    "deadline": (OrNone(Span()), "Cancel unpaid orders after this time, such as 3days; default: never."),
    "least-payment": (_SUM, "Smallest partial payment; default: paid in one payment."),
    "commission-1-sum": (_SUM, "Commission of the partner, a sum; default: the affiliate program's."),
    "commission-1-percent": (_PERCENT, "Commission of the partner, per cent of the price paid."),
    "commission-2-sum": (_SUM, "Commission of the partner who referred them, a sum."),
    "commission-2-percent": (_PERCENT, "The same, per cent of the price paid."),
    "cost-sum": (_SUM, "Your cost, a sum."),
    "cost-percent": (_PERCENT, "Your cost, per cent of the price paid."),
}
_TEXTS: Final = {
    "download-url": "File that buyers download.",
    "thanks-url": "Page that buyers see after paying.",
    "letter-subject": "Subject of the email after payment.",
    "letter-html": "HTML of that email, with {$download} and {$pin_code}.",
    "letter-text": "Plain text of that email, with the same variables.",
    "payment-text": "HTML on the payment page, with #IMAGE# #PRODUCT# #PRICE# #USD#.",
    "created-hook-url": "URL to call when it is ordered.",
    "paid-hook-url": "URL to call when it is paid.",
    "post-article": "Article number of the delivery service.",
    "sales-url": "Sales page.",
    "promotion-url": "Marketing material for partners.",
    "partner-note": "Note for partners.",
}
_FLAGS: Final = {
    "listed": "List it in the catalogue.",
    "short-address": "Give its order page a short address.",
    "cash-on-delivery": "Send it before it is paid for.",
    "for-partners": "Offer it to partners.",
}
_CHOICES: Final = {
    "letter-format": (("text", "html"), "Format of the email after payment."),
    "post-service": (("none", "quickpost"), "Delivery service."),
}
_LISTS: Final = {
    "group": ("groups", "Add buyers to this group, created if missing; may be repeated, empty for none."),
    "country": ("countries", "Deliver to this country only; may be repeated, empty for everywhere."),
}


def properties(command: Command) -> Command:
    """Give ``command`` an option for each property except name and kind; the command passes them to ``described``."""
    add = [click.option("--title", metavar="TEXT", help="Title that people see."), click.option("--price", type=Sum())]
    add += [
        click.option(f"--{name}", ours, metavar="NAME", multiple=True, help=h) for name, (ours, h) in _LISTS.items()
    ]
    add += [click.option(f"--{name}/--no-{name}", default=None, help=help_) for name, help_ in _FLAGS.items()]
    add += [click.option(f"--{name}", type=type_, help=help_) for name, (type_, help_) in _REMOVABLE.items()]
    add += [click.option(f"--{name}", type=Text(), help=help_) for name, help_ in _TEXTS.items()]
    add += [click.option(f"--{name}", type=click.Choice(words), help=h) for name, (words, h) in _CHOICES.items()]
    for option in reversed(add):
        command = option(command)
    return command


def described(name: str, given: Mapping[str, Any]) -> products.NewProduct:
    """Return the product ``name`` with the properties from the given options."""
    removable = {option.replace("-", "_") for option in _REMOVABLE}
    said = {key: value for key, value in given.items() if value not in (None, ())}
    said = {key: None if key in removable and value == "" else value for key, value in said.items()}
    return products.NewProduct(name=name, **said)


def shown(product: products.Product) -> dict[str, Any]:
    """Return all properties of a product, as commands show them in JSON."""
    told: dict[str, Any] = msgspec.structs.asdict(product)
    del told["account_id"]
    told["deadline"] = None if product.deadline is None else product.deadline.total_seconds()
    return told
