"""What the groups slice refuses."""

from enlist.kit.errors import Refusal


class GroupNotFound(Refusal):
    """The account has no such group (field ``group``; empty when none was named)."""

    code = "group_not_found"
    sentence = "There is no group {group}; check its name."


class GroupForbidden(Refusal):
    """Nobody can be put into this group or taken out of it by hand, such as an auto group (field ``group``)."""

    code = "group_forbidden"
    sentence = "Nobody can be added to or removed from the group {group} by hand."


class AlreadyMember(Refusal):
    """The contact is an active member of all the groups already (field ``email``)."""

    code = "already_member"
    sentence = "{email} is already in all of these groups."


class NotMember(Refusal):
    """The contact is not in this group (fields ``email`` and ``group``)."""

    code = "not_member"
    sentence = "{email} is not in the group {group}."


class AddressUndeliverable(Refusal):
    """Mail to this address was refused for good, so the membership cannot be revived (fields ``email``, ``group``)."""

    code = "address_undeliverable"
    sentence = "Emails to {email} are bouncing, so they cannot be added to {group} again."


class BadEnrolment(Refusal):
    """Something that is to be kept with the membership cannot be kept (fields ``field`` and ``reason``)."""

    code = "bad_enrolment"
    sentence = "The {field} {reason}."


class GroupTaken(Refusal):
    """The account has a group of this name (field ``group``)."""

    code = "group_taken"
    sentence = "There already is a group {group}; choose another name."


class BadGroup(Refusal):
    """A group cannot be called that (fields ``group`` and ``reason``)."""

    code = "bad_group"
    sentence = "The group {group} cannot be made: it {reason}."
