"""How this door says each refusal of a subscription: one table."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from enlist.domain import contacts, groups
from enlist.doors.justclick.fields import LEAD, EmailMalformed, EmailMissing

_LABELS: Final = {
    "name": (LEAD["first_name"].name, "field.name"),
    "phone": (LEAD["phone"].name, "field.phone"),
    "city": (LEAD["city"].name, "field.city"),
}


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a subscription.

    ``code`` is a stable word for scripts, ``text`` the key of what people are told, ``field`` the input that it is
    about (or none), ``label`` the key of that input's name where the text needs it.
    """

    code: str
    text: str
    field: str = ""
    label: str = ""


def problem_of(refusal: Exception) -> Problem:
    """Look up what to say about ``refusal``."""
    return REFUSALS[type(refusal)](refusal)


def _cannot_be_kept(refusal: Any) -> Problem:
    field, label = _LABELS.get(refusal.fields["field"], ("", ""))
    if field:
        return Problem(refusal.code, "problem.too_long", field, label)
    return Problem(refusal.code, "problem.too_much")


def _always(problem: Problem) -> Callable[[Any], Problem]:
    return lambda _: problem


REFUSALS: Final[Mapping[type[Exception], Callable[[Any], Problem]]] = {
    EmailMissing: _always(Problem("email_missing", "problem.email_missing", LEAD["email"].name)),
    EmailMalformed: _always(Problem("email_malformed", "problem.email_malformed", LEAD["email"].name)),
    contacts.BadContact: _cannot_be_kept,
    groups.BadEnrolment: _cannot_be_kept,
    groups.GroupNotFound: _always(Problem(groups.GroupNotFound.code, "problem.group_not_found")),
    groups.GroupForbidden: _always(Problem(groups.GroupForbidden.code, "problem.group_forbidden")),
    groups.AddressUndeliverable: _always(
        Problem(groups.AddressUndeliverable.code, "problem.address_undeliverable", LEAD["email"].name)
    ),
}
