"""What the card of a contact is, and the whole rule of changing it, which needs no database."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from enlist.domain.contacts.errors import BadContact
from enlist.domain.contacts.model import LONGEST, MOST_TAGS, Contact
from enlist.kit.text import fault
from enlist.runtime.actors import Actor

NETWORKS: Final = ("facebook", "instagram", "whatsapp", "telegram", "viber", "vkontakte", "linkedin")
# In minutes east of UTC: from Baker Island to Kiribati.
LEAST_OFFSET: Final = -12 * 60
LARGEST_OFFSET: Final = 14 * 60

# A field, what stood in it and what stands in it now, as people read it.
Difference = tuple[str, str, str]


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """A postal address; parts that are not known are empty."""

    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country_code: str = ""

    @property
    def line(self) -> str:
        """The parts joined by commas, as cards show them (api-2.0.md §2)."""
        return ", ".join(part for part in msgspec.structs.astuple(self) if part)


class Card(msgspec.Struct, frozen=True):
    """What is known of a contact beyond what every form asks: ``utc_offset`` in minutes, ``social`` the ids by network.

    Empty texts and None are not known. The first name is the contact's ``name``.
    """

    middle_name: str = ""
    last_name: str = ""
    utc_offset: int | None = None
    description: str = ""
    manager_id: int | None = None
    shipping: Address = Address()
    billing: Address = Address()
    social: Mapping[str, str] = {}


class CardChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What is to become of a contact and their card: what is set overwrites, empty texts erase, the rest stays.

    ``shipping`` and ``billing`` name parts of an Address, ``social`` some of NETWORKS; those that are not named stay.
    ``remove_tags`` go before ``add_tags`` come.
    """

    name: str | UnsetType = UNSET
    phone: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    middle_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    utc_offset: int | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    manager_id: int | UnsetType | None = UNSET
    shipping: Mapping[str, str] = {}
    billing: Mapping[str, str] = {}
    social: Mapping[str, str] = {}
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True):
    """A line of a contact's history: who changed which field.

    ``before`` and ``after`` are as people read them; of tags and groups only those that went or came.
    """

    id: int
    at: datetime
    actor: Actor
    field: str
    before: str
    after: str


Known = TypeVar("Known", Contact, Card)

_LONGEST: Final = {
    "name": LONGEST["name"], "phone": LONGEST["phone"], "city": LONGEST["city"], "middle_name": 255, "last_name": 255,
    "description": 10_000,
}  # fmt: skip
_LONGEST_PART: Final = 255


def check_changes(changes: CardChanges) -> BadContact | None:
    """Tell why ``changes`` cannot be kept, whomever they are about; None if they can."""
    for field, longest in _LONGEST.items():
        text = getattr(changes, field)
        if text is not UNSET and (reason := fault(text, longest)):
            return BadContact(field=field, reason=reason)
    for field, known in (("shipping", Address.__struct_fields__), ("billing", Address.__struct_fields__),
                         ("social", NETWORKS)):  # fmt: skip
        for part, text in getattr(changes, field).items():
            if part not in known:
                return BadContact(field=f"{field} {part}", reason="is no part of a card")
            if reason := fault(text, _LONGEST_PART):
                return BadContact(field=f"{field} {part}", reason=reason)
    for tag in changes.add_tags:
        if reason := fault(tag, LONGEST["tag"]):
            return BadContact(field="tag", reason=reason)
    if len(changes.add_tags) > MOST_TAGS:
        return BadContact(field="tags", reason=f"are more than {MOST_TAGS}")
    offset = changes.utc_offset
    if isinstance(offset, int) and not LEAST_OFFSET <= offset <= LARGEST_OFFSET:
        return BadContact(field="utc_offset", reason="is further from UTC than any place on earth")
    return None


def apply(changes: CardChanges, contact: Contact, card: Card) -> tuple[Contact, Card, list[Difference]]:
    """Return contact and card as ``changes`` make them, and in what they differ from before.

    A contact has at most MOST_TAGS tags: those that came first stay.
    """
    written = _set(contact, changes, ("name", "phone", "city"))
    written = msgspec.structs.replace(written, tags=_tags(changes, contact.tags))
    described = msgspec.structs.replace(
        _set(card, changes, ("middle_name", "last_name", "utc_offset", "description", "manager_id")),
        shipping=msgspec.structs.replace(card.shipping, **changes.shipping),
        billing=msgspec.structs.replace(card.billing, **changes.billing),
        social={network: text for network, text in ({**card.social, **changes.social}).items() if text},
    )
    return written, described, [*_contact_differences(contact, written), *_card_differences(card, described)]


def offset_text(minutes: int | None) -> str:
    """Write an offset as cards show it, such as ``UTC+03:00``; empty for none."""
    if minutes is None:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _set(known: Known, changes: CardChanges, fields: Iterable[str]) -> Known:
    said = {field: value for field in fields if (value := getattr(changes, field)) is not UNSET}
    return msgspec.structs.replace(known, **said)


def _tags(changes: CardChanges, tags: tuple[str, ...]) -> tuple[str, ...]:
    removed = set(changes.remove_tags)
    kept = [tag for tag in tags if tag not in removed]
    return tuple(dict.fromkeys([*kept, *changes.add_tags]))[:MOST_TAGS]


def _contact_differences(before: Contact, after: Contact) -> list[Difference]:
    found = _differences(before, after, ("name", "phone", "city"))
    gone = [tag for tag in before.tags if tag not in after.tags]
    come = [tag for tag in after.tags if tag not in before.tags]
    if gone or come:
        found.append(("tags", ", ".join(gone), ", ".join(come)))
    return found


def _card_differences(before: Card, after: Card) -> list[Difference]:
    found = _differences(before, after, ("middle_name", "last_name", "description"))
    found += _differences(before, after, ("utc_offset",), offset_text)
    found += _differences(before, after, ("manager_id",), lambda number: "" if number is None else str(number))
    for place in ("shipping", "billing"):
        parts = _differences(getattr(before, place), getattr(after, place), Address.__struct_fields__)
        found += [(f"{place}.{part}", old, new) for part, old, new in parts]
    for network in NETWORKS:
        texts = before.social.get(network, ""), after.social.get(network, "")
        if texts[0] != texts[1]:
            found.append((f"social.{network}", *texts))
    return found


def _differences(
    before: object, after: object, fields: Iterable[str], text: Callable[..., str] = str
) -> list[Difference]:
    values = [(field, getattr(before, field), getattr(after, field)) for field in fields]
    return [(field, text(old), text(new)) for field, old, new in values if old != new]
