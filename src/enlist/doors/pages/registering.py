"""The page on which somebody joins an account's affiliate programme, brought by nobody or by a partner."""

from typing import Any, Final

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.di import NamedDependency

from enlist.domain import accounts, partners
from enlist.doors.pages import sessions
from enlist.doors.pages.showing import PAGES
from enlist.doors.web import problems, reading, showing
from enlist.doors.web.desk import Desk, NoSuchPage
from enlist.kit.errors import Refusal
from enlist.kit.php_form import Form
from enlist.runtime.texts import N_

PATHS: Final = ["/partner/register", "/partner/register/{recruiter:str}"]
METHODS: Final = [HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST]


class Field(msgspec.Struct, frozen=True):
    """One input of the form."""

    name: str
    label: str
    autocomplete: str
    hint: str = ""
    required: bool = True
    value: str = ""
    wrong: bool = False


_SENTENCES: Final = {
    "login": N_(
        "A login has 1 to 100 Latin letters, digits, dots, hyphens or underscores, starts and ends with a letter or"
        " digit, and isn’t just a number."
    ),
    "name": N_("This name is too long. Please shorten it."),
    "email": N_("Please enter a complete email address, like anna@example.com."),
}
_FIELDS: Final = (
    Field("login", N_("Login"), "username", hint=N_("Letters and digits; it will appear in your links.")),
    Field("name", N_("Name"), "name", required=False),
    Field("email", N_("Email"), "email"),
)


@route(PATHS, http_method=METHODS)
async def register(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[Any]:
    """Show the form, or take what it sent; the address may name the partner whose link led here."""
    recruiter: str = request.path_params.get("recruiter", "")
    account = await desk.account_of(request)
    try:
        async with desk.database.reading() as tx:
            programme = await partners.invitation(tx, account.id, recruiter)
        if request.method != "POST":
            return _form(account, programme, Form(reading.read_query(request)))
        return await _take(request, desk, account, programme, recruiter)
    except partners.PartnerNotFound:
        raise NoSuchPage(account.locale) from None
    except partners.RegistrationClosed:
        return showing.problem(
            account.locale,
            404,
            N_("Registration is closed"),
            N_("This program isn’t accepting new partners right now."),
        )
    except partners.TooManyTries:
        return showing.problem(account.locale, 429, *problems.TOO_OFTEN)


async def _take(
    request: Request[Any, Any, Any],
    desk: Desk,
    account: accounts.Account,
    programme: partners.Programme,
    recruiter: str,
) -> Response[Any]:
    form, ip = await reading.read(request, desk.settings.body_limit), desk.ip_of(request)
    async with desk.database.transaction() as tx:
        await partners.count_try(tx, account.id, ip)
    new = partners.NewPartner(
        login=form.text("login").strip(),
        name=form.text("name").strip(),
        email=form.text("email").strip(),
        recruited_by=recruiter,
    )
    if not sessions.comes_from_here(request):
        return _form(account, programme, form)
    try:
        async with desk.database.transaction() as tx:
            made = await partners.register(tx, account.id, new, ip=ip)
    except (partners.PartnerTaken, partners.BadPartner) as refusal:
        return _form(account, programme, form, refusal)
    return PAGES.show("partner_registered", account.locale, owner=account.login, waits=not made.active, made=made)


def _form(
    account: accounts.Account, programme: partners.Programme, form: Form, refusal: Refusal | None = None
) -> Response[str]:
    wrong, message = _problem(refusal)
    fields = [
        msgspec.structs.replace(field, value=form.text(field.name), wrong=field.name == wrong) for field in _FIELDS
    ]
    return PAGES.show(
        "partner_register",
        account.locale,
        status=422 if refusal else 200,
        owner=account.login,
        store=programme.store_name or account.login,
        instructions=programme.instructions,
        fields=fields,
        message=message,
    )


def _problem(refusal: Refusal | None) -> tuple[str, str]:
    """Name the input that a refusal is about, and the text that says so."""
    if refusal is None:
        return "", ""
    if isinstance(refusal, partners.PartnerTaken):
        return "login", N_("This login is taken. Please choose another one.")
    field = str(refusal.fields["field"])
    return field, _SENTENCES.get(field, _SENTENCES["login"])
