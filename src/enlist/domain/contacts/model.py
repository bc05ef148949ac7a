"""What a contact is, and what of it can be kept."""

from datetime import datetime

import msgspec

from enlist.domain.contacts.errors import BadContact
from enlist.kit.email import EmailAddress
from enlist.kit.text import fault

LONGEST = {"name": 255, "phone": 64, "city": 255, "tag": 255}
MOST_TAGS = 200


class Person(msgspec.Struct, frozen=True):
    """What is said of a person in one go; empty texts say nothing."""

    email: EmailAddress
    name: str = ""
    phone: str = ""
    city: str = ""
    tags: tuple[str, ...] = ()


class Contact(msgspec.Struct, frozen=True):
    """A person of an account; ``confirmed_at`` is when they first followed a link in an email.

    ``email`` may be empty.
    """

    account_id: int
    id: int
    email: str
    name: str
    phone: str
    city: str
    tags: tuple[str, ...]
    confirmed_at: datetime | None
    created_at: datetime


class KnownContact(msgspec.Struct, frozen=True):
    """What enrolling needs to know of a contact: the number, whether it is new, whether they ever confirmed."""

    id: int
    new: bool
    confirmed: bool


def check(person: Person) -> BadContact | None:
    """Tell why ``person`` cannot be kept; None if they can. A name is not cut: nobody would notice."""
    for field in ("name", "phone", "city"):
        if reason := fault(getattr(person, field), LONGEST[field]):
            return BadContact(field=field, reason=reason)
    for tag in person.tags:
        if reason := fault(tag, LONGEST["tag"]):
            return BadContact(field="tag", reason=reason)
    if len(person.tags) > MOST_TAGS:
        return BadContact(field="tags", reason=f"are more than {MOST_TAGS}")
    return None
