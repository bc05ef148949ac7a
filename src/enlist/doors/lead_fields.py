"""The fields of somebody who joins, which the signed call AddLeadToGroup and the public forms have in common."""

from typing import Final

from enlist.domain import accounts, contacts, groups
from enlist.kit.email import normalise
from enlist.kit.php_form import Form

_TRUE: Final = frozenset({"1", "true", "on", "yes"})
_MARKS: Final = frozenset(
    f"{whose}_{what}" for whose in ("utm", "aff") for what in ("medium", "source", "campaign", "content", "term")
)


class EmailMissing(Exception):
    """No address was sent."""


class EmailMalformed(Exception):
    """What was sent is no address."""


def enrolment(form: Form, account: accounts.Account, ip: str) -> groups.Enrolment:
    """Read the fields of api-1.0.md §2 and wire.md §7.1 into an enrolment; ``ip`` is the person's address, if known.

    Raises EmailMissing or EmailMalformed.
    """
    text = form.text
    sent = text("lead_email").strip()
    if not sent:
        raise EmailMissing
    email = normalise(sent)
    if email is None:
        raise EmailMalformed
    city, tag = text("lead_city").strip(), text("tag").strip()
    return groups.Enrolment(
        account=account,
        person=contacts.Person(
            email=email,
            name=_name(form),
            phone=text("lead_phone").strip(),
            city=city,
            tags=(tag,) if tag else (),
        ),
        groups=tuple(name for value in form.texts("rid") if (name := value.strip())),
        confirm=truth(text("activation")),
        origin=groups.Origin(tag=tag, city=city, done_url=text("doneurl2").strip(), ip=ip, marks=_marks(form) or None),
    )


def truth(text: str) -> bool:
    """Read a boolean as clients send it (wire.md §6); anything else is no."""
    return text.strip().lower() in _TRUE


def _name(form: Form) -> str:
    parts = (form.text("lead_name"), form.text("lead_middle_name"), form.text("lead_last_name"))
    return " ".join(part for text in parts if (part := text.strip()))


def _marks(form: Form) -> dict[str, str]:
    """Keep the utm_, aff_ marks and the two old numeric ones that were sent, under their own names."""
    marks = {name: mark for name, value in form.mapping("utm").items() if name in _MARKS and (mark := value.strip())}
    for name in ("aff", "ad"):
        if mark := form.text(name).strip():
            marks[name] = mark
    return marks
