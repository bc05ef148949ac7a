"""What a call of this protocol is once it has passed the gate, and how its functions are described."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from enlist.domain import accounts, groups, orders
from enlist.doors.justclick.api import codes
from enlist.doors.justclick.api.codes import Reply
from enlist.doors.justclick.fields import EmailMalformed, EmailMissing, Fault, Unreadable
from enlist.kit.errors import Refusal
from enlist.kit.php_form import Form
from enlist.runtime.db import Database

# Two generations of the protocol share one path space and are told apart by how a call proves itself (wire.md §1.1).
SIGNED: Final = 1
KEYED: Final = 2
FIRST: Final = frozenset({SIGNED})
SECOND: Final = frozenset({KEYED})
EITHER: Final = FIRST | SECOND


class Services(msgspec.Struct, frozen=True):
    """What the functions of this door work with.

    ``enrol`` is the enrolment batch's ``put``, ``place_order`` that of the orders; ``payment_link`` tells
    from the numbers of account and order where it is paid: a full address on the domain named third, a path if that is
    empty.
    """

    database: Database
    enrol: Callable[[groups.Enrolment], Awaitable[groups.Enrolled]]
    place_order: Callable[[orders.NewOrder], Awaitable[orders.Placed]]
    payment_link: Callable[[int, int, str], str]


class Call(msgspec.Struct, frozen=True):
    """One authentic call: whose it is, what it says, and of which generation it is (SIGNED or KEYED)."""

    account: accounts.Account
    form: Form
    services: Services
    generation: int = SIGNED


Handler = Callable[[Call], Awaitable[Reply]]
Refusals = Mapping[type[Refusal], Callable[[Any], Reply]]
Faults = Mapping[type[Fault], Reply]
# How functions answer to what is wrong with a field, unless they say otherwise.
USUAL_FAULTS: Final[Faults] = {
    EmailMissing: codes.EMAIL_MISSING,
    EmailMalformed: codes.ADDRESS_NOT_FOUND,
    Unreadable: codes.WRONG_DATA,
}


class Function(msgspec.Struct, frozen=True):
    """A function of the protocol: its documented name, what serves it, and how refusals are said in its answers.

    ``generations`` are those in which it is called: FIRST (signed), SECOND (with the key itself), or EITHER, as all
    functions that only read. Two functions may have one name, in whichever letter case, in different generations.
    ``faults`` are its answers to faults of fields where they are not the usual ones. Success is said as ``ok`` by all;
    the door turns that into ``OK`` for a call of the second generation.
    """

    name: str
    handler: Handler
    refusals: Refusals
    generations: frozenset[int] = FIRST
    faults: Faults = {}


def always(reply: Reply) -> Callable[[Refusal], Reply]:
    """Say every refusal of a kind with the same ``reply``."""
    return lambda _: reply
