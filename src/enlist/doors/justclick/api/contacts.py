"""The functions about contacts and groups (api-1.0.md §§2-7)."""

from functools import partial
from typing import Final

from enlist.domain import contacts, groups
from enlist.doors.justclick import group_names, lead_fields
from enlist.doors.justclick.api import codes
from enlist.doors.justclick.api.calls import EITHER, Call, Function, always
from enlist.doors.justclick.api.codes import Reply
from enlist.doors.justclick.fields import CUSTOMER, LEAD, EmailMalformed, email, text, value
from enlist.kit.paging import collect

STATUS_WORDS: Final = {
    "waiting": "STATUS_WAIT",
    "active": "STATUS_SUBSCRIBE",
    "left": "STATUS_UNSUBSCRIBE",
    "removed": "STATUS_UNSUBSCRIBE_BY_SERVICE",
    "undeliverable": "STATUS_INVALID_EMAIL",
}


async def add_lead_to_group(call: Call) -> Reply:
    """AddLeadToGroup: put a contact into groups; 100 to 104 are its refusals."""
    # The caller is the owner's own server, so its address says nothing of the person.
    enrolment = lead_fields.enrolment(call.form, call.account, ip="")
    enrolled = await call.services.enrol(enrolment)
    return codes.ACTIVATION_SENT if enrolled.waiting else codes.OK


async def update_subscriber_data(call: Call) -> Reply:
    """UpdateSubscriberData: change what is known of a contact; empty fields change nothing, tags are added."""
    person = contacts.Person(
        email=email(call.form, LEAD["email"]),
        name=text(call.form, LEAD["first_name"]),
        phone=text(call.form, LEAD["phone"]),
        city=text(call.form, LEAD["city"]),
        tags=tuple(value(call.form, LEAD["tags"])),
    )
    async with call.services.database.transaction() as tx:
        await contacts.update(tx, call.account.id, person)
    return codes.OK


async def delete_subscribe(call: Call) -> Reply:
    """DeleteSubscribe: take a contact out of one group."""
    group = group_names.ours(call.form.text("rass_name").strip())
    try:
        address = email(call.form, LEAD["email"])
    except EmailMalformed:
        async with call.services.database.reading() as tx:
            known = await groups.find(tx, call.account.id, group)
        return codes.ADDRESS_NOT_FOUND if known else codes.GROUP_NOT_FOUND
    async with call.services.database.transaction() as tx:
        await groups.leave(tx, call.account.id, address, group)
    return codes.OK


async def get_lead_groups(call: Call) -> Reply:
    """GetLeadGroups (outdated): the groups in which a contact waits or is active."""
    memberships = await _memberships(call)
    present = [_named(membership) for membership in memberships if membership.state in ("waiting", "active")]
    return Reply(0, "ok", present) if present else codes.IN_NO_GROUP


async def get_lead_group_statuses(call: Call) -> Reply:
    """GetLeadGroupStatuses: all groups of a contact with the status in each, the newest subscription first."""
    memberships = await _memberships(call)
    rows = [
        _named(membership)
        | {
            "rass_status": STATUS_WORDS[membership.state],
            # readings.md#10: UNIX seconds, as text.
            "subscription_time": str(int(membership.subscribed_at.timestamp())),
        }
        for membership in memberships
    ]
    return Reply(0, "ok", rows) if rows else codes.IN_NO_GROUP


async def get_all_groups(call: Call) -> Reply:
    """GetAllGroups: the account's groups, auto groups left out."""
    async with call.services.database.reading() as tx:
        found = await collect(partial(groups.list_, tx, call.account.id))
    return Reply(0, "ok", [{"rass_name": group_names.theirs(group.name), "rass_title": group.title} for group in found])


async def get_count_subscribe(call: Call) -> Reply:
    """GetCountSubscribe: how many are active in a group, in any group (``unique``), or known at all (``all``)."""
    name = call.form.text("group_name").strip()
    async with call.services.database.reading() as tx:
        if name == "unique":
            return Reply(0, "ok", await groups.count_active_people(tx, call.account.id))
        if name == "all":
            return Reply(0, "ok", await contacts.count(tx, call.account.id))
        return Reply(0, "ok", await groups.count_active(tx, call.account.id, group_names.ours(name)))


async def _memberships(call: Call) -> list[groups.Membership]:
    address = email(call.form, CUSTOMER)
    async with call.services.database.reading() as tx:
        return await groups.list_memberships(tx, call.account.id, address)


def _named(membership: groups.Membership) -> dict[str, str]:
    return {"rass_name": group_names.theirs(membership.group_name), "rass_title": membership.group_title}


def _cannot_be_kept(refusal: contacts.BadContact | groups.BadEnrolment) -> Reply:
    return codes.subscription_error(f"{refusal.fields['field']} {refusal.fields['reason']}")


FUNCTIONS: Final = (
    Function(
        "AddLeadToGroup",
        add_lead_to_group,
        {
            contacts.BadContact: _cannot_be_kept,
            groups.BadEnrolment: _cannot_be_kept,
            groups.AddressUndeliverable: always(codes.subscription_error("mail to this address is refused")),
            groups.AlreadyMember: always(codes.ALREADY_REGISTERED),
            groups.GroupNotFound: always(codes.UNKNOWN_GROUP),
            groups.GroupForbidden: codes.forbidden_group,
        },
        faults={EmailMalformed: codes.subscription_error("invalid email")},
    ),
    Function(
        "UpdateSubscriberData",
        update_subscriber_data,
        {
            contacts.BadContact: always(codes.WRONG_DATA),
            contacts.ContactNotFound: always(codes.ADDRESS_NOT_FOUND),
        },
    ),
    Function(
        "DeleteSubscribe",
        delete_subscribe,
        {
            groups.GroupNotFound: always(codes.GROUP_NOT_FOUND),
            groups.GroupForbidden: always(codes.GROUP_NOT_FOUND),
            groups.NotMember: always(codes.ADDRESS_NOT_FOUND),
            contacts.ContactNotFound: always(codes.ADDRESS_NOT_FOUND),
        },
    ),
    Function(
        "GetLeadGroups",
        get_lead_groups,
        {contacts.ContactNotFound: always(codes.SUBSCRIBER_NOT_FOUND)},
        EITHER,
        {EmailMalformed: codes.SUBSCRIBER_NOT_FOUND},
    ),
    Function(
        "GetLeadGroupStatuses",
        get_lead_group_statuses,
        {contacts.ContactNotFound: always(codes.SUBSCRIBER_NOT_FOUND)},
        EITHER,
        {EmailMalformed: codes.SUBSCRIBER_NOT_FOUND},
    ),
    Function("GetAllGroups", get_all_groups, {}, EITHER),
    Function("GetCountSubscribe", get_count_subscribe, {groups.GroupNotFound: always(codes.GROUP_NOT_FOUND)}, EITHER),
)
