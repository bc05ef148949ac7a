"""How this door says each refusal of a subscription: one table."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from enlist.domain import contacts, groups
from enlist.doors.justclick.fields import LEAD, EmailMalformed, EmailMissing
from enlist.runtime.texts import N_

_LABELS: Final = {
    "name": (LEAD["first_name"].name, N_("Name")),
    "phone": (LEAD["phone"].name, N_("Phone")),
    "city": (LEAD["city"].name, N_("City")),
}


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a subscription.

    ``code`` is a stable word for scripts, ``text`` the message that people are told, ``field`` the input that it is
    about (or none), ``label`` the message of that input's name where the text needs it.
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
        return Problem(refusal.code, N_("“%(label)s” is too long. Please shorten it."), field, label)
    return Problem(refusal.code, N_("This form sent a value that is too long. Please tell the owner of the site."))


def _always(problem: Problem) -> Callable[[Any], Problem]:
    return lambda _: problem


REFUSALS: Final[Mapping[type[Exception], Callable[[Any], Problem]]] = {
    EmailMissing: _always(Problem("email_missing", N_("Please enter your email address."), LEAD["email"].name)),
    EmailMalformed: _always(
        Problem(
            "email_malformed", N_("Please enter a complete email address, like anna@example.com."), LEAD["email"].name
        )
    ),
    contacts.BadContact: _cannot_be_kept,
    groups.BadEnrolment: _cannot_be_kept,
    groups.GroupNotFound: _always(
        Problem(
            groups.GroupNotFound.code,
            N_("This form is for a mailing list that no longer exists. Please tell the owner of the site."),
        )
    ),
    groups.GroupForbidden: _always(
        Problem(
            groups.GroupForbidden.code,
            N_("This mailing list doesn’t accept sign-ups. Please tell the owner of the site."),
        )
    ),
    groups.AddressUndeliverable: _always(
        Problem(
            groups.AddressUndeliverable.code,
            N_("Emails to this address are bouncing. Please check it, or use another one."),
            LEAD["email"].name,
        )
    ),
}
