"""The subscription form's endpoint: ``/subscribe/process``, by POST or GET (wire.md §7.1)."""

from typing import Any

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.di import NamedDependency

from enlist.domain import accounts, groups
from enlist.doors.justclick import lead_fields
from enlist.doors.justclick.clicks import click_marks
from enlist.doors.justclick.fields import LEAD, EmailMalformed, EmailMissing, value
from enlist.doors.justclick.forms import jsonp, reading
from enlist.doors.justclick.forms.group_form import inputs
from enlist.doors.justclick.forms.intake import Intake
from enlist.doors.justclick.forms.refusals import Problem, problem_of
from enlist.doors.justclick.forms.showing import PAGES
from enlist.doors.web import problems, showing
from enlist.doors.web.desk import Desk
from enlist.doors.web.languages import preferred
from enlist.kit.errors import Refusal
from enlist.kit.php_form import Form
from enlist.kit.redirects import safe_redirect
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from enlist.runtime.texts import N_, say


class Submitted(msgspec.Struct, frozen=True):
    """What became of a submission: ``code`` for scripts, messages that people are told, where they wanted to go on."""

    code: str
    heading: str
    text: str
    email: str
    redirect: str


@route("/subscribe/process", http_method=[HttpMethod.GET, HttpMethod.POST])
async def process(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], intake: NamedDependency[Intake]
) -> Response[Any]:
    """Take a submission; answer with a redirect, a page or a call of the page's script."""
    form = await reading.read(request, desk.settings.body_limit)
    function = jsonp.callback(form.text("callback")) if request.method == "GET" else ""
    account: accounts.Account | None = None
    try:
        account = await desk.account_of(request)
        submitted = await _submit(form, account, desk, intake, request)
    except (Busy, DatabaseAway):
        return _busy(account, form, function, preferred(request))
    except (Refusal, EmailMissing, EmailMalformed) as refusal:
        assert account is not None
        return _refuse(problem_of(refusal), account, form, function)
    return _accept(submitted, account, function)


async def _submit(
    form: Form, account: accounts.Account, desk: Desk, intake: Intake, request: Request[Any, Any, Any]
) -> Submitted:
    touches = click_marks.touches_of(form, request.headers.get("cookie", ""), desk.now())
    enrolment = lead_fields.enrolment(form, account, desk.ip_of(request), touches)
    redirect = safe_redirect(value(form, LEAD["redirect"]), desk.base_of(request, account)) or ""
    email = enrolment.person.email.address
    try:
        enrolled = await intake.enrol(enrolment)
    except groups.AlreadyMember as refusal:
        return Submitted(
            refusal.code,
            N_("You’re already subscribed"),
            N_("Emails go to %(email)s. There’s nothing more to do."),
            email,
            redirect,
        )
    if enrolled.waiting:
        return Submitted(
            "waiting",
            N_("Check your email"),
            N_("We sent an email to %(email)s. Open it and click the link to finish subscribing."),
            email,
            redirect,
        )
    return Submitted("active", N_("You’re subscribed"), N_("We’ll write to %(email)s."), email, redirect)


def _accept(submitted: Submitted, account: accounts.Account, function: str) -> Response[Any]:
    if function:
        message = say(account.locale, submitted.text, email=submitted.email)
        return jsonp.answer(function, status="ok", code=submitted.code, message=message, redirect=submitted.redirect)
    if submitted.redirect:
        return showing.onward(submitted.redirect)
    return PAGES.show("submitted", account.locale, owner=account.login, submitted=submitted)


def _refuse(problem: Problem, account: accounts.Account, form: Form, function: str) -> Response[Any]:
    locale = account.locale
    label = say(locale, problem.label) if problem.label else ""
    message = say(locale, problem.text, label=label)
    if function:
        return jsonp.answer(function, status="error", code=problem.code, message=message, redirect="")
    heading, fields = say(locale, "Please check the form"), inputs(form, wrong=problem.field)
    return PAGES.show("form", locale, status=422, owner=account.login, heading=heading, message=message, fields=fields)


def _busy(account: accounts.Account | None, form: Form, function: str, locale: str) -> Response[Any]:
    """Ask for patience, and keep everything that was typed for another try."""
    locale = account.locale if account else locale
    if function:
        message = say(locale, problems.BUSY[1])
        return jsonp.answer(function, status="error", code="busy", message=message, redirect="")
    owner = account.login if account else ""
    answer = PAGES.show("again", locale, status=503, owner=owner, hidden=form.pairs)
    answer.headers.update(showing.AGAIN)
    return answer
