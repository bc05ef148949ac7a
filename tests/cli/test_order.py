"""The commands about orders and payment channels."""

from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from enlist.cli.order import order
from enlist.cli.payments import payments
from enlist.domain import orders, partners
from tests.cli.conftest import Enlist
from tests.support.world import VAULT, World


@pytest.mark.parametrize(
    "words",
    [[], ["create"], ["list"], ["show"], ["pay"], ["refund"], ["sent"], ["return"], ["cancel"], ["delete"], ["restore"]],
    ids=" ".join,
)  # fmt: skip
def test_every_command_about_orders_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(order, [*words, "--help"])
    assert (said.exit_code, len(said.output) > 120) == (0, True)


@pytest.mark.parametrize("words", [[], ["stripe"], ["list"], ["remove"]], ids=" ".join)
def test_every_command_about_payments_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(payments, [*words, "--help"])
    assert (said.exit_code, len(said.output) > 120) == (0, True)


async def test_an_order_from_its_placing_to_the_refund(world: World, enlist: Enlist) -> None:
    shop = await world.account("shop", time_zone="Europe/Moscow")
    await world.product(shop, "course", "100", commission_1_percent=Decimal(10))
    await world.product(shop, "mug", "20", kind="physical")
    peter = await world.do(partners.create, shop.id, partners.NewPartner(login="peter"))
    await world.coupon(shop, "PETER", discount_sum=Decimal(10), partner_id=peter.id)

    words = [
        "--product",
        "course",
        "--product",
        "mug=15,50",
        "--coupon",
        "peter",
        "--tag",
        "t",
        "--comment",
        "c\x1b[2J",
    ]
    for field in ("first-name", "last-name", "country", "city", "address"):
        words += [f"--{field}", "x"]
    made = await enlist(order, "create", "shop", "anna@example.com", *words)
    assert (made["total"], made["due"], made["state"], made["coupon"]) == ("105.50", "105.50", "waiting", "PETER")
    number = str(made["id"])
    assert (await enlist(order, "create", "shop", "anna@example.com", *words)) == {
        "error": "order_exists", "message": f"Order {number} with the same products already waits for payment.", "order_id": made["id"]}  # fmt: skip
    part = await enlist(order, "pay", "shop", number, "--sum", "5,50", "--reference", "7", "--at", "2026-01-02")
    assert (part["due"], part["paid_at"]) == ("100.00", None)
    paid = await enlist(order, "pay", "shop", number, "--at", "2026-01-03T12:00", "--note", "cash")
    assert (paid["state"], paid["paid_at"]) == ("paid", "2026-01-03T09:00:00Z")
    sent = await enlist(order, "sent", "shop", number, "--tracking-number", "RA1", "--at", "2026-01-04")
    assert (sent["tracking_number"], sent["sent_at"]) == ("RA1", "2026-01-03T21:00:00Z")

    told = await enlist(order, "show", "shop", number)
    assert told["attribution"].startswith("peter: the coupon is the partner's")
    assert [(one["kind"], one["amount"], one["note"]) for one in told["payments"]] == [
        ("payment", "5.50", ""), ("payment", "100.00", "cash")]  # fmt: skip
    assert [line["event"] for line in told["history"]] == ["placed", "payment", "payment", "paid", "sent"]
    assert next((fee["partner_login"], fee["amount"]) for fee in told["fees"]) == ("peter", "9.00")
    text = await enlist(order, "show", "shop", number, as_text=True)
    for words_ in ("peter: the coupon", "RA1", "mug", "2026-01-03", "in full", "c [2J"):
        assert words_ in text
    assert "\x1b" not in text

    returned = await enlist(order, "return", "shop", number, "--at", "2026-01-05")
    assert (returned["state"], returned["ended_at"]) == ("returned", "2026-01-04T21:00:00Z")
    part = await enlist(order, "refund", "shop", number, "--sum", "5")
    assert part["state"] == "returned"
    assert "is refunded; 0.00 of 105.50" in await enlist(order, "refund", "shop", number, as_text=True)


