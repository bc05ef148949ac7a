"""What the groups slice refuses."""

from enlist.kit.errors import Refusal


class GroupNotFound(Refusal):
    """The account has no such group (field ``group``; empty when none was named)."""

    code = "group_not_found"


class GroupForbidden(Refusal):
    """Nobody can be put into this group or taken out of it by hand, such as an auto group (field ``group``)."""

    code = "group_forbidden"


class AlreadyMember(Refusal):
    """The contact is an active member of all the groups already (field ``email``)."""

    code = "already_member"


class NotMember(Refusal):
    """The contact is not in this group (fields ``email`` and ``group``)."""

    code = "not_member"


class AddressUndeliverable(Refusal):
    """Mail to this address was refused for good, so the membership cannot be revived (fields ``email``, ``group``)."""

    code = "address_undeliverable"


class BadEnrolment(Refusal):
    """Something that is to be kept with the membership cannot be kept (fields ``field`` and ``reason``)."""

    code = "bad_enrolment"


class GroupTaken(Refusal):
    """The account has a group of this name (field ``group``)."""

    code = "group_taken"


class BadGroup(Refusal):
    """A group cannot be called that (fields ``group`` and ``reason``)."""

    code = "bad_group"
