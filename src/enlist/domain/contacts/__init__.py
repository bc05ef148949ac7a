"""Contacts: the people of an account, known by their e-mail address."""

from enlist.domain.contacts.counting import count
from enlist.domain.contacts.errors import BadContact, ContactNotFound
from enlist.domain.contacts.finding import find, get
from enlist.domain.contacts.model import Contact, Person, Remembered, check
from enlist.domain.contacts.remembering import remember
from enlist.domain.contacts.updating import mark_confirmed, update

__all__ = [
    "BadContact",
    "Contact",
    "ContactNotFound",
    "Person",
    "Remembered",
    "check",
    "count",
    "find",
    "get",
    "mark_confirmed",
    "remember",
    "update",
]
