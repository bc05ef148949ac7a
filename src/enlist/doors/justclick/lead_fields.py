"""The fields in which forms and the JustClick API alike say who wants to be in which groups (wire.md §7.1)."""

from enlist.domain import accounts, attribution, contacts, groups
from enlist.doors.justclick.fields import (
    GROUPS,
    LEAD,
    MARKS,
    OLD_MARKS,
    PARTNERS,
    UTM,
    email,
    text,
    value,
)
from enlist.doors.justclick.group_names import ours
from enlist.kit.php_form import Form


def enrolment(
    form: Form, account: accounts.Account, ip: str, touches: tuple[attribution.Touch, ...] = ()
) -> groups.Enrolment:
    """Read from ``form`` the request of a person at ``ip`` (may be empty) to join groups of ``account``.

    ``touches`` are the clicks that led there, besides the marks in the form. Unknown fields are ignored. Raises
    EmailMissing or EmailMalformed.
    """
    address = email(form, LEAD["email"])
    tag, city = text(form, LEAD["tag"]), text(form, LEAD["city"])
    return groups.Enrolment(
        account=account,
        person=contacts.Person(
            email=address,
            name=_name(form),
            phone=text(form, LEAD["phone"]),
            city=city,
            tags=(tag,) if tag else (),
        ),
        groups=group_names(form),
        confirm=value(form, LEAD["confirm"]),
        origin=groups.Origin(tag=tag, city=city, done_url=value(form, LEAD["done_url"]), ip=ip, marks=_marks(form)),
        touches=touches,
    )


def group_names(form: Form) -> tuple[str, ...]:
    """Return the groups named by ``rid[0]``, ``rid[1]`` and so on, each once; empty ones name none."""
    return tuple(dict.fromkeys(ours(name) for sent in form.texts(GROUPS) if (name := sent.strip())))


def affiliates(form: Form) -> tuple[str, ...]:
    """Return the logins of the partners whom an order names outright, first level first.

    The first one is empty where only a partner of the second level is named; there are none where nobody is.
    """
    first, second = (text(form, field) for field in PARTNERS)
    if second:
        return first, second
    return (first,) if first else ()


def marks(form: Form) -> dict[str, str]:
    """Return the marks that stand in ``utm[utm_source]``, ``utm[aff_medium]`` and so on."""
    return {name: mark for name, sent in form.mapping(UTM).items() if name in MARKS and (mark := sent.strip())}


def _name(form: Form) -> str:
    first = text(form, LEAD["first_name"])
    middle, last = LEAD["middle_name"], LEAD["last_name"]
    if middle.name not in form and last.name not in form:
        return first
    return " ".join(part for part in (first, text(form, middle), text(form, last)) if part)


def _marks(form: Form) -> dict[str, str] | None:
    old = {name: mark for name in OLD_MARKS if (mark := form.text(name).strip())}
    return marks(form) | old or None
