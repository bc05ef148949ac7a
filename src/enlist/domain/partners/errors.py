"""What the partners slice refuses."""

from enlist.kit.errors import Refusal


class PartnerNotFound(Refusal):
    """The account's programme has no such partner (field ``partner``)."""

    code = "partner_not_found"


class PartnerTaken(Refusal):
    """The account's programme has a partner of this login, in whichever letter case (field ``partner``)."""

    code = "partner_taken"


class BadPartner(Refusal):
    """A property of a partner cannot be used (fields ``field`` and ``reason``)."""

    code = "bad_partner"


class BadProgramme(Refusal):
    """A setting of the programme cannot be used (fields ``field`` and ``reason``)."""

    code = "bad_programme"


class RegistrationClosed(Refusal):
    """The programme takes nobody in by its registration page."""

    code = "registration_closed"


class TooManyTries(Refusal):
    """Too many tries to sign in or to register came from this network: later again."""

    code = "too_many_tries"


class PayoutImpossible(Refusal):
    """Such a payout cannot be recorded (fields ``partner`` and ``reason``)."""

    code = "payout_impossible"


class BadPostback(Refusal):
    """A partner's postback cannot be used (fields ``field`` and ``reason``)."""

    code = "bad_postback"
