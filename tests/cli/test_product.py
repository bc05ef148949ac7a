"""The commands about products, their categories and pin codes, and about coupons."""

from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from enlist.cli.coupon import coupon
from enlist.cli.product import product
from enlist.domain import products
from tests.cli.conftest import Enlist
from tests.support.world import World


@pytest.mark.parametrize(
    "words",
    [[], ["create"], ["list"], ["show"], ["change"], ["delete"], ["category"], ["category", "create"], ["category", "list"],
     ["pins"], ["pins", "add"], ["pins", "count"]],
    ids=" ".join,
)  # fmt: skip
def test_every_command_about_products_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(product, [*words, "--help"])
    assert (said.exit_code, len(said.output) > 120) == (0, True)


@pytest.mark.parametrize("words", [[], ["create"], ["list"], ["disable"]], ids=" ".join)
def test_every_command_about_coupons_explains_itself(words: list[str]) -> None:
    said = CliRunner().invoke(coupon, [*words, "--help"])
    assert (said.exit_code, len(said.output) > 120) == (0, True)


async def test_a_product_from_its_making_to_its_end(world: World, enlist: Enlist, tmp_path: Path) -> None:
    await world.account("shop")
    (tmp_path / "letter.html").write_text("<p>{$download}</p>\n", encoding="utf-8")
    category = await enlist(product, "category", "create", "shop", "Courses")
    assert await enlist(product, "category", "list", "shop") == [category]

    words = ["--title", "Вёрстка", "--price", "3900,5", "--group", "clients", "--group", "course", "--no-listed"]
    words += [
        "--deadline",
        "36hours",
        "--category-id",
        str(category["id"]),
        "--letter-html",
        f"@{tmp_path}/letter.html",
    ]
    words += ["--letter-format", "html", "--commission-1-percent", "12.5", "--country", "USA", "--short-address"]
    made = await enlist(product, "create", "shop", "course", "--kind", "physical", *words)
    assert (made["kind"], made["title"], made["price"], made["listed"]) == ("physical", "Вёрстка", "3900.50", False)
    assert (made["groups"], made["deadline"], made["letter_html"]) == (
        ["clients", "course"],
        129600,
        "<p>{$download}</p>\n",
    )
    assert (made["countries"], made["short_address"], made["category_id"]) == (["USA"], True, category["id"])
    assert made["commissions"] == [{"sum": None, "percent": "12.5000"}, {"sum": None, "percent": None}]
    assert await enlist(product, "show", "shop", "course") == made
    assert await enlist(product, "list", "shop") == [made]

    words = [
        "--price",
        "10",
        "--listed",
        "--deadline",
        "none",
        "--commission-1-percent",
        "none",
        "--category-id",
        "none",
    ]
    changed = await enlist(product, "change", "shop", "course", *words, "--group", "", "--letter-html", "")
    assert changed == made | {
        "price": "10.00",
        "listed": True,
        "deadline": None,
        "commissions": None,
        "category_id": None,
        "groups": [],
        "letter_html": "",
    }

    codes = "A-1\r\nA-2\n\nA-1\n"
    assert await enlist(product, "pins", "add", "shop", "course", "-", reads=codes) == {"name": "course", "added": 2}
    assert await enlist(product, "pins", "count", "shop", "course") == {"name": "course", "free": 2, "issued": 0}

    assert await enlist(product, "delete", "shop", "course") == {"name": "course", "state": "deleted"}
    assert await enlist(product, "list", "shop") == []
    assert (await enlist(product, "show", "shop", "course"))["error"] == "product_not_found"


async def test_a_coupon_from_its_making_to_its_end(world: World, enlist: Enlist) -> None:
    account = await world.account("riga", time_zone="Europe/Riga")
    await enlist(product, "create", "riga", "book", "--title", "Book", "--price", "5")
    words = [
        "--percent",
        "12.5",
        "--from",
        "2026-03-04",
        "--until",
        "2026-03-05",
        "--product",
        "book",
        "--most-uses",
        "7",
    ]
    made = await enlist(coupon, "create", "riga", "Spring", *words)
    assert (made["code"], made["discount_percent"], made["discount_sum"]) == ("Spring", "12.5000", None)
    assert (len(made["product_ids"]), made["most_uses"], made["uses"]) == (1, 7, 0)
    valid = [datetime.fromisoformat(made[name]).isoformat() for name in ("valid_from", "valid_until")]
    assert valid == ["2026-03-03T22:00:00+00:00", "2026-03-05T22:00:00+00:00"]
    until = await enlist(coupon, "create", "riga", "FLAT", "--sum", "9.99", "--until", "2026-03-05T10:00")
    assert until["valid_until"].startswith("2026-03-05T08:00:00")
    assert [one["code"] for one in await enlist(coupon, "list", "riga")] == ["Spring", "FLAT"]
    assert await enlist(coupon, "disable", "riga", "SPRING") == {"code": "SPRING", "state": "disabled"}
    disabled = [one.disabled_at is not None for one in await world.ask(products.list_coupons, account.id)]
    assert disabled == [True, False]


@pytest.mark.parametrize(
    ("command", "words", "error"),
    [
        (product, ["create", "nobody", "x", "--title", "X", "--price", "1"], "account_not_found"),
        (product, ["create", "minsk", "x", "--price", "1"], "bad_product"),
        (
            product,
            ["create", "minsk", "x", "--title", "X", "--price", "1", "--thanks-url", "javascript:1"],
            "bad_product",
        ),
        (
            product,
            ["create", "minsk", "x", "--title", "X", "--price", "1", "--category-id", "99"],
            "category_not_found",
        ),
        (product, ["create", "minsk", "taken", "--title", "X", "--price", "1"], "product_taken"),
        (product, ["change", "minsk", "nothing", "--price", "1"], "product_not_found"),
        (product, ["delete", "minsk", "nothing"], "product_not_found"),
        (product, ["pins", "add", "minsk", "nothing", "-"], "product_not_found"),
        (product, ["pins", "count", "minsk", "nothing"], "product_not_found"),
        (product, ["category", "create", "minsk", " "], "bad_category"),
        (coupon, ["create", "minsk", "x y", "--sum", "1"], "bad_coupon"),
        (coupon, ["create", "minsk", "x"], "bad_coupon"),
        (coupon, ["create", "minsk", "x", "--sum", "1", "--product", "nothing"], "product_not_found"),
        (coupon, ["create", "minsk", "x", "--sum", "1", "--partner", "nobody"], "partner_not_found"),
        (coupon, ["disable", "minsk", "nothing"], "coupon_not_found"),
    ],
)
async def test_a_refusal_is_one_object(
    world: World, enlist: Enlist, command: click.Command, words: list[str], error: str
) -> None:
    await prepared(world)
    assert (await enlist(command, *words))["error"] == error


@pytest.mark.parametrize(
    "words",
    [["--price", "cheap"], ["--deadline", "soon"], ["--cost-percent", "much"], ["--letter-text", "@/no/such/file"]],
    ids=" ".join,
)
async def test_a_value_that_cannot_be_read_is_named(enlist: Enlist, words: list[str]) -> None:
    assert "is no" in (said := await enlist(product, "change", "minsk", "x", *words)) or "cannot be read" in said


async def prepared(world: World) -> None:
    async with world.reading() as tx:
        made = await tx.fetch_value("SELECT count(*) FROM accounts WHERE login = 'minsk'")
    if not made:
        account = await world.account("minsk")
        await world.product(account, "taken")
