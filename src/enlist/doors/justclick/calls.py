"""What a call of this protocol is once it has passed the gate, and how its functions are described."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from enlist.domain import accounts, groups
from enlist.doors.justclick.codes import Reply
from enlist.kit.errors import Refusal
from enlist.kit.php_form import Form
from enlist.runtime.db import Database


class Services(msgspec.Struct, frozen=True):
    """What the functions of this door work with; ``enrol`` is the enrolment batch's ``put``."""

    database: Database
    enrol: Callable[[groups.Enrolment], Awaitable[groups.Enrolled]]


class Call(msgspec.Struct, frozen=True):
    """One authentic call: whose it is, what it says."""

    account: accounts.Account
    form: Form
    services: Services


Handler = Callable[[Call], Awaitable[Reply]]
Refusals = Mapping[type[Refusal], Callable[[Any], Reply]]


class Function(msgspec.Struct, frozen=True):
    """A function of the protocol: its documented name, what serves it, and how refusals are said in its answers."""

    name: str
    handler: Handler
    refusals: Refusals


def always(reply: Reply) -> Callable[[Refusal], Reply]:
    """Say every refusal of a kind with the same ``reply``."""
    return lambda _: reply
