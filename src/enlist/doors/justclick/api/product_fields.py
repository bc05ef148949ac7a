"""The fields in which AddGood and UpdateGood say what a product is like (api-1.0.md §15)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from enlist.domain import products
from enlist.doors.justclick import fields, group_names
from enlist.doors.justclick.fields import Unreadable, sent, text, value
from enlist.kit.php_form import Form

UNITS: Final[Mapping[str, timedelta]] = {
    "min": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


def new_product(form: Form) -> products.NewProduct:
    """Read what AddGood says. Raises Unreadable."""
    return msgspec.structs.replace(changes(form), **sent(form, [fields.PRODUCT_KIND]))


def changes(form: Form) -> products.NewProduct:
    """Read what UpdateGood says: of what is sent, an empty field clears what is kept, but for title and price.

    The kind is not looked at: a product does not become another kind of product (wire.md §9). Raises Unreadable.
    """
    said: dict[str, Any] = sent(form, fields.PRODUCT.values())
    if said.get("category_id") == 0:
        said["category_id"] = None
    said |= _groups(form) | _deadline(form)
    for needed in ("title", "price"):
        if said.get(needed) in ("", None):
            said.pop(needed, None)
    return products.NewProduct(name=text(form, fields.PRODUCT_NAME), **said)


def _groups(form: Form) -> dict[str, tuple[str, ...]]:
    """Read the groups that buyers join, by the first spelling that was sent, each a list or words divided by commas."""
    field = fields.PRODUCT_GROUPS
    for name in field.names:
        if form.tree(name) is not None:
            words = [word.strip() for listed in form.texts(name) for word in field.read(listed)]
            return {field.target: tuple(map(group_names.ours, words))}
    return {}


def _deadline(form: Form) -> dict[str, timedelta | None]:
    """Read the three fields of the deadline: switched off, or a number of units; empty if none was sent."""
    timer, units, duration = fields.PRODUCT_TIMER, fields.PRODUCT_TIMER_UNIT, fields.PRODUCT_TIMER_NUMBER
    if timer.name in form and not value(form, timer):
        return {timer.target: None}
    if not text(form, duration) and timer.name not in form:
        return {}
    unit = UNITS.get(text(form, units).lower())
    if unit is None:
        raise Unreadable(units.name)
    number = value(form, duration)
    if number is None:
        raise Unreadable(duration.name)
    try:
        return {timer.target: unit * number}
    except OverflowError:
        raise Unreadable(duration.name) from None
