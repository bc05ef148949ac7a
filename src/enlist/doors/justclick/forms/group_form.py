"""Forms that we show ourselves: one per group, and the same one again when something in it was wrong."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from enlist.domain import groups
from enlist.doors.justclick import group_names
from enlist.doors.justclick.fields import GROUPS, LEAD
from enlist.doors.justclick.forms import reading
from enlist.doors.justclick.forms.showing import PAGES
from enlist.doors.web.desk import Desk, NoSuchPage
from enlist.doors.web.reading import GET, read_query, without
from enlist.kit.php_form import Form, Pair
from enlist.kit.text import can_be_kept
from enlist.runtime.texts import N_


class Input(msgspec.Struct, frozen=True):
    """One visible input: its field, what the browser is told about it, what is typed in it."""

    name: str
    label: str
    autocomplete: str
    keyboard: str = "text"
    required: bool = False
    value: str = ""
    wrong: bool = False
    options: tuple[str, ...] = ()  # to choose from; empty: whatever one likes


class Inputs(msgspec.Struct, frozen=True):
    """All inputs of a form."""

    visible: Sequence[Input]
    hidden: Sequence[Pair]


INPUTS: Final = (
    Input(LEAD["first_name"].name, N_("Name"), "name"),
    Input(LEAD["middle_name"].name, N_("Middle name"), "additional-name"),
    Input(LEAD["last_name"].name, N_("Last name"), "family-name"),
    Input(LEAD["email"].name, N_("Email"), "email", keyboard="email", required=True),
    Input(LEAD["phone"].name, N_("Phone"), "tel", keyboard="tel"),
    Input(LEAD["city"].name, N_("City"), "address-level2"),
)
_ALWAYS: Final = frozenset({LEAD["first_name"].name, LEAD["email"].name})
# What a form carries that means nothing in the second try: a script's name, a description of the first form.
_DROPPED: Final = ("callback", "hash")


@route("/form/{group:str}", http_method=GET)
async def show(request: Request[Any, Any, Any], desk: NamedDependency[Desk], group: FromPath[str]) -> Response[str]:
    """Show the form of one group; what stands in the address is filled in, or carried along unseen."""
    account = await desk.account_of(request)
    sent = read_query(request)
    found = await _find(desk, account.id, group_names.ours(group))
    if found is None or found.fills_itself:
        raise NoSuchPage(account.locale)
    form = Form(
        reading.merge([(GROUPS, group_names.theirs(found.name))], [pair for pair in sent if pair[0][:3] != GROUPS])
    )
    fields = inputs(form, also=(LEAD["phone"].name,))
    return PAGES.show("form", account.locale, owner=account.login, heading=found.title, message="", fields=fields)


async def _find(desk: Desk, account_id: int, name: str) -> groups.Group | None:
    if not can_be_kept(name):
        return None
    async with desk.database.reading() as tx:
        return await groups.find(tx, account_id, name)


def inputs(form: Form, *, also: Sequence[str] = (), wrong: str = "") -> Inputs:
    """Sort the fields of ``form`` into those that people see and can change, and those to be carried along.

    Seen are name and email address, those ``also`` named, the ``wrong`` one, and others of ours that were sent.
    """
    visible = [
        msgspec.structs.replace(entry, value=form.text(entry.name), wrong=entry.name == wrong)
        for entry in INPUTS
        if entry.name in _ALWAYS or entry.name in also or entry.name == wrong or entry.name in form
    ]
    return Inputs(visible, without(form.pairs, (*_DROPPED, *(entry.name for entry in visible))))
