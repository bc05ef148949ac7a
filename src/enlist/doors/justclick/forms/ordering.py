"""Order pages: a form for one product, the same one for somebody's frame, and taking what it sends (wire.md §7.2)."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response, post, route
from litestar.di import NamedDependency
from litestar.params import FromPath

from enlist.domain import accounts, delivery, orders, products
from enlist.doors.justclick.clicks import click_marks
from enlist.doors.justclick.fields import GOODS, ORDER, PARTNERS, EmailMalformed, EmailMissing, typed
from enlist.doors.justclick.forms import looks, order_form, reading
from enlist.doors.justclick.forms.group_form import Inputs
from enlist.doors.justclick.forms.intake import Intake
from enlist.doors.justclick.forms.looks import Look
from enlist.doors.justclick.forms.order_form import FieldMissing
from enlist.doors.justclick.forms.order_refusals import problem_of
from enlist.doors.justclick.forms.refusals import Problem
from enlist.doors.justclick.forms.showing import PAGES
from enlist.doors.web import problems, showing
from enlist.doors.web.addresses import order_taking_path, payment_path_of
from enlist.doors.web.desk import Desk, NoSuchPage, host_of
from enlist.doors.web.languages import preferred
from enlist.doors.web.reading import GET, read_query, without
from enlist.kit.errors import Refusal
from enlist.kit.php_form import Form, Pair
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from enlist.runtime.formats import price
from enlist.runtime.texts import say

_WRONG: Final = (Refusal, EmailMissing, EmailMalformed, FieldMissing)


class Page(msgspec.Struct, frozen=True):
    """What an order page shows, in words."""

    name: str
    title: str
    price: str
    before: str


@route("/order/{good_name:str}", http_method=GET)
async def show(request: Request[Any, Any, Any], desk: NamedDependency[Desk], good_name: FromPath[str]) -> Response[str]:
    """Show the order form of one product; what stands in the address is filled in, or carried along unseen."""
    account = await desk.account_of(request)
    return await _show(request, desk, account, good_name)


@route("/{good_name:str}", http_method=GET)
async def show_at_short_address(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], good_name: FromPath[str]
) -> Response[str]:
    """Show the order form at the short address, for products that have one."""
    account = await desk.account_of(request)
    try:
        return await _show(request, desk, account, good_name, short=True)
    except NoSuchPage:
        raise NoSuchPage from None  # nothing at this address is known to be this owner's


@route("/order_form", http_method=GET)
async def show_embedded(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[str]:
    """Show the form of the product named by ``goods``, for a frame on another page, in that page's style."""
    account = await desk.account_of(request)
    form = Form(read_query(request))
    return await _show(request, desk, account, form.text(GOODS).strip(), look=looks.read(form))


async def _show(
    request: Request[Any, Any, Any],
    desk: Desk,
    account: accounts.Account,
    good_name: str,
    *,
    short: bool = False,
    look: Look | None = None,
) -> Response[str]:
    # A partner who is named outright earns whatever the settings say: an owner's form may do that, a link may not.
    form = Form(without(read_query(request), (field.name for field in PARTNERS)))
    code = typed(form, ORDER["coupon"])
    offer = await _offer(desk, account, good_name, code)
    if short and not offer.product.has_short_address:
        raise NoSuchPage(account.locale)
    problem = problem_of(products.CouponFails(coupon=code)) if offer.coupon_fails else None
    clicks = click_marks.carried(form, request.headers.get("cookie", ""), desk.now())
    fields = order_form.inputs(
        form, offer.product, clicks, locale=account.locale, wrong=problem.field if problem else ""
    )
    return _form_page(account, offer, fields, problem, look=look)


@post("/order/confirm/{good_name:str}")
async def confirm(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    intake: NamedDependency[Intake],
    good_name: FromPath[str],
) -> Response[Any]:
    """Take an order and send the buyer on to its payment page; a buyer with the same unpaid order goes there, too."""
    form = await reading.read(request, desk.settings.body_limit)
    account: accounts.Account | None = None
    try:
        account = await desk.account_of(request)
        offer = await _offer(desk, account, good_name, typed(form, ORDER["coupon"]))
        path = await _place(request, desk, intake, account, offer, form)
    except (Busy, DatabaseAway):
        return _busy(account, good_name, form.pairs, preferred(request))
    except delivery.TooManyLetters:
        assert account is not None
        return showing.problem(account.locale, 429, *problems.TOO_OFTEN)
    except _WRONG as refusal:
        assert account is not None
        problem = problem_of(refusal)
        clicks = click_marks.carried(form, request.headers.get("cookie", ""), desk.now())
        fields = order_form.inputs(form, offer.product, clicks, locale=account.locale, wrong=problem.field)
        return _form_page(account, offer, fields, problem, status=422)
    return showing.onward(path)


async def _offer(desk: Desk, account: accounts.Account, good_name: str, code: str) -> products.Offer:
    """Find the product, and what the coupon makes of its price. Raises NoSuchPage and DatabaseAway."""
    async with desk.database.reading() as tx:
        offer = await products.offer(tx, account.id, good_name, code)
    if offer is None:
        raise NoSuchPage(account.locale)
    return offer


async def _place(
    request: Request[Any, Any, Any],
    desk: Desk,
    intake: Intake,
    account: accounts.Account,
    offer: products.Offer,
    form: Form,
) -> str:
    """Place the order; return the path of its payment page."""
    wish = order_form.new_order(
        form,
        offer.product,
        account,
        touches=click_marks.touches_of(form, request.headers.get("cookie", ""), desk.now()),
        ip=desk.ip_of(request),
        domain=host_of(request),
    )
    try:
        placed = await intake.place_order(wish)
    except orders.OrderExists as known:
        # Anyone who knows the buyer's address can come here, so this link cannot cancel.
        return payment_path_of(desk, account.id, int(known.fields["order_id"]), visitor=True)
    return payment_path_of(desk, account.id, placed.order_id)


def _form_page(
    account: accounts.Account,
    offer: products.Offer,
    fields: Inputs,
    problem: Problem | None,
    *,
    status: int = 200,
    look: Look | None = None,
) -> Response[str]:
    locale, product = account.locale, offer.product
    usual = price(locale, product.price, account.currency)
    floating = product.has_floating_price
    reduced = price(locale, offer.reduced, account.currency) if offer.reduced is not None else ""
    page = Page(
        name=product.name,
        title=product.title,
        price=say(locale, "from %(least)s", least=usual) if floating else reduced or usual,
        before=usual if reduced else "",
    )
    return PAGES.show(
        "order",
        locale,
        status=status,
        owner="" if look else account.login,
        page=page,
        message=_message(locale, problem, least=usual) if problem else "",
        again=status != 200,
        fields=fields,
        look=look,
    )


def _message(locale: str, problem: Problem, *, least: str) -> str:
    label = say(locale, problem.label) if problem.label else ""
    return say(locale, problem.text, label=label, least=least)


def _busy(account: accounts.Account | None, good_name: str, pairs: Sequence[Pair], locale: str) -> Response[str]:
    """Ask for patience, and keep everything that was typed for another try."""
    locale, owner = (account.locale, account.login) if account else (locale, "")
    action = order_taking_path(good_name)
    answer = PAGES.show("again", locale, status=503, owner=owner, hidden=pairs, action=action)
    answer.headers.update(showing.AGAIN)
    return answer
