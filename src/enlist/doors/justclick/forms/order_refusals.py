"""How the order pages say what is wrong with an order: one table."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from enlist.domain import contacts, orders, products
from enlist.doors.justclick.fields import EmailMalformed, EmailMissing
from enlist.doors.justclick.forms.order_form import COUPON, EMAIL, INPUT_OF, SUM, FieldMissing, label_of
from enlist.doors.justclick.forms.refusals import Problem
from enlist.runtime.texts import N_


def problem_of(refusal: Exception) -> Problem:
    """Look up what to say about ``refusal``."""
    return REFUSALS[type(refusal)](refusal)


def _missing(refusal: Any) -> Problem:
    field = refusal.field if isinstance(refusal, FieldMissing) else INPUT_OF[str(refusal.fields["field"])]
    return Problem("field_missing", N_("Please fill in “%(label)s”."), field, label_of(field))


def _cannot_be_kept(refusal: Any) -> Problem:
    field = INPUT_OF.get(str(refusal.fields["field"]), "")
    if field:
        return Problem(refusal.code, N_("“%(label)s” is too long. Please shorten it."), field, label_of(field))
    return Problem(refusal.code, N_("This form sent a value that is too long. Please tell the owner of the site."))


def _always(problem: Problem) -> Callable[[Any], Problem]:
    return lambda _: problem


REFUSALS: Final[Mapping[type[Exception], Callable[[Any], Problem]]] = {
    EmailMissing: _always(Problem("email_missing", N_("Please enter your email address."), EMAIL)),
    EmailMalformed: _always(
        Problem("email_malformed", N_("Please enter a complete email address, like anna@example.com."), EMAIL)
    ),
    FieldMissing: _missing,
    orders.SumTooSmall: _always(
        Problem(orders.SumTooSmall.code, N_("Please enter an amount of at least %(least)s."), SUM)
    ),
    orders.DeliveryDataMissing: _missing,
    orders.BadOrder: _cannot_be_kept,
    contacts.BadContact: _cannot_be_kept,
    orders.CountryNotServed: _always(
        Problem(
            orders.CountryNotServed.code,
            N_("We don’t deliver to this country. Please choose another one."),
            "bill_country",
        )
    ),
    orders.NoProducts: _always(
        Problem(orders.NoProducts.code, N_("This product is no longer for sale. Please tell the owner of the site."))
    ),
    products.CouponFails: _always(
        Problem(
            products.CouponFails.code,
            N_("This discount code isn’t valid for this product. Please correct it, or leave the field empty."),
            COUPON,
        )
    ),
    products.ProductNotFound: _always(
        Problem(
            products.ProductNotFound.code, N_("This product is no longer for sale. Please tell the owner of the site.")
        )
    ),
}
