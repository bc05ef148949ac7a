"""Groups: who is in which group of an account, by whose consent, and how people come and go."""

from enlist.domain.groups.confirming import CONFIRMATION_LETTER, Confirmation, confirm, confirmation_composer
from enlist.domain.groups.counting import count_active, count_active_people
from enlist.domain.groups.creating import ALL_CONTACTS, create
from enlist.domain.groups.enrolling import enrol
from enlist.domain.groups.errors import (
    AddressUndeliverable,
    AlreadyMember,
    BadEnrolment,
    BadGroup,
    GroupForbidden,
    GroupNotFound,
    GroupTaken,
    NotMember,
)
from enlist.domain.groups.events import ContactConfirmed, ContactEnrolled, ContactLeft
from enlist.domain.groups.finding import find, list_, list_memberships
from enlist.domain.groups.leaving import Leave, leave, leave_by_link, mark_undeliverable, rejoin_by_link
from enlist.domain.groups.looking_up import CHANGED, KnownGroups
from enlist.domain.groups.model import Enrolled, Enrolment, Group, Links, Membership, Origin, State
from enlist.domain.groups.placing import keep_contact, place_without_email, remove
from enlist.domain.groups.site_enrolling import enrol_subscribed, set_site_group, site_groups

__all__ = [
    "ALL_CONTACTS",
    "CHANGED",
    "CONFIRMATION_LETTER",
    "AddressUndeliverable",
    "AlreadyMember",
    "BadEnrolment",
    "BadGroup",
    "Confirmation",
    "ContactConfirmed",
    "ContactEnrolled",
    "ContactLeft",
    "Enrolled",
    "Enrolment",
    "Group",
    "GroupForbidden",
    "GroupNotFound",
    "GroupTaken",
    "KnownGroups",
    "Leave",
    "Links",
    "Membership",
    "NotMember",
    "Origin",
    "State",
    "confirm",
    "confirmation_composer",
    "count_active",
    "count_active_people",
    "create",
    "enrol",
    "enrol_subscribed",
    "find",
    "keep_contact",
    "leave",
    "leave_by_link",
    "list_",
    "list_memberships",
    "mark_undeliverable",
    "place_without_email",
    "rejoin_by_link",
    "remove",
    "set_site_group",
    "site_groups",
]
