"""The command that shows everything at once: a server with an account, groups, and calls ready to paste."""

import click

from enlist.cli.acting import json_option, run, say
from enlist.domain import accounts, groups
from enlist.kit import signing
from enlist.runtime.settings import Settings

LOGIN = "demo"
GROUPS = {"news": ("News", True), "open": ("Open group, no confirmation", False)}


@click.command()
@click.option("--host", help="Address to listen on (else ENLIST_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (else ENLIST_PORT).")
@json_option
def demo(host: str | None, port: int | None, as_json: bool) -> None:
    """Serve with an account `demo` and two groups, and print signed calls that you can paste."""
    from enlist import main

    made: list[accounts.Account] = []

    async def act(settings: Settings) -> None:
        async def prepare(base: main.Ground) -> None:
            made.append(await _prepare(base))

        def listening(address: str) -> None:
            _introduce(settings, made[0], address, as_json)

        await main.serve(settings, listening, prepare)

    run(act, as_json=as_json, log_level=None, host=host, port=port)


async def _prepare(base: "main.Ground") -> accounts.Account:  # type: ignore[name-defined] # noqa: F821
    async with base.database.transaction() as tx:
        try:
            account = await accounts.get(tx, LOGIN, base.vault)
        except accounts.AccountNotFound:
            account = await groups.found_account(tx, accounts.NewAccount(login=LOGIN), base.vault)
        for name, (title, confirmation) in GROUPS.items():
            if await groups.find(tx, account.id, name) is None:
                await groups.create(tx, account.id, name, title=title, confirmation=confirmation)
    return account


def _introduce(settings: Settings, account: accounts.Account, address: str, as_json: bool) -> None:
    host = f"{account.login}.{settings.domains[0]}"
    port = address.rpartition(":")[2]
    calls = {
        "add somebody to a group that asks for confirmation": _curl(
            account,
            address,
            host,
            "AddLeadToGroup",
            {
                "rid[0]": "news",
                "lead_email": "anna@example.com",
                "lead_name": "Anna",
                "doneurl2": "https://example.com/",
            },
        ),
        "see his status": _curl(account, address, host, "GetLeadGroupStatuses", {"email": "anna@example.com"}),
        "list the groups": _curl(account, address, host, "GetAllGroups", {}),
    }
    letters = (
        f"sent by way of {_without_password(settings.smtp_url)}"
        if settings.smtp_url
        else "printed below, in this terminal"
    )
    form = f"http://{host}:{port}/form/news"
    answer = {
        "listening": address,
        "login": account.login,
        "api_key": account.api_key,
        "form": form,
        "calls": calls,
        "letters": letters,
    }
    lines = [f"enlist demo listens at {address}", f"account: {account.login}   API key: {account.api_key}", ""]
    for purpose, call in calls.items():
        lines += [f"# {purpose}", call, ""]
    lines += [f"a form to fill in by hand:  {form}", f"letters are {letters}", "stop with Ctrl-C", ""]
    say(answer, "\n".join(lines), as_json=as_json)


def _curl(account: accounts.Account, address: str, host: str, function: str, fields: dict[str, str]) -> str:
    body = signing.sign(list(fields.items()), account.login, account.api_key)
    return f"curl -H 'Host: {host}' -d '{body}' {address}/api/{function}"


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