async def test_orders_are_listed_by_time_and_product_page_by_page(world: World, enlist: Enlist) -> None:
    shop = await world.account("lists")
    for name in ("a", "b"):
        await world.product(shop, name, "1")
    made = [
        (await enlist(order, "create", "lists", f"p{n}@example.com", "--product", "ab"[n % 2]))["id"] for n in range(4)
    ]
    listed = await enlist(order, "list", "lists", "--since", "2000-01-01")
    assert [one["id"] for one in listed] == made
    first = await enlist(order, "list", "lists", "--limit", "3")
    rest = await enlist(order, "list", "lists", "--after", str(first[-1]["id"]))
    assert [one["id"] for one in [*first, *rest]] == made
    assert "more: --after" in await enlist(order, "list", "lists", "--limit", "3", as_text=True)
    assert [one["id"] for one in await enlist(order, "list", "lists", "--product", "b")] == made[1::2]
    assert (await enlist(order, "list", "lists", "--product", "z"))["error"] == "product_not_found"
    assert await enlist(order, "list", "lists", "--until", "2000-01-01") == []
    await enlist(order, "pay", "lists", str(made[2]))
    assert [one["id"] for one in await enlist(order, "list", "lists", "--paid")] == [made[2]]


async def test_cancelling_hiding_and_showing_again(world: World, enlist: Enlist) -> None:
    shop = await world.account("hides")
    await world.product(shop, "a", "1")
    number = str((await enlist(order, "create", "hides", "a@example.com", "--product", "a", "--never-cancel"))["id"])
    assert await enlist(order, "delete", "hides", number) == {"id": int(number), "hidden": True}
    assert (await enlist(order, "cancel", "hides", number))["error"] == "order_not_found"
    assert (await enlist(order, "show", "hides", number))["hidden"] is True
    assert (await enlist(order, "restore", "hides", number))["state"] == "waiting"
    assert (await enlist(order, "cancel", "hides", number))["state"] == "cancelled"
    assert (await enlist(order, "sent", "hides", number))["error"] == "illegal_transition"
    await enlist(order, "pay", "hides", number)
    assert (await enlist(order, "delete", "hides", number))["error"] == "order_is_paid"
    assert (await enlist(order, "show", "hides", str(2**63)))["error"] == "order_not_found"
    assert (await enlist(order, "show", "nobody", number))["error"] == "account_not_found"
    assert (await enlist(order, "refund", "hides", number, "--sum", "2"))["error"] == "payment_impossible"
    assert "is not a sum" in await enlist(order, "create", "hides", "a@example.com", "--product", "a=x")


async def test_stripe_is_set_up_from_files_and_its_keys_are_never_shown(
    world: World, enlist: Enlist, tmp_path: Path
) -> None:
    shop = await world.account("pays")
    (tmp_path / "hook").write_text("whsec_2\n", encoding="utf-8")
    words = ["--secret-key-file", "-", "--webhook-secret-file", str(tmp_path / "hook")]
    said = await enlist(payments, "stripe", "pays", *words, reads=" sk_test_1 \n")
    assert said == {"login": "pays", "channel": "stripe"}
    kept = await world.ask(orders.payment_settings, shop.id, "stripe", VAULT)
    assert kept == {"secret_key": "sk_test_1", "webhook_secret": "whsec_2"}
    assert await enlist(payments, "list", "pays") == ["stripe"]
    assert await enlist(payments, "list", "pays", as_text=True) == "stripe\n"
    assert (await enlist(payments, "stripe", "pays", *words, reads="\n"))["error"] == "bad_payment_channel"
    assert (await enlist(payments, "remove", "pays", "stripe"))["removed"] is True
    assert (await enlist(payments, "remove", "pays", "stripe"))["error"] == "payment_channel_not_found"
    assert "record payments with" in await enlist(payments, "list", "pays", as_text=True)
