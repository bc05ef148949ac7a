"""The functions of the second generation about contacts, their groups and managers (api-2.0.md §§2-4)."""

import re
from typing import Any, Final

from enlist.domain import accounts, contacts, groups
from enlist.doors.justclick import group_names
from enlist.doors.justclick.api import codes
from enlist.doors.justclick.api.calls import EITHER, SECOND, Call, Function, Refusals, always
from enlist.doors.justclick.api.codes import Reply
from enlist.kit.email import EmailAddress, normalise
from enlist.kit.php_form import Form

_TEXTS: Final = {
    "name": "lead_first_name",
    "middle_name": "lead_middle_name",
    "last_name": "lead_last_name",
    "phone": "lead_phone",
    "description": "lead_description",
}
_NETWORKS: Final = {network: f"lead_{network}" for network in contacts.NETWORKS} | {"linkedin": "lead_in"}
# `UTC+03` with or without spaces, `+03`, `-01`, `3` (api-2.0.md §2); also with minutes, which some zones have.
_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-]?)(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE | re.ASCII)


class _Malformed(Exception):
    """A field cannot be read."""


async def add_update_lead(call: Call) -> Reply:
    """addupdatelead: make or change a contact with his card, tags and groups; without an address it is a new one."""
    form = call.form
    sent = form.text("lead_email").strip()
    email = normalise(sent)
    if sent and email is None:
        return codes.WRONG_EMAIL
    try:
        changes = _changes(form)
    except _Malformed:
        return codes.WRONG_DATA
    async with call.services.database.transaction() as tx:
        await groups.keep_contact(
            tx,
            call.account,
            email,
            changes,
            join=_groups(form, "add_to_lists"),
            leave=_groups(form, "remove_from_lists"),
        )
    return codes.OK


async def add_tag_to_lead(call: Call) -> Reply:
    """addtagtolead: add tags to a contact."""
    email = _email(call.form)
    if isinstance(email, Reply):
        return email
    async with call.services.database.transaction() as tx:
        await contacts.add_tags(tx, call.account.id, email, _list(call.form, "add_tags"))
    return codes.OK


async def remove_tag_from_lead(call: Call) -> Reply:
    """removetagfromlead: take tags from a contact; the official sample names them in ``add_tags`` (wire.md §9)."""
    email = _email(call.form)
    if isinstance(email, Reply):
        return email
    field = "remove_tags" if "remove_tags" in call.form else "add_tags"
    async with call.services.database.transaction() as tx:
        await contacts.remove_tags(tx, call.account.id, email, _list(call.form, field))
    return codes.OK


async def remove_lead_from_list(call: Call) -> Reply:
    """removeleadfromlist: take a contact out of groups, as if he had never been there."""
    email = _email(call.form)
    if isinstance(email, Reply):
        return email
    async with call.services.database.transaction() as tx:
        contact = await contacts.find(tx, call.account.id, email)
        if contact is None:
            return codes.ADDRESS_NOT_FOUND
        await groups.remove(tx, call.account.id, contact.id, _groups(call.form, "remove_from_lists"))
    return codes.OK


async def get_all_lists(call: Call) -> Reply:
    """getalllists: the account's groups with their numbers, auto groups left out."""
    async with call.services.database.reading() as tx:
        found = await groups.list_(tx, call.account.id)
    rows: list[dict[str, Any]] = [
        {"id": group.id, "rass_id": group.id, "rass_name": group_names.theirs(group.name), "rass_title": group.title}
        for group in found
    ]
    return Reply(0, "ok", rows)


async def get_personal_managers(call: Call) -> Reply:
    """getpersonalmanagers: who can be named as the manager of a contact or an order."""
    async with call.services.database.reading() as tx:
        found = await accounts.list_managers(tx, call.account.id)
    rows = [{"id": manager.id, "manager_id": manager.id, "manager_name": manager.name} for manager in found]
    return Reply(0, "ok", rows)


def _email(form: Form) -> EmailAddress | Reply:
    sent = form.text("lead_email").strip()
    if not sent:
        return codes.EMAIL_MISSING
    return normalise(sent) or codes.ADDRESS_NOT_FOUND


def _list(form: Form, name: str) -> tuple[str, ...]:
    """Read words divided by commas, each once; samples have spaces and line breaks round them (wire.md §3)."""
    return tuple(dict.fromkeys(word for part in form.text(name).split(",") if (word := part.strip())))


def _groups(form: Form, name: str) -> tuple[str, ...]:
    return tuple(map(group_names.ours, _list(form, name)))


def _changes(form: Form) -> contacts.CardChanges:
    """Read what is said of a contact; what is empty says nothing. Raises _Malformed."""
    said: dict[str, Any] = _said(form, _TEXTS)
    if offset := form.text("lead_utc").strip():
        said["utc_offset"] = _minutes(offset)
    if manager := form.text("lead_personal_manager").strip():
        said["manager_id"] = _number(manager)
    return contacts.CardChanges(
        **said,
        shipping=_said(form, _address("shipping")),
        billing=_said(form, _address("billing")),
        social=_said(form, _NETWORKS),
        add_tags=_list(form, "add_tags"),
        remove_tags=_list(form, "remove_tags"),
    )


def _said(form: Form, names: dict[str, str]) -> dict[str, str]:
    return {field: text for field, name in names.items() if (text := form.text(name).strip())}


def _address(kind: str) -> dict[str, str]:
    return {part: f"lead_{kind}_{part}" for part in contacts.Address.__struct_fields__}


def _minutes(text: str) -> int:
    found = _OFFSET.fullmatch("".join(text.split()).replace("\N{MINUS SIGN}", "-"))
    if found is None:
        raise _Malformed
    sign, hours, minutes = found.groups()
    return (-1 if sign == "-" else 1) * (int(hours) * 60 + int(minutes or 0))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise _Malformed
    return int(text)


_OF_GROUPS: Final[Refusals] = {
    groups.GroupNotFound: always(codes.GROUP_NOT_FOUND),
    groups.GroupForbidden: codes.forbidden_group,
    groups.BadEnrolment: always(codes.WRONG_DATA),
}
_OF_TAGS: Final[Refusals] = {
    contacts.BadContact: always(codes.WRONG_DATA),
    contacts.ContactNotFound: always(codes.ADDRESS_NOT_FOUND),
}

FUNCTIONS: Final = (
    Function(
        "addupdatelead",
        add_update_lead,
        {
            **_OF_GROUPS,
            contacts.BadContact: always(codes.WRONG_DATA),
            accounts.ManagerNotFound: always(codes.WRONG_DATA),
            groups.AddressUndeliverable: always(codes.subscription_error("mail to this address is refused")),
        },
        SECOND,
    ),
    Function("addtagtolead", add_tag_to_lead, _OF_TAGS, SECOND),
    Function("removetagfromlead", remove_tag_from_lead, _OF_TAGS, SECOND),
    Function("removeleadfromlist", remove_lead_from_list, _OF_GROUPS, SECOND),
    Function("getalllists", get_all_lists, {}, EITHER),
    Function("getpersonalmanagers", get_personal_managers, {}, EITHER),
)
