"""The commands about payment channels."""

from typing import IO, Final

import click

from enlist.cli.acting import json_option, run, run_for, say
from enlist.domain import accounts, orders
from enlist.runtime.db import Tx
from enlist.runtime.settings import Settings

STRIPE: Final = "stripe"


@click.group()
def payments() -> None:
    """Set up, list and remove the ways in which buyers of an account pay by themselves.

    Without any, the owner records what came: `enlist order pay`.
    """


@payments.command()
@click.argument("login")
@click.option(
    "--secret-key-file",
    type=click.File(encoding="utf-8"),
    required=True,
    help="Where Stripe's secret key stands (sk_...); - reads it from standard input.",
)
@click.option(
    "--webhook-secret-file",
    type=click.File(encoding="utf-8"),
    required=True,
    help="Where the signing secret of the webhook endpoint stands (whsec_...).",
)
@json_option
def stripe(login: str, secret_key_file: IO[str], webhook_secret_file: IO[str], as_json: bool) -> None:
    """Let buyers of LOGIN pay by Stripe Checkout; the keys are read from files and kept encrypted.

    Stripe is to send its events to /pay/stripe/events on the account's host.
    """
    secret_key, webhook_secret = secret_key_file.read().strip(), webhook_secret_file.read().strip()

    async def act(settings: Settings) -> None:
        from enlist.channels import stripe_checkout
        from enlist.plan.program import open_installation

        given = {stripe_checkout.SECRET_KEY: secret_key, stripe_checkout.WEBHOOK_SECRET: webhook_secret}
        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            owner = await accounts.get(tx, login, installation.vault)
            await orders.set_payment_channel(tx, owner.id, STRIPE, given, installation.vault)

    run(act, as_json=as_json)
    say({"login": login, "channel": STRIPE}, f"buyers of {login} can pay by {STRIPE}", as_json=as_json)


@payments.command("list")
@click.argument("login")
@json_option
def list_(login: str, as_json: bool) -> None:
    """List the payment channels that LOGIN has set up."""

    async def act(tx: Tx, owner: accounts.Account) -> list[str]:
        return await orders.list_payment_channels(tx, owner.id)

    found = run_for(login, act, as_json=as_json)
    say(found, "\n".join(found) or "none: the owner records what came", as_json=as_json)


@payments.command()
@click.argument("login")
@click.argument("channel")
@json_option
def remove(login: str, channel: str, as_json: bool) -> None:
    """Forget the settings of a payment CHANNEL of LOGIN; its events are not taken any more."""

    async def act(tx: Tx, owner: accounts.Account) -> None:
        await orders.remove_payment_channel(tx, owner.id, channel)

    run_for(login, act, as_json=as_json)
    say({"login": login, "channel": channel, "removed": True}, f"{channel} is removed", as_json=as_json)
