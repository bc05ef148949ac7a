"""Partners: who is in an account's affiliate programme, and by which settings they earn."""

from .announcing import (
    LETTERS as LETTERS,
)
from .announcing import (
    Links as Links,
)
from .announcing import (
    announce_approvals as announce_approvals,
)
from .announcing import (
    letter_composer as letter_composer,
)
from .announcing import (
    send_payouts as send_payouts,
)
from .cache import CHANGED as CHANGED
from .cache import KnownPartners as KnownPartners
from .errors import (
    BadPartner as BadPartner,
)
from .errors import (
    BadProgramme as BadProgramme,
)
from .errors import (
    PartnerNotFound as PartnerNotFound,
)
from .errors import (
    PartnerTaken as PartnerTaken,
)
from .errors import (
    RegistrationClosed as RegistrationClosed,
)
from .errors import (
    TooManyTries as TooManyTries,
)
from .events import PartnerApproved as PartnerApproved
from .events import PartnerRegistered as PartnerRegistered
from .finding import (
    find as find,
)
from .finding import (
    find_all as find_all,
)
from .finding import (
    find_by_email as find_by_email,
)
from .finding import (
    get as get,
)
from .finding import (
    get_all as get_all,
)
from .finding import (
    list_ as list_,
)
from .finding import (
    lock as lock,
)
from .joining import (
    approve as approve,
)
from .joining import (
    create as create,
)
from .joining import (
    invitation as invitation,
)
from .joining import (
    register as register,
)
from .joining import (
    suspend as suspend,
)
from .model import (
    Commission as Commission,
)
from .model import (
    Member as Member,
)
from .model import (
    NewPartner as NewPartner,
)
from .model import (
    Partner as Partner,
)
from .model import (
    Programme as Programme,
)
from .model import (
    Rate as Rate,
)
from .model import (
    may_invite as may_invite,
)
from .naming import (
    find_named as find_named,
)
from .naming import (
    keys_named as keys_named,
)
from .naming import (
    login_key as login_key,
)
from .naming import (
    number_key as number_key,
)
from .naming import (
    number_key_in as number_key_in,
)
from .queries import members as members
from .queries import programmes as programmes
from .queries import rates as rates
from .setting import (
    list_rates as list_rates,
)
from .setting import (
    programme as programme,
)
from .setting import (
    set_programme as set_programme,
)
from .setting import (
    set_rate as set_rate,
)
from .signing_in import (
    SESSION_LIVES as SESSION_LIVES,
)
from .signing_in import (
    Pass as Pass,
)
from .signing_in import (
    admit as admit,
)
from .signing_in import (
    ask_for_link as ask_for_link,
)
from .signing_in import (
    count_try as count_try,
)
from .signing_in import (
    link_pass as link_pass,
)
from .signing_in import (
    session_pass as session_pass,
)
from .tallying import Count as Count
from .tallying import tally as tally
