"""Contacts: the people of an account, known by their e-mail address, with their cards and what became of them."""

from enlist.domain.contacts.cards import NETWORKS, Address, Card, CardChanges, Change, offset_text
from enlist.domain.contacts.counting import count
from enlist.domain.contacts.describing import add_tags, card, fill_names, history, note, remove_tags, write_card
from enlist.domain.contacts.errors import BadContact, ContactNotFound
from enlist.domain.contacts.finding import find, get
from enlist.domain.contacts.model import Contact, Person, Remembered, check
from enlist.domain.contacts.queries import lock
from enlist.domain.contacts.remembering import create_without_email, remember
from enlist.domain.contacts.updating import mark_confirmed, update

__all__ = [
    "NETWORKS",
    "Address",
    "BadContact",
    "Card",
    "CardChanges",
    "Change",
    "Contact",
    "ContactNotFound",
    "Person",
    "Remembered",
    "add_tags",
    "card",
    "check",
    "count",
    "create_without_email",
    "fill_names",
    "find",
    "get",
    "history",
    "lock",
    "mark_confirmed",
    "note",
    "offset_text",
    "remember",
    "remove_tags",
    "update",
    "write_card",
]
