"""The commands about the affiliate programme and its partners."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from enlist.cli.partner import partner
from enlist.cli.programme import programme
from enlist.domain import partners, products
from tests.cli.conftest import Enlist
from tests.domain.partners.helpers import a_sale, credit, pay
from tests.support.world import World


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["create"],
        ["list"],
        ["show"],
        ["approve"],
        ["suspend"],
        ["change-email"],
        ["rate"],
        ["stats"],
        ["payout"],
        ["links"],
    ],
    ids=" ".join,
)
def test_every_command_about_partners_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(partner, [*words, "--help"])
    assert (said.exit_code, len(said.output) > 120) == (0, True)


@pytest.mark.parametrize("words", [[], ["show"], ["set"]], ids=" ".join)
def test_every_command_about_the_programme_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(programme, [*words, "--help"])
    assert (said.exit_code, len(said.output) > 120) == (0, True)


async def test_settings_change_one_by_one_and_are_shown(world: World, enlist: Enlist, tmp_path: Path) -> None:
    await world.account("setting")
    fresh = await enlist(programme, "show", "setting")
    assert (fresh["which"], fresh["fee_days"], fresh["money_back"]) == ("last", None, True)
    (tmp_path / "text").write_text("Be kind.")
    await enlist(programme, "set", "setting", "--percent-1", "10", "--sum-2", "1.50", "--fee-days", "30")
    await enlist(
        programme, "set", "setting", "--which", "first", "--no-money-back", "--new-contacts-only",
        "--other-click-cancels", "--open-registration", "--auto-approval", "--store-name", "Shop",
        "--payout-ways", "bank", "--instructions", f"@{tmp_path / 'text'}",
    )  # fmt: skip
    shown = await enlist(programme, "show", "setting")
    assert shown == {
        "commissions": [{"sum": None, "percent": "10.0000"}, {"sum": "1.50", "percent": None}],
        "fee_days": 30,
        "which": "first",
        "new_contacts_only": True,
        "other_click_cancels": True,
        "money_back": False,
        "open_registration": True,
        "auto_approval": True,
        "store_name": "Shop",
        "payout_ways": "bank",
        "instructions": "Be kind.",
    }
    shown = await enlist(programme, "set", "setting", "--fee-days", "none", "--sum-2", "none", "--all-contacts")
    assert (shown["fee_days"], shown["commissions"][1]["sum"], shown["new_contacts_only"]) == (None, None, False)
    assert (await enlist(programme, "set", "setting", "--fee-days", "400"))["error"] == "bad_programme"
    assert "is not a percentage" in await enlist(programme, "set", "setting", "--percent-1", "a lot")
    assert (await enlist(programme, "show", "nobody"))["error"] == "account_not_found"


async def test_a_partner_from_his_coming_to_his_payout(world: World, enlist: Enlist) -> None:
    account = await world.account("shop")
    async with world.transaction() as tx:
        new = products.NewProduct(
            name="book",
            kind="digital",
            title="A book",
            price=Decimal(100),
            for_partners=True,
            sales_url="http://x.test/?a=1",
        )
        book = await products.create(tx, account.id, new)
        await products.create(
            tx, account.id, products.NewProduct(name="own", kind="digital", title="O", price=Decimal(1))
        )
    await enlist(programme, "set", "shop", "--percent-1", "10", "--percent-2", "5")
    boss = await enlist(partner, "create", "shop", "boss")
    anna = await enlist(
        partner, "create", "shop", "anna", "--name", "Anna", "--email", "a@x.test", "--recruited-by", "boss"
    )
    assert (anna["state"], anna["recruited_by"], anna["name"]) == ("active", boss["id"], "Anna")
    assert [one["login"] for one in await enlist(partner, "list", "shop")] == ["anna", "boss"]
    assert [one["login"] for one in await enlist(partner, "list", "shop", "--limit", "1", "--after", "anna")] == [
        "boss"
    ]

    rate = await enlist(partner, "rate", "shop", "anna", "--product", "book", "--percent", "20", "--sum", "1")
    assert rate["commission"] == {"sum": "1.00", "percent": "20.0000"}
    sale = a_sale(account, affiliates=("anna",), product_id=book.id)
    await credit(world, sale)
    await pay(world, account, sale.order_id)
    stats = await enlist(partner, "stats", "shop", "anna")
    assert stats == {
        "earned": "21.00", "to_pay": "21.00", "paid": "0.00", "clicks": 0, "contacts": 1, "paid_orders": 1, "recruits": 0,
    }  # fmt: skip
    assert (await enlist(partner, "stats", "shop", "anna", "--from", "2026-11-22"))["earned"] == "0.00"
    assert (await enlist(partner, "stats", "shop", "boss", "--to", str(date(2026, 11, 21))))["to_pay"] == "5.00"

    paid = await enlist(partner, "payout", "shop", "anna", "20", "--note", "by bank")
    assert (paid["amount"], paid["note"], paid["actor"]) == ("20.00", "by bank", "owner")
    assert (await enlist(partner, "payout", "shop", "anna"))["amount"] == "1.00"
    assert (await enlist(partner, "payout", "shop", "anna"))["error"] == "payout_impossible"
    shown = await enlist(partner, "show", "shop", "anna")
    assert (shown["balance"], shown["recruited_by"]) == ("0.00", "boss")
    assert shown["rates"] == [{"product_id": book.id, "level": 1, "commission": {"sum": "1.00", "percent": "20.0000"}}]
    await enlist(partner, "rate", "shop", "anna", "--product", "book", "--remove")
    assert (await enlist(partner, "show", "shop", "anna"))["rates"] == []

    (links,) = await enlist(partner, "links", "shop", "anna")
    assert links == {
        "product": "book",
        "link": "http://shop.localhost:8080/aff/sl/book/anna/",
        "direct": "http://x.test/?a=1&utm_medium=affiliate&utm_source=anna",
    }
    assert (await enlist(partner, "suspend", "shop", "anna"))["state"] == "suspended"
    assert (await enlist(partner, "approve", "shop", "anna"))["state"] == "active"
    assert (await enlist(partner, "change-email", "shop", "anna", "anna@new.test"))["email"] == "anna@new.test"
    assert (await enlist(partner, "show", "shop", "anna"))["email"] == "anna@new.test"


async def test_what_is_wrong_is_said(world: World, enlist: Enlist) -> None:
    await world.account("wrong")
    assert (await enlist(partner, "create", "wrong", "a b"))["error"] == "bad_partner"
    assert (await enlist(partner, "create", "wrong", "anna", "--recruited-by", "x"))["error"] == "partner_not_found"
    await enlist(partner, "create", "wrong", "anna")
    assert (await enlist(partner, "create", "wrong", "ANNA"))["error"] == "partner_taken"
    for command in ("show", "approve", "suspend", "stats", "payout", "links"):
        assert (await enlist(partner, command, "wrong", "nobody"))["error"] == "partner_not_found"
    assert (await enlist(partner, "change-email", "wrong", "nobody", "a@b.test"))["error"] == "partner_not_found"
    assert (await enlist(partner, "change-email", "wrong", "anna", "nonsense"))["error"] == "bad_partner"
    assert (await enlist(partner, "list", "nobody"))["error"] == "account_not_found"
    assert "--remove" in await enlist(partner, "rate", "wrong", "anna")
    assert (await enlist(partner, "rate", "wrong", "anna", "--product", "x", "--sum", "1"))[
        "error"
    ] == "product_not_found"
    assert (await enlist(partner, "rate", "wrong", "anna", "--percent", "101"))["error"] == "bad_programme"
    assert "does not match" in await enlist(partner, "stats", "wrong", "anna", "--from", "01.02.2026")


async def test_who_waits_for_approval_is_listed_and_let_in(world: World, enlist: Enlist) -> None:
    account = await world.account("waiting")
    await enlist(programme, "set", "waiting", "--open-registration")
    await world.do(partners.register, account.id, partners.NewPartner(login="anna", email="a@x.test"))
    assert [one["state"] for one in await enlist(partner, "list", "waiting")] == ["waiting"]
    assert (await enlist(partner, "approve", "waiting", "anna"))["joined_at"] is not None
