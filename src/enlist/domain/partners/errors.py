"""What the partners slice refuses."""

from enlist.kit.errors import Refusal


class PartnerNotFound(Refusal):
    """The account's programme has no such partner (field ``partner``)."""

    code = "partner_not_found"
    sentence = "There is no partner {partner}; check the login."


class PartnerTaken(Refusal):
    """The account's programme has a partner of this login, in whichever letter case (field ``partner``)."""

    code = "partner_taken"
    sentence = "There already is a partner {partner}; choose another login."


class BadPartner(Refusal):
    """A property of a partner cannot be used (fields ``field`` and ``reason``)."""

    code = "bad_partner"
    sentence = "The {field} {reason}."


class BadProgramme(Refusal):
    """A setting of the programme cannot be used (fields ``field`` and ``reason``)."""

    code = "bad_programme"
    sentence = "The setting {field} {reason}."


class RegistrationClosed(Refusal):
    """The programme takes nobody in by its registration page."""

    code = "registration_closed"
    sentence = "This program is not accepting new partners right now."


class TooManyTries(Refusal):
    """Too many tries to sign in or to register came from this network: later again."""

    code = "too_many_tries"
    sentence = "Too many attempts; try again in an hour."


class PayoutImpossible(Refusal):
    """Such a payout cannot be recorded (fields ``partner`` and ``reason``)."""

    code = "payout_impossible"
    sentence = "Cannot record this payout to {partner}: {reason}."
