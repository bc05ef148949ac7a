"""The commands about accounts."""

from ipaddress import ip_network
from typing import Any

import click

from enlist.cli.acting import Answer, for_account, table, with_database
from enlist.domain import accounts, groups
from enlist.runtime.db import Tx
from enlist.runtime.texts import languages
from enlist.runtime.vault import Vault


class Network(click.ParamType[Any]):
    """An address or a network of addresses, such as 10.0.0.0/8."""

    name = "cidr"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the network; refuse anything else."""
        try:
            return ip_network(value, strict=False)
        except ValueError:
            self.fail(f"{value} is not a network, such as 203.0.113.0/24", param, ctx)


@click.group()
def account() -> None:
    """Create, list and change accounts; API keys and domains."""


@with_database(account)
@click.argument("login")
@click.option("--api-key", metavar="KEY", help="The key that the account's scripts sign with; default: a new one.")
@click.option(
    "--confirmation",
    type=click.Choice(["always", "on-demand"]),
    default="always",
    show_default=True,
    help="When to send the confirmation email of a group that asks for one: always, or only when a call demands it.",
)
@click.option("--time-zone", default="UTC", show_default=True, help="The account's time zone, such as Europe/Moscow.")
@click.option(
    "--allow-ip",
    "networks",
    type=Network(),
    multiple=True,
    help="Accept signed calls only from this network; may be repeated. Default: from anywhere.",
)
@click.option(
    "--locale", type=click.Choice(languages()), default="en", show_default=True, help="Language of emails and pages."
)
@click.option(
    "--currency", metavar="CODE", help="Currency of prices, such as EUR; default: USD, or RUB with --locale ru."
)
async def create(
    tx: Tx,
    login: str,
    api_key: str | None,
    confirmation: str,
    time_zone: str,
    networks: tuple[Any, ...],
    locale: str,
    currency: str | None,
    vault: Vault,
) -> Answer:
    """Create the account LOGIN, reachable at LOGIN.<domain>."""
    new = accounts.NewAccount(
        login=login,
        api_key=api_key,
        confirms_always=confirmation == "always",
        time_zone=time_zone,
        locale=locale,
        networks=networks,
        currency=currency,
    )
    made = await accounts.create(tx, new, vault)
    return Answer(
        _shown(made) | {"api_key": made.api_key},
        f"account {made.login} created; its API key is {made.api_key}",
    )


@with_database(account, "list", reading=True)
@click.option("--after", default="", metavar="LOGIN", help="Start after this login.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
async def list_(tx: Tx, after: str, limit: int, vault: Vault) -> Answer:
    """List accounts by login."""
    found = await accounts.list_(tx, vault, after=after, limit=limit)
    rows = [_shown(account) | {"domains": domains} for account, domains in found]
    titles = ("login", "confirmation", "locale", "time_zone", "currency", "state", "allow_ip", "domains")
    text = table(
        [[_cell(row[title]) for title in titles] for row in rows], [title.replace("_", " ") for title in titles]
    )
    if len(rows) == limit:
        text += f"\nmore: enlist account list --after {rows[-1]['login']}"
    return Answer(rows, text)


@with_database(account)
@click.argument("login")
async def disable(tx: Tx, login: str) -> Answer:
    """Refuse all calls and forms of LOGIN.

    `enable` undoes it; no data is lost.
    """
    await accounts.disable(tx, login)
    return Answer({"login": login, "state": "disabled"}, f"account {login} is disabled")


@with_database(account)
@click.argument("login")
async def enable(tx: Tx, login: str) -> Answer:
    """Accept calls and forms of a disabled LOGIN again."""
    await accounts.enable(tx, login)
    return Answer({"login": login, "state": "enabled"}, f"account {login} is enabled")


@with_database(account, reading=True)
@click.argument("login")
async def show_key(tx: Tx, login: str, vault: Vault) -> Answer:
    """Show the API key of LOGIN."""
    found = await accounts.get(tx, login, vault)
    return Answer({"login": found.login, "api_key": found.api_key}, found.api_key)


@with_database(account)
@click.argument("login")
@click.option("--api-key", metavar="KEY", help="The new key; default: a generated one.")
async def rotate_key(tx: Tx, login: str, api_key: str | None, vault: Vault) -> Answer:
    """Replace the API key of LOGIN.

    The old one stops working at once.
    """
    key = await accounts.rotate_key(tx, login, vault, api_key)
    return Answer({"login": login, "api_key": key}, f"the API key of {login} is now {key}")


@with_database(account)
@click.argument("login")
@click.argument("domain")
async def add_domain(tx: Tx, login: str, domain: str, vault: Vault) -> Answer:
    """Make LOGIN reachable at a DOMAIN of its own as well."""
    plain = await accounts.add_domain(tx, login, domain, vault)
    return Answer({"login": login, "domain": plain}, f"{login} is now reachable at {plain} as well")


@with_database(account)
@click.argument("login")
@click.argument("currency", metavar="CODE")
async def set_currency(tx: Tx, login: str, currency: str) -> Answer:
    """Set the currency of prices of LOGIN.

    CODE is a currency code such as EUR. Existing orders keep theirs.
    """
    await accounts.set_currency(tx, login, currency)
    return Answer({"login": login, "currency": currency}, f"the prices of {login} are in {currency}")


@for_account(account)
async def recount(tx: Tx, owner: accounts.Account) -> Answer:
    """Recount the contacts and members of LOGIN.

    Use this if stored counts are wrong; the server can keep running.
    """
    wrong = await groups.recount(tx, owner.id)
    text = f"{wrong} wrong counts corrected" if wrong else "all counts were right"
    return Answer({"login": owner.login, "wrong": wrong}, text)


def _shown(account: accounts.Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "login": account.login,
        "confirmation": "always" if account.confirms_always else "on-demand",
        "locale": account.locale,
        "time_zone": account.time_zone,
        "currency": account.currency,
        "state": "disabled" if account.disabled else "enabled",
        "allow_ip": [str(network) for network in account.networks],
        "created_at": account.created_at,
    }


def _cell(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
