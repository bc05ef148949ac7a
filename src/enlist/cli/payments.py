"""The commands about payment channels."""

from typing import IO, Final

import click

from enlist.cli.acting import Answer, for_account
from enlist.domain import accounts, orders
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault

STRIPE: Final = "stripe"


@click.group()
def payments() -> None:
    """Set up, list and remove payment channels.

    Without any, record payments with `enlist order pay`.
    """


@for_account(payments)
@click.option(
    "--secret-key-file",
    type=click.File(encoding="utf-8"),
    required=True,
    help="File with Stripe's secret key (sk_...); - for standard input.",
)
@click.option(
    "--webhook-secret-file",
    type=click.File(encoding="utf-8"),
    required=True,
    help="File with the signing secret of the webhook endpoint (whsec_...).",
)
async def stripe(
    tx: Tx, owner: accounts.Account, secret_key_file: IO[str], webhook_secret_file: IO[str], vault: Vault
) -> Answer:
    """Let buyers of LOGIN pay with Stripe Checkout.

    The keys are read from files and stored encrypted. In Stripe's dashboard, send events to /pay/stripe/events on the
    account's host.
    """
    secret_key, webhook_secret = secret_key_file.read().strip(), webhook_secret_file.read().strip()
    from enlist.channels import stripe_checkout

    given = {stripe_checkout.SECRET_KEY: secret_key, stripe_checkout.WEBHOOK_SECRET: webhook_secret}
    await orders.set_payment_channel(tx, owner.id, STRIPE, given, vault)
    return Answer({"login": owner.login, "channel": STRIPE}, f"buyers of {owner.login} can now pay with {STRIPE}")


@for_account(payments, "list", reading=True)
async def list_(tx: Tx, owner: accounts.Account) -> Answer:
    """List the payment channels of LOGIN."""
    found = await orders.list_payment_channels(tx, owner.id)
    return Answer(found, "\n".join(found) or "none: record payments with `enlist order pay`")


@for_account(payments)
@click.argument("channel")
async def remove(tx: Tx, owner: accounts.Account, channel: str) -> Answer:
    """Remove a payment CHANNEL of LOGIN.

    Its settings are deleted, and its events are no longer accepted.
    """
    await orders.remove_payment_channel(tx, owner.id, channel)
    return Answer({"login": owner.login, "channel": channel, "removed": True}, f"{channel} removed")
