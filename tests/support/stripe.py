"""A Stripe of the tests' own: a real HTTP server that opens Checkout sessions, and events as Stripe publishes them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import time
from typing import Any
from urllib.parse import parse_qsl

import stripe

from enlist.runtime.http import Answer, Request, plain
from tests.support.browser import a_free_port, served

# Stripe's library hands its bodies to httpx by a name that httpx would rather not hear.
QUIET = "ignore:Use 'content=<...>' to upload raw bytes/text content:DeprecationWarning"

WEBHOOK_SECRET = "whsec_of_the_tests"
SETTINGS = {"secret_key": "sk_test_of_the_tests", "webhook_secret": WEBHOOK_SECRET}


@dataclass
class Asked:
    """One request as Stripe got it."""

    path: str
    fields: dict[str, str]
    key: str
    idempotency_key: str


@dataclass
class FakeStripe:
    """What the server at ``address`` was asked; ``answers`` are given before it goes on opening sessions."""

    address: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    silent: bool = False

    @property
    def session(self) -> dict[str, str]:
        """What was asked of the latest session."""
        return self.asked[-1].fields

    async def app(self, request: Request) -> Answer:
        """Answer as Stripe does."""
        if request.path.startswith("/c/pay/"):
            return plain(200, self._page().encode(), b"text/html; charset=utf-8")
        body = await request.read(100_000)
        self.asked.append(
            Asked(
                request.path,
                dict(parse_qsl(body.decode(), keep_blank_values=True)),
                request.header("authorization").removeprefix("Bearer "),
                request.header("idempotency-key"),
            )
        )
        while self.silent:
            await asyncio.sleep(0.05)
        status, said = self.answers.pop(0) if self.answers else (200, self._opened())
        return plain(status, json.dumps(said).encode(), b"application/json")

    def _opened(self) -> dict[str, Any]:
        number = f"cs_test_{len(self.asked)}"
        return a_session(self.session, number, "unpaid") | {"url": f"{self.address}/c/pay/{number}#a-long-part"}

    def _page(self) -> str:
        return (
            '<!DOCTYPE html><html lang="en"><link rel="icon" href="data:,"><meta charset="utf-8"><h1>Stripe</h1>'
            f"<p>{self.session['line_items[0][price_data][unit_amount]']}</p>"
            f'<a href="{self.session["success_url"]}">Pay</a> <a href="{self.session["cancel_url"]}">Back</a>'
        )


def a_session(asked: dict[str, str], number: str = "cs_test_1", payment_status: str = "paid") -> dict[str, Any]:
    """Write a Checkout session as Stripe publishes it, with what was ``asked`` when it was opened."""
    total = int(asked["line_items[0][price_data][unit_amount]"])
    return {
        "id": number,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "status": None},
        "cancel_url": asked["cancel_url"],
        "client_reference_id": asked["client_reference_id"],
        "consent": None,
        "created": int(time()) - 60,
        "currency": asked["line_items[0][price_data][currency]"],
        "custom_fields": [],
        "customer": None,
        "customer_details": {"address": None, "email": "buyer@example.com", "name": None, "tax_ids": None},
        "expires_at": int(time()) + 86_400,
        "invoice": None,
        "livemode": False,
        "metadata": _metadata(asked, "metadata"),
        "mode": "payment",
        "payment_intent": f"pi_{number}",
        "payment_link": None,
        "payment_method_types": ["card"],
        "payment_status": payment_status,
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open" if payment_status == "unpaid" else "complete",
        "success_url": asked["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": None,
    }


def a_charge(asked: dict[str, str], refunded: int, number: str = "ch_1") -> dict[str, Any]:
    """Write the charge behind a session as Stripe publishes it, of which so much has been ``refunded`` so far."""
    total = int(asked["line_items[0][price_data][unit_amount]"])
    return {
        "id": number,
        "object": "charge",
        "amount": total,
        "amount_captured": total,
        "amount_refunded": refunded,
        "balance_transaction": "txn_1",
        "captured": True,
        "created": int(time()) - 60,
        "currency": asked["line_items[0][price_data][currency]"],
        "customer": None,
        "disputed": False,
        "livemode": False,
        "metadata": _metadata(asked, "payment_intent_data[metadata]"),
        "paid": True,
        "payment_intent": "pi_1",
        "refunded": refunded == total,
        "status": "succeeded",
    }


def an_event(kind: str, told: dict[str, Any], before: dict[str, Any] | None = None) -> bytes:
    """Write an event of one ``kind`` as Stripe sends it; ``before`` is what was otherwise in ``told``."""
    data = {"object": told} | ({"previous_attributes": before} if before is not None else {})
    return json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time()),
            "data": data,
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        },
        indent=2,
    ).encode()


def signature(body: bytes, secret: str = WEBHOOK_SECRET, *, at: float | None = None) -> dict[str, str]:
    """Sign an event with Stripe's own library."""
    moment = int(at if at is not None else time())
    made = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, moment)
    return {"stripe-signature": made}


@asynccontextmanager
async def a_stripe() -> AsyncIterator[FakeStripe]:
    """Run a Stripe on this machine."""
    fake = FakeStripe()
    with a_free_port() as sock:
        fake.address = f"http://127.0.0.1:{sock.getsockname()[1]}"
        async with served(fake.app, sock):
            yield fake


def _metadata(asked: dict[str, str], name: str) -> dict[str, str]:
    opening = f"{name}["
    return {key[len(opening) : -1]: value for key, value in asked.items() if key.startswith(opening)}
