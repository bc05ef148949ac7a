"""How the order pages say what is wrong with an order: one table."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from enlist.domain import contacts, orders, products
from enlist.doors.justclick.fields import EmailMalformed, EmailMissing
from enlist.doors.justclick.forms.order_form import COUPON, EMAIL, INPUT_OF, SUM, FieldMissing, label_of
from enlist.doors.justclick.forms.refusals import Problem


def problem_of(refusal: Exception) -> Problem:
    """Look up what to say about ``refusal``."""
    return REFUSALS[type(refusal)](refusal)


def _missing(refusal: Any) -> Problem:
    field = refusal.field if isinstance(refusal, FieldMissing) else INPUT_OF[str(refusal.fields["field"])]
    return Problem("field_missing", "problem.missing", field, label_of(field))


def _cannot_be_kept(refusal: Any) -> Problem:
    field = INPUT_OF.get(str(refusal.fields["field"]), "")
    if field:
        return Problem(refusal.code, "problem.too_long", field, label_of(field))
    return Problem(refusal.code, "problem.too_much")


def _always(problem: Problem) -> Callable[[Any], Problem]:
    return lambda _: problem


REFUSALS: Final[Mapping[type[Exception], Callable[[Any], Problem]]] = {
    EmailMissing: _always(Problem("email_missing", "problem.email_missing", EMAIL)),
    EmailMalformed: _always(Problem("email_malformed", "problem.email_malformed", EMAIL)),
    FieldMissing: _missing,
    orders.SumTooSmall: _always(Problem(orders.SumTooSmall.code, "problem.sum", SUM)),
    orders.DeliveryDataMissing: _missing,
    orders.BadOrder: _cannot_be_kept,
    contacts.BadContact: _cannot_be_kept,
    orders.CountryNotServed: _always(Problem(orders.CountryNotServed.code, "problem.country", "bill_country")),
    orders.NoProducts: _always(Problem(orders.NoProducts.code, "problem.product")),
    products.CouponFails: _always(Problem(products.CouponFails.code, "problem.coupon", COUPON)),
    products.ProductNotFound: _always(Problem(products.ProductNotFound.code, "problem.product")),
}
