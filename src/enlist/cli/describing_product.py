"""The options that say what a product is like, the same for one that is made and one that is changed."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import click
import msgspec

from enlist.cli.reading_values import OrNone, Percentage, Span, Sum, Text
from enlist.domain import products

Command = TypeVar("Command", bound=Callable[..., Any])

_SUM: Final = OrNone(Sum())
_PERCENT: Final = OrNone(Percentage())
# Where the word none takes the value away.
_REMOVABLE: Final[Mapping[str, tuple[click.ParamType[Any], str]]] = {
    "category-id": (OrNone(click.INT), "Number of the category."),
    "deadline": (OrNone(Span()), "Cancel an unpaid order after so long, such as 3days; else never."),
    "least-payment": (_SUM, "The smallest part payment; else it is paid at once."),
    "commission-1-sum": (_SUM, "What a partner earns; without all four the programme's default."),
    "commission-1-percent": (_PERCENT, "What a partner earns, of what is paid."),
    "commission-2-sum": (_SUM, "What the partner earns who brought that partner."),
    "commission-2-percent": (_PERCENT, "The same, of what is paid."),
    "cost-sum": (_SUM, "What it costs you."),
    "cost-percent": (_PERCENT, "What it costs you, of what is paid."),
}
_TEXTS: Final = {
    "download-url": "What buyers download.",
    "thanks-url": "Where buyers go after paying.",
    "letter-subject": "Subject of the letter after payment.",
    "letter-html": "Its text in HTML, with {$download} and {$pin_code}.",
    "letter-text": "Its plain text, with the same variables.",
    "payment-text": "HTML on the payment page, with #IMAGE# #PRODUCT# #PRICE# #USD#.",
    "created-hook-url": "Called when it is ordered.",
    "paid-hook-url": "Called when it is paid.",
    "post-article": "Article number at the delivery service.",
    "sales-url": "The sales page.",
    "promotion-url": "Further material for partners.",
    "partner-note": "Note for partners.",
}
_FLAGS: Final = {
    "listed": "Show it in the catalogue.",
    "short-address": "Give its order page a short address.",
    "cash-on-delivery": "Send it before it is paid.",
    "for-partners": "Offer it to partners.",
}
_CHOICES: Final = {
    "letter-format": (("text", "html"), "Which text the letter has."),
    "post-service": (("none", "quickpost"), "The delivery service."),
}
_LISTS: Final = {
    "group": ("groups", "Buyers join this group, made if it is missing; may be repeated, empty for none."),
    "country": ("countries", "It is delivered to this country only; may be repeated, empty for everywhere."),
}


def properties(command: Command) -> Command:
    """Give ``command`` an option for each property but the name and the kind; it passes them to ``described``."""
    add = [click.option("--title", metavar="TEXT", help="What people read."), click.option("--price", type=Sum())]
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
    """Make of the options that were given what is said of the product ``name``."""
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
