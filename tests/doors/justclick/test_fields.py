"""The table of the protocol's fields fits our models, and reads what was sent."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import contacts, orders, products
from enlist.doors.justclick import fields, values
from enlist.doors.justclick.api.app import FUNCTIONS
from enlist.doors.justclick.api.calls import USUAL_FAULTS
from enlist.doors.justclick.api.order_fields import UnknownStatus
from enlist.doors.justclick.fields import Fault, Field, Unreadable, filled, sent, text, typed, value
from enlist.kit.php_form import Form

TABLES = [
    (fields.CARD, contacts.CardChanges),
    (fields.BUYER, orders.Buyer),
    (fields.KEYED_BUYER, orders.Buyer),
    (fields.KEYED_ORDER, orders.NewOrder),
    (fields.PRODUCT, products.NewProduct),
]
ALL: Sequence[Field] = [
    field
    for table in (
        fields.LEAD, fields.CARD, fields.NETWORKS, *fields.ADDRESSES.values(), fields.BUYER, fields.ORDER,
        fields.KEYED_BUYER, fields.KEYED_ORDER, fields.PRODUCT,
    )
    for field in table.values()
]  # fmt: skip
COUPON, TAG = fields.ORDER["coupon"], fields.ORDER["tag"]


@pytest.mark.parametrize(("table", "model"), TABLES)
def test_every_field_fills_in_something_that_the_model_has(table: fields.Table, model: type) -> None:
    assert set(table) <= set(model.__struct_fields__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", [table for table, _ in TABLES])
def test_no_spelling_means_two_things(table: fields.Table) -> None:
    names = [name for field in table.values() for name in field.names]
    assert len(names) == len(set(names))


def test_the_first_spelling_that_is_not_empty_counts() -> None:
    assert text(Form([("bill_kupon", " "), ("bill_coupon", " B ")]), COUPON) == "B"
    assert text(Form([("bill_coupon", "B"), ("bill_kupon", "K")]), COUPON) == "K"
    assert text(Form([]), COUPON) == ""


def test_some_spellings_count_in_forms_only() -> None:
    form = Form([("coupon", "C"), ("tag", "T")])
    assert (text(form, COUPON), text(form, TAG)) == ("", "")
    assert (typed(form, COUPON), typed(form, TAG)) == ("C", "T")
    assert typed(Form([*form.pairs, ("bill_coupon", "B")]), COUPON) == "B"


def test_an_empty_field_is_sent_and_not_filled() -> None:
    form = Form([("good_sum", ""), ("good_rashod", "1,5"), ("good_publish", "off"), ("good_mail_text", " a ")])
    assert sent(form, fields.PRODUCT.values()) == {
        "price": None, "cost_sum": Decimal("1.50"), "listed": False, "letter_text": " a ",
    }  # fmt: skip
    assert filled(form, fields.PRODUCT.values()) == {
        "cost_sum": Decimal("1.50"), "listed": False, "letter_text": "a",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (fields.PRODUCT["price"], "cheap"),
        (fields.PRODUCT["letter_format"], "rtf"),
        (fields.PRODUCT_KIND, "virtual"),
        (fields.CARD["utc_offset"], "Moscow"),
        (fields.CARD["manager_id"], "Olga"),
        (fields.ORDER["cancel"], "soon"),
        (fields.ORDER["created_at"], "yesterday"),
        (fields.KEYED_CONFIRMED, "perhaps"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_fields_name(field: Field, said: str) -> None:
    with pytest.raises(Unreadable, match=field.name):
        value(Form([(field.name, said)]), field)


def test_moments_and_yes_and_no() -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    stamp = str(int(at.timestamp()))
    assert (values.moment_or_none(stamp), values.moment_or_none("0"), values.moment_or_none("")) == (at, None, None)
    assert [values.cancelling(word) for word in ("", "YES", "off", stamp)] == ["by product", "by product", "never", at]


@given(st.sampled_from(ALL), st.text())
def test_whatever_is_sent_a_field_is_read_or_unreadable(field: Field, said: str) -> None:
    with suppress(Unreadable):
        value(Form([(field.name, said)]), field)


def test_every_fault_of_a_field_has_an_answer_in_every_function() -> None:
    own = {fault for function in FUNCTIONS for fault in function.faults}
    assert set(Fault.__subclasses__()) == {*USUAL_FAULTS, UnknownStatus}
    assert UnknownStatus in own
