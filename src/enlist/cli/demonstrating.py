"""The demo command: an account with groups, a product, a partner, and calls to paste."""

from decimal import Decimal
from typing import TYPE_CHECKING

import click

from enlist.cli.acting import json_option, run, say
from enlist.domain import accounts, groups, partners, products
from enlist.doors.justclick import signing

if TYPE_CHECKING:
    from enlist.plan.installation import Installation
    from enlist.plan.settings import Settings

LOGIN = "demo"
GROUPS = {"news": ("News", True), "open": ("Open group, no confirmation", False)}
PRODUCT = products.NewProduct(
    name="course",
    kind="digital",
    title="The course",
    price=Decimal("1500.00"),
    groups=("buyers",),
    download_url="https://example.com/course.zip",
    for_partners=True,
)
PARTNER = "bob"
PROGRAMME = partners.Programme(
    commissions=(partners.Commission(percent=Decimal(10)), partners.Commission(percent=Decimal(5)))
)


@click.command()
@click.option("--host", help="Address to listen on; default: ENLIST_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; default: ENLIST_PORT.")
@json_option
def demo(host: str | None, port: int | None, as_json: bool) -> None:
    """Serve a demo account and print signed calls to paste.

    The account `demo` has two groups, a product and a partner.
    """
    from enlist.plan import program

    made: list[accounts.Account] = []

    async def act(settings: "Settings") -> None:
        async def prepare(installation: "Installation") -> None:
            made.append(await _prepare(installation))

        def listening(address: str) -> None:
            _introduce(settings, made[0], address, as_json)

        await program.serve(settings, listening, prepare)

    run(act, as_json=as_json, log_level=None, host=host, port=port)


async def _prepare(installation: "Installation") -> accounts.Account:
    async with installation.database.transaction() as tx:
        try:
            account = await accounts.get(tx, LOGIN, installation.vault)
        except accounts.AccountNotFound:
            account = await accounts.create(tx, accounts.NewAccount(login=LOGIN), installation.vault)
        for name, (title, confirmation) in GROUPS.items():
            if await groups.find(tx, account.id, name) is None:
                await groups.create(tx, account.id, name, title=title, confirmation=confirmation)
        if await products.find(tx, account.id, PRODUCT.name) is None:
            await products.create(tx, account.id, PRODUCT)
        if await partners.find(tx, account.id, PARTNER) is None:
            if await partners.programme(tx, account.id) == partners.Programme():
                await partners.set_programme(tx, account.id, PROGRAMME)
            await partners.create(tx, account.id, partners.NewPartner(login=PARTNER, name="Bob"))
    return account


def _introduce(settings: "Settings", account: accounts.Account, address: str, as_json: bool) -> None:
    host = f"{account.login}.{settings.domains[0]}"
    port = address.rpartition(":")[2]
    calls = {
        "add a contact to a group that asks for confirmation": _curl(
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
        "check the subscription": _curl(account, address, host, "GetLeadGroupStatuses", {"email": "anna@example.com"}),
        "list the groups": _curl(account, address, host, "GetAllGroups", {}),
        "order the course; the response has the order number and its payment page": _curl(
            account,
            address,
            host,
            "CreateOrder",
            {"goods[0][good_name]": PRODUCT.name, "bill_email": "anna@example.com", "bill_first_name": "Anna"},
        ),
    }
    letters = (
        f"sent through {_without_password(settings.smtp_url)}"
        if settings.smtp_url
        else "printed below in this terminal"
    )
    base = f"http://{host}:{port}"
    pages = {
        "form": f"{base}/form/news",
        "order_page": f"{base}/order/{PRODUCT.name}/",
        "partner_link": f"{base}/aff/sl/{PRODUCT.name}/{PARTNER}/",
    }
    answer = {
        "listening": address,
        "login": account.login,
        "api_key": account.api_key,
        **pages,
        "calls": calls,
        "letters": letters,
    }
    lines = [f"enlist demo is listening at {address}", f"account: {account.login}   API key: {account.api_key}", ""]
    for purpose, call in calls.items():
        lines += [f"# {purpose}", call, ""]
    lines += [
        f"subscription form:           {pages['form']}",
        f"order page of the course:    {pages['order_page']}",
        f"the same, as affiliate link: {pages['partner_link']}",
        f"to record its payment:       enlist order pay {account.login} 1",
        f"emails are {letters}",
        "press Ctrl-C to stop",
        "",
    ]
    say(answer, "\n".join(lines), as_json=as_json)


def _curl(account: accounts.Account, address: str, host: str, function: str, fields: dict[str, str]) -> str:
    body = signing.sign(list(fields.items()), account.login, account.api_key)
    return f"curl -H 'Host: {host}' -d '{body}' {address}/api/{function}"


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
