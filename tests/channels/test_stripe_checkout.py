"""Stripe Checkout against a Stripe of our own: what is asked of it, and what its events are taken for."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from enlist.channels.stripe_amounts import Unspeakable, from_smallest_units, in_smallest_units
from enlist.channels.stripe_checkout import StripeCheckout
from enlist.domain.orders import BadEvent, Due, PaymentChannelAway, Received
from tests.support.stripe import (
    QUIET,
    SETTINGS,
    WEBHOOK_SECRET,
    FakeStripe,
    a_charge,
    a_session,
    a_stripe,
    an_event,
    signature,
)

pytestmark = pytest.mark.filterwarnings(QUIET)

DUE = Due(
    account_id=7,
    order_id=42,
    amount=Decimal("1500.50"),
    currency="USD",
    title="Order 42: The invoice & more",
    email="buyer@example.com",
    success_url="https://demo.example.com/bill/abc/done",
    cancel_url="https://demo.example.com/bill/abc/",
)
COMPLETED = "checkout.session.completed"
LATE = "checkout.session.async_payment_succeeded"
REFUNDED = "charge.refunded"


@pytest.fixture(scope="module")
async def fake() -> AsyncIterator[FakeStripe]:
    async with a_stripe() as fake:
        yield fake


@pytest.fixture
async def channel(fake: FakeStripe) -> AsyncIterator[StripeCheckout]:
    channel = StripeCheckout(fake.address)
    yield channel
    await channel.close()


@pytest.fixture(scope="module")
async def asked(fake: FakeStripe) -> dict[str, str]:
    """What was asked when a session for DUE was opened."""
    channel = StripeCheckout(fake.address)
    await channel.start(SETTINGS, DUE)
    await channel.close()
    return fake.session


def read(body: bytes, headers: dict[str, str] | None = None, settings: dict[str, str] = SETTINGS) -> Received | None:
    return StripeCheckout().read_event(settings, body, signature(body) if headers is None else headers)


async def test_a_session_is_opened_for_exactly_what_is_due(fake: FakeStripe, channel: StripeCheckout) -> None:
    url = await channel.start(SETTINGS, DUE)
    assert url.startswith(f"{fake.address}/c/pay/cs_test_")
    assert fake.asked[-1].path == "/v1/checkout/sessions"
    assert fake.asked[-1].key == "sk_test_of_the_tests"
    assert fake.session == {
        "mode": "payment",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": "150050",
        "line_items[0][price_data][product_data][name]": "Order 42: The invoice & more",
        "adaptive_pricing[enabled]": "false",
        "client_reference_id": "42",
        "metadata[enlist_account]": "7",
        "metadata[enlist_order]": "42",
        "metadata[enlist_currency]": "usd",
        "payment_intent_data[metadata][enlist_account]": "7",
        "payment_intent_data[metadata][enlist_order]": "42",
        "payment_intent_data[metadata][enlist_currency]": "usd",
        "success_url": "https://demo.example.com/bill/abc/done",
        "cancel_url": "https://demo.example.com/bill/abc/",
        "customer_email": "buyer@example.com",
    }


async def test_an_address_that_stripe_would_refuse_is_left_for_the_buyer_to_type(
    fake: FakeStripe, channel: StripeCheckout
) -> None:
    for email in ("анна@пример.рф", "-", ""):
        await channel.start(SETTINGS, replace(DUE, email=email))
        assert "customer_email" not in fake.session


async def test_a_long_title_is_cut(fake: FakeStripe, channel: StripeCheckout) -> None:
    await channel.start(SETTINGS, replace(DUE, title="x" * 3000))
    assert len(fake.session["line_items[0][price_data][product_data][name]"]) == 250


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, {"type": "invalid_request_error", "message": "Invalid API Key provided: sk_test_***ests"}),
        (400, {"type": "invalid_request_error", "message": "Amount too small", "param": "line_items"}),
        (402, {"type": "card_error", "message": "No", "code": "card_declined", "param": ""}),
        (429, {"type": "invalid_request_error", "message": "Too many", "code": "rate_limit"}),
    ],
)
async def test_a_no_of_stripes_is_said_as_away(
    fake: FakeStripe, channel: StripeCheckout, status: int, error: dict[str, Any]
) -> None:
    fake.answers = [(status, {"error": error})]
    with pytest.raises(PaymentChannelAway, match=error["message"][:5]):
        await channel.start(SETTINGS, DUE)


async def test_a_stumbling_stripe_is_asked_once_more_for_the_same(fake: FakeStripe, channel: StripeCheckout) -> None:
    fake.answers = [(500, {"error": {"type": "api_error", "message": "oops"}})]
    before = len(fake.asked)
    assert await channel.start(SETTINGS, DUE)
    first, second = fake.asked[before:]
    assert first.idempotency_key == second.idempotency_key != ""


async def test_nonsense_and_a_session_without_a_page_are_away(fake: FakeStripe, channel: StripeCheckout) -> None:
    for said in ({}, a_session(fake.session)):
        fake.answers = [(200, said)]
        with pytest.raises(PaymentChannelAway):
            await channel.start(SETTINGS, DUE)


async def test_a_silent_stripe_is_not_waited_for_long(fake: FakeStripe) -> None:
    channel = StripeCheckout(fake.address, patience=0.1)
    fake.silent = True
    try:
        with pytest.raises(PaymentChannelAway):
            await channel.start(SETTINGS, DUE)
    finally:
        fake.silent = False
        await channel.close()


async def test_nobody_there_is_away() -> None:
    channel = StripeCheckout("http://127.0.0.1:9", patience=0.5)
    with pytest.raises(PaymentChannelAway):
        await channel.start(SETTINGS, DUE)
    await channel.close()


async def test_without_a_key_there_is_nothing_to_start(channel: StripeCheckout) -> None:
    with pytest.raises(PaymentChannelAway):
        await channel.start({}, DUE)


async def test_half_a_yen_cannot_be_asked_for(fake: FakeStripe, channel: StripeCheckout) -> None:
    before = len(fake.asked)
    with pytest.raises(PaymentChannelAway, match=r"1500\.50 JPY"):
        await channel.start(SETTINGS, replace(DUE, currency="JPY"))
    assert len(fake.asked) == before


@pytest.mark.parametrize("kind", [COMPLETED, LATE])
def test_a_paid_session_is_money_that_came(asked: dict[str, str], kind: str) -> None:
    received = read(an_event(kind, a_session(asked)))
    assert received is not None
    assert (received.kind, received.account_id, received.order_id) == ("payment", 7, 42)
    assert (received.amount, received.reference) == (Decimal("1500.50"), "cs_test_1")
    assert timedelta() <= datetime.now(UTC) - received.at < timedelta(minutes=1)


def test_a_session_that_is_completed_but_not_paid_yet_is_waited_for(asked: dict[str, str]) -> None:
    assert read(an_event(COMPLETED, a_session(asked, payment_status="unpaid"))) is None
    assert read(an_event(COMPLETED, a_session(asked, payment_status="no_payment_required"))) is None
    assert read(an_event("checkout.session.async_payment_failed", a_session(asked, payment_status="unpaid"))) is None
    assert read(an_event("checkout.session.expired", a_session(asked, payment_status="unpaid"))) is None


def test_refunds_are_told_apart_by_what_went_back_so_far(asked: dict[str, str]) -> None:
    first = read(an_event(REFUNDED, a_charge(asked, 50_000), {"amount_refunded": 0, "refunded": False}))
    second = read(an_event(REFUNDED, a_charge(asked, 150_050), {"amount_refunded": 50_000}))
    assert first is not None
    assert second is not None
    assert (first.kind, first.order_id, first.amount) == ("refund", 42, Decimal("500.00"))
    assert (second.kind, second.order_id, second.amount) == ("refund", 42, Decimal("1000.50"))
    assert first.reference != second.reference


def test_sessions_and_charges_of_others_mean_nothing_here(asked: dict[str, str]) -> None:
    for metadata in (
        {},
        None,
        {"order": "42"},
        {"enlist_account": "7", "enlist_order": "", "enlist_currency": "usd"},
        {"enlist_account": "7", "enlist_order": "4²", "enlist_currency": "usd"},
        {"enlist_account": "7", "enlist_order": "-1", "enlist_currency": "usd"},
        {"enlist_account": "7", "enlist_order": "9" * 19, "enlist_currency": "usd"},
        {"enlist_account": "7", "enlist_order": "9" * 5000, "enlist_currency": "usd"},
    ):
        assert read(an_event(COMPLETED, a_session(asked) | {"metadata": metadata})) is None
        assert read(an_event(REFUNDED, a_charge(asked, 100) | {"metadata": metadata})) is None


@pytest.mark.parametrize(
    "kind", ["payment_intent.succeeded", "charge.succeeded", "customer.created", "invoice.paid", "v2.core.event", ""]
)
def test_other_events_mean_nothing(asked: dict[str, str], kind: str) -> None:
    assert read(an_event(kind, a_session(asked))) is None


def test_money_in_another_currency_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(BadEvent, match="usd, not in eur"):
        read(an_event(COMPLETED, a_session(asked) | {"currency": "eur"}))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"stripe-signature": ""},
        {"stripe-signature": "t=1,v1=abc"},
        {"stripe-signature": "v1=" + "0" * 64},
        {"stripe-signature": "t=x,v1=" + "0" * 64},
        {"stripe-signature": "t=" + "9" * 5000 + ",v1=" + "0" * 64},
        {"stripe-signature": "t=1,v1=é"},
        {"stripe-signature": f"t={int(time())},v0=" + "0" * 64},
        {"stripe-signature": "," * 1000},
        {"stripe-signature": "nonsense"},
        {"authorization": "Bearer sk_test_of_the_tests"},
    ],
)
def test_what_is_not_signed_is_refused(asked: dict[str, str], headers: dict[str, str]) -> None:
    with pytest.raises(BadEvent):
        read(an_event(COMPLETED, a_session(asked)), headers)


def test_what_is_signed_otherwise_is_refused(asked: dict[str, str]) -> None:
    body = an_event(COMPLETED, a_session(asked))
    for headers in (
        signature(body, "whsec_of_somebody_else"),
        signature(body + b" "),
        signature(body, at=time() - 3600),  # recorded, and sent again an hour later
        {"stripe-signature": signature(body)["stripe-signature"].replace("v1=", "v0=")},
    ):
        with pytest.raises(BadEvent):
            read(body, headers)
    for settings in ({}, {"webhook_secret": ""}, {"webhook_secret": " "}):
        with pytest.raises(BadEvent):
            read(body, signature(body, settings.get("webhook_secret") or WEBHOOK_SECRET), settings)


def test_a_second_secret_that_is_being_rolled_in_does_no_harm(asked: dict[str, str]) -> None:
    body = an_event(COMPLETED, a_session(asked))
    both = signature(body)["stripe-signature"] + ",v1=" + "0" * 64 + ",v0=" + "1" * 64
    assert read(body, {"stripe-signature": both}) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"not json",
        b'{"type": "checkout.session.completed"}',
        b'{"type": "checkout.session.completed", "created": 1, "data": {}}',
        b'{"type": "checkout.session.completed", "created": 1, "data": {"object": {}}}',
        b'{"type": "charge.refunded", "created": 1, "data": {"object": []}}',
        b"[" * 100_000,
    ],
)
def test_what_is_signed_but_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(BadEvent):
        read(body)


@pytest.mark.parametrize(
    "odd",
    [
        {"amount_total": -1},
        {"amount_total": 10**40},
        {"amount_total": "100"},
        {"amount_total": 1.5},
        {"currency": 1},
        {"metadata": {"enlist_account": 7}},
        {"payment_status": None},
    ],
)
def test_odd_values_are_refused(asked: dict[str, str], odd: dict[str, Any]) -> None:
    with pytest.raises(BadEvent):
        read(an_event(COMPLETED, a_session(asked) | odd))


@pytest.mark.parametrize("created", [-1, 10**20, "now", None])
def test_odd_moments_are_refused(asked: dict[str, str], created: object) -> None:
    event = json.loads(an_event(COMPLETED, a_session(asked))) | {"created": created}
    with pytest.raises(BadEvent):
        read(json.dumps(event).encode())


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BadEvent):
        read(b"\xff\xfe", {"stripe-signature": f"t={int(time())},v1=" + "0" * 64})


@given(st.binary(max_size=300), st.text(max_size=100))
def test_whatever_comes_there_is_an_answer(body: bytes, header: str) -> None:
    with pytest.raises(BadEvent):
        read(body, {"stripe-signature": header})


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("10.00", "USD", 1000),
        ("0.01", "eur", 1),
        ("500.00", "JPY", 500),
        ("5.00", "KWD", 5000),
        ("5.12", "KWD", 5120),
        ("5.00", "ISK", 500),
        ("5.00", "UGX", 500),
        ("1500.00", "RUB", 150_000),
    ],
)
def test_sums_are_told_in_the_smallest_unit_as_stripe_counts_it(amount: str, currency: str, units: int) -> None:
    assert in_smallest_units(Decimal(amount), currency) == units
    assert from_smallest_units(units, currency) == Decimal(amount)


@pytest.mark.parametrize("currency", ["JPY", "KRW", "ISK", "UGX"])
def test_there_are_no_halves_where_a_currency_has_none(currency: str) -> None:
    with pytest.raises(Unspeakable):
        in_smallest_units(Decimal("0.50"), currency)


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["USD", "EUR", "RUB", "KWD", "TWD", "HUF"]))
def test_a_sum_comes_back_as_it_went(amount: Decimal, currency: str) -> None:
    assert from_smallest_units(in_smallest_units(amount, currency), currency) == amount
