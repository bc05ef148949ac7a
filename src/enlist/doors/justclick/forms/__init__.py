"""Subscription forms and order pages, which speak the protocol's field names, served as README.md says."""

from typing import Final

from enlist.doors.justclick.forms import group_form, helper_scripts, ordering, subscribing
from enlist.doors.web import Door

DOOR: Final = Door(
    [
        subscribing.process,
        group_form.show,
        helper_scripts.helper,
        ordering.show,
        ordering.show_at_short_address,
        ordering.show_embedded,
        ordering.confirm,
    ]
)

__all__ = ["DOOR"]
