"""What the contacts slice refuses."""

from enlist.kit.errors import Refusal


class ContactNotFound(Refusal):
    """The account has no contact with this address (field ``email``) or number (field ``contact``)."""

    code = "contact_not_found"
    sentence = "There is no contact {email}{contact}; check the address or number."


class BadContact(Refusal):
    """A property of a contact cannot be kept (fields ``field`` and ``reason``)."""

    code = "bad_contact"
    sentence = "The {field} {reason}."
