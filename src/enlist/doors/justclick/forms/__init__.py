"""Subscription forms and order pages, which speak the protocol's field names, served as README.md says."""

from collections.abc import Awaitable, Callable
from typing import Final

from enlist.domain import groups, orders
from enlist.doors.justclick.forms import group_form, helper_scripts, ordering, subscribing
from enlist.doors.justclick.forms.intake import Intake
from enlist.doors.web import Door

HANDLERS: Final = (
    subscribing.process,
    group_form.show,
    helper_scripts.helper,
    ordering.show,
    ordering.show_at_short_address,
    ordering.show_embedded,
    ordering.confirm,
)


def door(
    enrol: Callable[[groups.Enrolment], Awaitable[groups.Enrolled]],
    place_order: Callable[[orders.NewOrder], Awaitable[orders.Placed]],
) -> Door:
    """Make the door; ``enrol`` and ``place_order`` are the ``put`` of those batches."""
    return Door(HANDLERS, {"intake": Intake(enrol, place_order)})


__all__ = ["HANDLERS", "door"]
