"""The fields in which forms and the JustClick API alike say who wants to be in which groups (wire.md §7.1)."""

from typing import Final

from enlist.domain import accounts, attribution, contacts, groups
from enlist.doors.justclick.group_names import ours
from enlist.doors.justclick.redirects import wanted_address
from enlist.kit.email import normalise
from enlist.kit.php_form import Form

UTM_NAMES: Final = frozenset(
    f"{kind}_{part}" for kind in ("utm", "aff") for part in ("medium", "source", "campaign", "content", "term")
)
# Logins of partners, first and second level, whom an order names outright.
PARTNERS_NAMED: Final = ("bill_aff_name", "bill_paff_name")
OLD_MARKS: Final = ("aff", "ad")
# wire.md §6; any other word is a yes, as it is to PHP: the only yes asked for here makes us ask once too often.
_NO: Final = frozenset({"", "0", "false", "off", "no"})


class EmailMissing(Exception):
    """No e-mail address was sent."""


class EmailMalformed(Exception):
    """What was sent as the e-mail address is none."""


def enrolment(
    form: Form, account: accounts.Account, ip: str, touches: tuple[attribution.Touch, ...] = ()
) -> groups.Enrolment:
    """Read from ``form`` the wish of somebody at ``ip`` (may be empty) to be in groups of ``account``.

    ``touches`` are the clicks that led him there, beside the marks in the form. Unknown fields are ignored. Raises
    EmailMissing or EmailMalformed.
    """
    sent = form.text("lead_email").strip()
    if not sent:
        raise EmailMissing
    email = normalise(sent)
    if email is None:
        raise EmailMalformed
    tag = form.text("tag").strip()
    city = form.text("lead_city").strip()
    return groups.Enrolment(
        account=account,
        person=contacts.Person(
            email=email,
            name=_name(form),
            phone=form.text("lead_phone").strip(),
            city=city,
            tags=(tag,) if tag else (),
        ),
        groups=group_names(form),
        confirm=truth(form.text("activation")),
        origin=groups.Origin(
            tag=tag, city=city, done_url=wanted_address(form.text("doneurl2")), ip=ip, marks=_marks(form)
        ),
        touches=touches,
    )


def group_names(form: Form) -> tuple[str, ...]:
    """Return the groups named by ``rid[0]``, ``rid[1]`` and so on, each once; empty ones name none."""
    return tuple(dict.fromkeys(ours(name) for text in form.texts("rid") if (name := text.strip())))


def affiliates(form: Form) -> tuple[str, ...]:
    """Return the logins of the partners whom an order names outright, first level first.

    The first one is empty where only a partner of the second level is named; there are none where nobody is.
    """
    first, second = (form.text(name).strip() for name in PARTNERS_NAMED)
    if second:
        return first, second
    return (first,) if first else ()


def truth(text: str) -> bool:
    """Read a yes or no in any of its spellings (wire.md §6)."""
    return text.strip().lower() not in _NO


def _name(form: Form) -> str:
    first = form.text("lead_name").strip()
    if "lead_middle_name" not in form and "lead_last_name" not in form:
        return first
    parts = (first, form.text("lead_middle_name").strip(), form.text("lead_last_name").strip())
    return " ".join(part for part in parts if part)


def _marks(form: Form) -> dict[str, str] | None:
    marks = {name: mark for name, text in form.mapping("utm").items() if name in UTM_NAMES and (mark := text.strip())}
    for name in OLD_MARKS:
        if mark := form.text(name).strip():
            marks[name] = mark
    return marks or None
