"""The commands about accounts."""

from ipaddress import ip_network
from typing import Any

import click

from enlist.cli.acting import json_option, run, say, table
from enlist.domain import accounts
from enlist.runtime.settings import Settings


class Network(click.ParamType[Any]):
    """An address or a network of addresses, such as 10.0.0.0/8."""

    name = "cidr"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the network; complain if it is none."""
        try:
            return ip_network(value, strict=False)
        except ValueError:
            self.fail(f"{value} is no network, such as 203.0.113.0/24", param, ctx)


@click.group()
def account() -> None:
    """Make, list, disable and enable accounts; keys and domains."""


@account.command()
@click.argument("login")
@click.option("--api-key", metavar="KEY", help="The key that the account's scripts sign with; else one is made up.")
@click.option(
    "--confirmation",
    type=click.Choice(["always", "on-demand"]),
    default="always",
    show_default=True,
    help="When a group that asks for confirmation sends its letter: always, or only when a call demands it.",
)
@click.option("--time-zone", default="UTC", show_default=True, help="Such as Europe/Moscow.")
@click.option(
    "--allow-ip",
    "networks",
    type=Network(),
    multiple=True,
    help="Answer signed calls only from this network; may be repeated. None: from everywhere.",
)
@click.option(
    "--locale", type=click.Choice(["en", "ru"]), default="en", show_default=True, help="Language of letters and pages."
)
@click.option("--currency", metavar="CODE", help="Of its prices, such as EUR; else USD, with --locale ru RUB.")
@json_option
def create(
    login: str,
    api_key: str | None,
    confirmation: str,
    time_zone: str,
    networks: tuple[Any, ...],
    locale: accounts.Locale,
    currency: str | None,
    as_json: bool,
) -> None:
    """Make the account LOGIN, which is reached at LOGIN.<domain>."""
    new = accounts.NewAccount(
        login=login,
        api_key=api_key,
        confirms_always=confirmation == "always",
        time_zone=time_zone,
        locale=locale,
        networks=networks,
        currency=currency,
    )

    async def act(settings: Settings) -> accounts.Account:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            return await accounts.create(tx, new, installation.vault)

    made = run(act, as_json=as_json)
    say(
        _shown(made) | {"api_key": made.api_key},
        f"account {made.login} is made; its API key is {made.api_key}",
        as_json=as_json,
    )


@account.command("list")
@click.option("--after", default="", metavar="LOGIN", help="Begin behind this login.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@json_option
def list_(after: str, limit: int, as_json: bool) -> None:
    """List accounts by login."""

    async def act(settings: Settings) -> list[tuple[accounts.Account, list[str]]]:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.reading() as tx:
            return await accounts.list_(tx, installation.vault, after=after, limit=limit)

    found = run(act, as_json=as_json)
    rows = [_shown(account) | {"domains": domains} for account, domains in found]
    titles = ("login", "confirmation", "locale", "time_zone", "currency", "state", "allow_ip", "domains")
    text = table(
        [[_cell(row[title]) for title in titles] for row in rows], [title.replace("_", " ") for title in titles]
    )
    if len(rows) == limit:
        text += f"\nmore: enlist account list --after {rows[-1]['login']}"
    say(rows, text, as_json=as_json)


@account.command()
@click.argument("login")
@json_option
def disable(login: str, as_json: bool) -> None:
    """Refuse all calls and forms of LOGIN from now on; `enable` undoes it, nothing is lost."""
    _change(accounts.disable, login, "disabled", as_json)


@account.command()
@click.argument("login")
@json_option
def enable(login: str, as_json: bool) -> None:
    """Undo `disable`."""
    _change(accounts.enable, login, "enabled", as_json)


@account.command()
@click.argument("login")
@json_option
def show_key(login: str, as_json: bool) -> None:
    """Show the API key of LOGIN."""

    async def act(settings: Settings) -> accounts.Account:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.reading() as tx:
            return await accounts.get(tx, login, installation.vault)

    found = run(act, as_json=as_json)
    say({"login": found.login, "api_key": found.api_key}, found.api_key, as_json=as_json)


@account.command()
@click.argument("login")
@click.option("--api-key", metavar="KEY", help="The new key; else one is made up.")
@json_option
def rotate_key(login: str, api_key: str | None, as_json: bool) -> None:
    """Replace the API key of LOGIN; calls signed with the old one are refused at once."""

    async def act(settings: Settings) -> str:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            return await accounts.rotate_key(tx, login, installation.vault, api_key)

    key = run(act, as_json=as_json)
    say({"login": login, "api_key": key}, f"the API key of {login} is now {key}", as_json=as_json)


@account.command()
@click.argument("login")
@click.argument("domain")
@json_option
def add_domain(login: str, domain: str, as_json: bool) -> None:
    """Let LOGIN be reached by a DOMAIN of its own, too."""

    async def act(settings: Settings) -> str:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            return await accounts.add_domain(tx, login, domain, installation.vault)

    plain = run(act, as_json=as_json)
    say({"login": login, "domain": plain}, f"{login} is reached by {plain}, too", as_json=as_json)


@account.command()
@click.argument("login")
@click.argument("currency", metavar="CODE")
@json_option
def set_currency(login: str, currency: str, as_json: bool) -> None:
    """Let the prices of LOGIN be in another currency, such as EUR; orders made before keep theirs."""

    async def act(settings: Settings) -> None:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            await accounts.set_currency(tx, login, currency)

    run(act, as_json=as_json)
    say({"login": login, "currency": currency}, f"the prices of {login} are in {currency}", as_json=as_json)


def _change(change: Any, login: str, word: str, as_json: bool) -> None:
    async def act(settings: Settings) -> None:
        from enlist.plan.program import open_installation

        async with open_installation(settings) as installation, installation.database.transaction() as tx:
            await change(tx, login)

    run(act, as_json=as_json)
    say({"login": login, "state": word}, f"account {login} is {word}", as_json=as_json)


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
