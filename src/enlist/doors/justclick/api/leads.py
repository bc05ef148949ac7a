"""The functions of the second generation about contacts, their groups and managers (api-2.0.md §§2-4)."""

from functools import partial
from typing import Any, Final

from enlist.domain import accounts, contacts, groups
from enlist.doors.justclick import group_names
from enlist.doors.justclick.api import codes
from enlist.doors.justclick.api.calls import EITHER, SECOND, Call, Function, Refusals, always
from enlist.doors.justclick.api.codes import Reply
from enlist.doors.justclick.fields import ADDRESSES, CARD, LEAD, NETWORKS, EmailMalformed, email, filled, text
from enlist.doors.justclick.values import listed
from enlist.kit.paging import collect
from enlist.kit.php_form import Form


async def add_update_lead(call: Call) -> Reply:
    """addupdatelead: create or change a contact with card, tags and groups; without an address it is a new one."""
    form = call.form
    address = email(form, LEAD["email"]) if text(form, LEAD["email"]) else None
    changes = _changes(form)
    async with call.services.database.transaction() as tx:
        await groups.keep_contact(
            tx,
            call.account,
            address,
            changes,
            join=_groups(form, "add_to_lists"),
            leave=_groups(form, "remove_from_lists"),
        )
    return codes.OK


async def add_tag_to_lead(call: Call) -> Reply:
    """addtagtolead: add tags to a contact."""
    address = email(call.form, LEAD["email"])
    async with call.services.database.transaction() as tx:
        await contacts.add_tags(tx, call.account.id, address, _list(call.form, "add_tags"))
    return codes.OK


async def remove_tag_from_lead(call: Call) -> Reply:
    """removetagfromlead: take tags from a contact; the official sample names them in ``add_tags`` (wire.md §9)."""
    address = email(call.form, LEAD["email"])
    field = "remove_tags" if "remove_tags" in call.form else "add_tags"
    async with call.services.database.transaction() as tx:
        await contacts.remove_tags(tx, call.account.id, address, _list(call.form, field))
    return codes.OK


async def remove_lead_from_list(call: Call) -> Reply:
    """removeleadfromlist: remove a contact from groups, without a trace of the membership."""
    address = email(call.form, LEAD["email"])
    async with call.services.database.transaction() as tx:
        contact = await contacts.find(tx, call.account.id, address)
        if contact is None:
            return codes.ADDRESS_NOT_FOUND
        await groups.remove(tx, call.account.id, contact.id, _groups(call.form, "remove_from_lists"))
    return codes.OK


async def get_all_lists(call: Call) -> Reply:
    """getalllists: the account's groups with their numbers, auto groups left out."""
    async with call.services.database.reading() as tx:
        found = await collect(partial(groups.list_, tx, call.account.id))
    rows: list[dict[str, Any]] = [
        {"id": group.id, "rass_id": group.id, "rass_name": group_names.theirs(group.name), "rass_title": group.title}
        for group in found
    ]
    return Reply(0, "ok", rows)


async def get_personal_managers(call: Call) -> Reply:
    """getpersonalmanagers: who can be named as the manager of a contact or an order."""
    async with call.services.database.reading() as tx:
        found = await collect(partial(accounts.list_managers, tx, call.account.id))
    rows = [{"id": manager.id, "manager_id": manager.id, "manager_name": manager.name} for manager in found]
    return Reply(0, "ok", rows)


def _list(form: Form, name: str) -> tuple[str, ...]:
    """Read words divided by commas, each once."""
    return tuple(dict.fromkeys(listed(form.text(name))))


def _groups(form: Form, name: str) -> tuple[str, ...]:
    return tuple(map(group_names.ours, _list(form, name)))


def _changes(form: Form) -> contacts.CardChanges:
    """Read what is said of a contact; what is empty says nothing. Raises Unreadable."""
    return contacts.CardChanges(
        **filled(form, CARD.values()),
        shipping=filled(form, ADDRESSES["shipping"].values()),
        billing=filled(form, ADDRESSES["billing"].values()),
        social=filled(form, NETWORKS.values()),
        add_tags=_list(form, "add_tags"),
        remove_tags=_list(form, "remove_tags"),
    )


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
        {EmailMalformed: codes.WRONG_EMAIL},
    ),
    Function("addtagtolead", add_tag_to_lead, _OF_TAGS, SECOND),
    Function("removetagfromlead", remove_tag_from_lead, _OF_TAGS, SECOND),
    Function("removeleadfromlist", remove_lead_from_list, _OF_GROUPS, SECOND),
    Function("getalllists", get_all_lists, {}, EITHER),
    Function("getpersonalmanagers", get_personal_managers, {}, EITHER),
)
