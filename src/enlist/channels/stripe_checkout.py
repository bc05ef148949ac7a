"""Stripe Checkout as a payment channel: buyers pay on Stripe's own page, and Stripe tells of it in signed events."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec

from enlist.channels import stripe_events
from enlist.channels.stripe_amounts import in_smallest_units
from enlist.domain.orders import BadEvent, Due, PaymentChannelAway, Received
from enlist.kit.email import normalise

# Stripe's library takes 6 MB and a third of a second: it is imported where an account is paid by Stripe at all.
if TYPE_CHECKING:
    import stripe
    from stripe.params.checkout import SessionCreateParams

ADDRESS: Final = "https://api.stripe.com"
SECRET_KEY: Final = "secret_key"  # noqa: S105 - the name of a setting
WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105
PATIENCE: Final = 10.0
_RETRIES: Final = 1
_LONGEST_TITLE: Final = 250


class StripeCheckout:
    """Sends buyers to Stripe Checkout; an account's settings are its ``secret_key`` and its ``webhook_secret``."""

    name = "stripe"

    def __init__(self, address: str = ADDRESS, *, patience: float = PATIENCE) -> None:
        """Call Stripe at ``address``, waiting at most ``patience`` seconds for each answer."""
        self._address = address
        self._patience = patience

    async def start(self, settings: Mapping[str, str], due: Due) -> str:
        """Open a Checkout session for what is ``due``; return the address of its page.

        Raises PaymentChannelAway, also for sums and currencies that Stripe does not take.
        """
        import stripe

        try:
            session = await self._client(settings).v1.checkout.sessions.create_async(_session(due))
        except (stripe.StripeError, KeyError, ValueError) as reason:
            raise PaymentChannelAway(f"{type(reason).__name__}: {reason}") from reason
        url = getattr(session, "url", None)
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise PaymentChannelAway("Stripe opened a session that has no page")
        return url

    def read_event(self, settings: Mapping[str, str], body: bytes, headers: Mapping[str, str]) -> Received | None:
        """Read a signed event; None for those that tell nothing about money of an order of ours. Raises BadEvent."""
        import stripe

        try:
            _check_signature(body, headers.get("stripe-signature", ""), settings[WEBHOOK_SECRET])
            return stripe_events.read(body)
        except (stripe.SignatureVerificationError, KeyError, ValueError, msgspec.DecodeError) as reason:
            raise BadEvent(f"{type(reason).__name__}: {reason}") from reason

    async def close(self) -> None:
        """Give up the connections to Stripe."""
        if "_connections" in self.__dict__:
            await self._connections.close_async()  # type: ignore[no-untyped-call]

    @cached_property
    def _connections(self) -> "stripe.HTTPXClient":
        import stripe

        return stripe.HTTPXClient(timeout=self._patience)

    def _client(self, settings: Mapping[str, str]) -> "stripe.StripeClient":
        import stripe

        stripe.enable_telemetry = False  # no call times to third parties
        return stripe.StripeClient(
            settings[SECRET_KEY],
            base_addresses={"api": self._address},
            http_client=self._connections,
            max_network_retries=_RETRIES,
        )


def _session(due: Due) -> "SessionCreateParams":
    """Say what is to be paid, as one line: the sum is ours to make up, not Stripe's."""
    marks = {
        stripe_events.ACCOUNT: str(due.account_id),
        stripe_events.ORDER: str(due.order_id),
        stripe_events.CURRENCY: due.currency.lower(),
    }
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": due.currency.lower(),
                    "unit_amount": in_smallest_units(due.amount, due.currency),
                    "product_data": {"name": due.title[:_LONGEST_TITLE]},
                },
            }
        ],
        "adaptive_pricing": {"enabled": False},  # what comes is to be what was due, in its currency
        "client_reference_id": str(due.order_id),
        "metadata": marks,
        "payment_intent_data": {"metadata": marks},  # the charge inherits these, and refunds tell of charges
        "success_url": due.success_url,
        "cancel_url": due.cancel_url,
    }
    if due.email.isascii() and normalise(due.email):  # others Stripe refuses together with the session
        params["customer_email"] = due.email
    return params


def _check_signature(body: bytes, header: str, secret: str) -> None:
    """Raise stripe.SignatureVerificationError or ValueError unless Stripe signed this a few minutes ago at most."""
    import stripe

    if not header.isascii():
        raise ValueError("the signature is not ASCII")
    stripe.WebhookSignature.verify_header(body, header, secret, stripe.Webhook.DEFAULT_TOLERANCE)
