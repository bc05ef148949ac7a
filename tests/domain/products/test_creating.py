"""Making, changing and deleting products: what is kept, what is refused, whose it is."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.domain import accounts, groups, products
from enlist.domain.partners import Commission
from tests.support.world import World

EVERYTHING: dict[str, Any] = {
    "kind": "physical",
    "title": "Курс «Вёрстка»",
    "price": Decimal("3900.50"),
    "groups": ("clients", "course.2026"),
    "listed": False,
    "short_address": True,
    "deadline": timedelta(hours=36),
    "least_payment": Decimal("100.00"),
    "download_url": "https://cdn.example.com/a%20b.zip?x=1",
    "thanks_url": "http://пример.рф/спасибо",
    "letter_subject": "Thank you, {$name}",
    "letter_format": "html",
    "letter_html": "<p>Take it: {$download}</p>\n<script>alert(1)</script>",
    "letter_text": "Take it:\n{$download}",
    "payment_text": "<b>#PRODUCT#</b> #PRICE#",
    "created_hook_url": "https://example.com/created",
    "paid_hook_url": "https://example.com/paid",
    "cash_on_delivery": True,
    "post_service": "quickpost",
    "post_article": "A-17",
    "countries": ("USA", "GB", "Pan"),
    "commission_1_sum": Decimal("10.00"),
    "commission_1_percent": Decimal("12.5000"),
    "commission_2_sum": Decimal("0.00"),
    "commission_2_percent": None,
    "for_partners": True,
    "sales_url": "https://example.com/sales",
    "promotion_url": "https://example.com/banners",
    "partner_note": "Sells best\nin spring",
    "cost_sum": Decimal("700.00"),
    "cost_percent": Decimal("33.3333"),
}
COMMISSIONS = {name for name in EVERYTHING if name.startswith("commission_")}


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    return await world.account()


async def found(world: World, account: accounts.Account, name: str) -> products.Product:
    product = await world.ask(products.find, account.id, name)
    assert product is not None
    return product


async def test_everything_that_is_said_is_kept(world: World, shop: accounts.Account) -> None:
    assert set(EVERYTHING) == set(products.NewProduct.__struct_fields__) - {"name", "category_id"}
    async with world.transaction() as tx:
        category = await products.create_category(tx, shop.id, "Courses")
        new = products.NewProduct(name="course", category_id=category.id, **EVERYTHING)
        made = await products.create(tx, shop.id, new)
    assert made == await found(world, shop, "course")
    for name, value in EVERYTHING.items():
        if name not in COMMISSIONS:
            assert getattr(made, name) == value, name
    assert made.category_id == category.id
    assert made.commissions == (
        Commission(Decimal(10), Decimal("12.5")),
        Commission(Decimal(0), None),
    )


async def test_what_is_not_said_has_its_default(world: World, shop: accounts.Account) -> None:
    made = await world.product(shop, "book")
    assert (made.groups, made.listed, made.deadline, made.commissions, made.category_id) == ((), True, None, None, None)


@pytest.mark.parametrize("missing", ["kind", "title", "price"])
async def test_a_product_needs_kind_title_and_price(world: World, shop: accounts.Account, missing: str) -> None:
    said: dict[str, Any] = {"kind": "digital", "title": "Book", "price": Decimal(1)}
    del said[missing]
    async with world.transaction() as tx:
        with pytest.raises(products.BadProduct) as refusal:
            await products.create(tx, shop.id, products.NewProduct(name="book", **said))
    assert refusal.value.fields == {"field": missing, "reason": "is missing"}


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", ".", "..", "x" * 101, "a\0b", "a\n", "a?b", "a,b"])
async def test_unusable_names_are_refused(world: World, shop: accounts.Account, name: str) -> None:
    with pytest.raises(products.BadProduct):
        await world.product(shop, name)


@pytest.mark.parametrize("name", ["api", "ADMIN", "v1", "Static", "hooks", "order_form"])
async def test_an_address_that_leads_elsewhere_cannot_be_a_short_one(
    world: World, shop: accounts.Account, name: str
) -> None:
    with pytest.raises(products.BadProduct, match="leads elsewhere"):
        await world.product(shop, name, short_address=True)
    await world.product(shop, name, short_address=False)
    async with world.transaction() as tx:
        with pytest.raises(products.BadProduct, match="leads elsewhere"):
            await products.change(tx, shop.id, products.NewProduct(name=name, short_address=True))
        await tx.execute("UPDATE products SET short_address = true WHERE account_id = $1 AND name = $2", shop.id, name)
        kept = await products.change(tx, shop.id, products.NewProduct(name=name, title="New"))
    assert (kept.title, kept.short_address, kept.has_short_address) == ("New", True, False)


BAD: list[dict[str, Any]] = [
    {"title": ""},
    {"title": "  "},
    {"title": "x" * 256},
    {"title": "a\nb"},
    {"title": "a\0b"},
    {"price": Decimal("-0.01")},
    {"price": Decimal("0.001")},
    {"price": Decimal("100000000000")},
    {"price": Decimal("NaN")},
    {"price": Decimal("Infinity")},
    {"least_payment": Decimal(0)},
    {"commission_1_percent": Decimal("100.01")},
    {"commission_1_percent": Decimal("1.00001")},
    {"commission_2_percent": Decimal("-1")},
    {"commission_2_sum": Decimal("sNaN")},
    {"cost_percent": Decimal(101)},
    {"deadline": timedelta()},
    {"deadline": timedelta(days=-1)},
    {"deadline": timedelta(days=3651)},
    {"download_url": "javascript:alert(1)"},
    {"thanks_url": "//example.com"},
    {"thanks_url": "/thanks"},
    {"sales_url": "ftp://example.com/"},
    {"promotion_url": "https://user:pass@example.com/"},
    {"created_hook_url": "https://example.com/\r\nX: y"},
    {"paid_hook_url": "https://example.com/" + "x" * 2048},
    {"letter_subject": "Thanks\r\nBcc: all@example.com"},
    {"letter_html": "x" * 100_001},
    {"letter_text": "a\0b"},
    {"payment_text": "x" * 100_001},
    {"partner_note": "x" * 10_001},
    {"post_article": "x" * 101},
    {"countries": ("x" * 65,)},
    {"countries": ("U\0S",)},
    {"countries": tuple(f"C{n}" for n in range(301))},
    {"groups": tuple(f"g{n}" for n in range(51))},
    {"groups": ("a b",)},
    {"groups": ("fine", groups.ALL_CONTACTS)},
    {"groups": ("unique",)},
]


@pytest.mark.parametrize("said", BAD, ids=lambda said: f"{next(iter(said))}-{str(next(iter(said.values())))[:20]!r}")
async def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    world: World, shop: accounts.Account, said: dict[str, Any]
) -> None:
    kept = await world.product(shop, "book")
    with pytest.raises(products.BadProduct):
        await world.product(shop, "other", **{"price": "1", **said} if "price" not in said else said)
    with pytest.raises(products.BadProduct):
        await world.do(products.change, shop.id, products.NewProduct(name="book", **said))
    assert await found(world, shop, "book") == kept
    async with world.reading() as tx:
        assert [product.name for product in await products.list_(tx, shop.id)] == ["book"]
        assert await groups.list_(tx, shop.id) == []


async def test_an_unknown_category_and_one_of_another_account_are_refused(world: World, shop: accounts.Account) -> None:
    other = await world.account()
    category = await world.do(products.create_category, other.id, "Courses")
    for number in (category.id, 0, -1, 2**63):
        with pytest.raises(products.CategoryNotFound):
            await world.product(shop, "book", category_id=number)


async def test_a_category_has_a_title_that_is_not_taken(world: World, shop: accounts.Account) -> None:
    async with world.transaction() as tx:
        made = [await products.create_category(tx, shop.id, title) for title in ("Courses", " Books ")]
        assert [category.title for category in made] == ["Courses", "Books"]
        with pytest.raises(products.CategoryTaken):
            await products.create_category(tx, shop.id, "Books")
        for title in ("", " ", "a\nb", "x" * 256):
            with pytest.raises(products.BadCategory):
                await products.create_category(tx, shop.id, title)
        assert await products.list_categories(tx, shop.id) == made


async def test_a_name_is_taken_once_in_each_account_until_its_product_is_deleted(
    world: World, shop: accounts.Account
) -> None:
    first = await world.product(shop, "book", price="5")
    await world.product(await world.account(), "book")
    with pytest.raises(products.ProductTaken):
        await world.product(shop, "book")
    await world.do(products.delete, shop.id, "book")
    second = await world.product(shop, "book", price="7")
    assert (await found(world, shop, "book")).id == second.id != first.id
    async with world.reading() as tx:
        both = await products.get_all(tx, [(shop.id, first.id), (shop.id, second.id)])
        assert [both[shop.id, number].price for number in (first.id, second.id)] == [5, 7]


async def test_a_deleted_product_is_unknown(world: World, shop: accounts.Account) -> None:
    book = await world.product(shop, "book")
    async with world.transaction() as tx:
        await products.delete(tx, shop.id, "book")
        assert await products.find(tx, shop.id, "book") is None
        assert await products.find_all(tx, [(shop.id, "book"), (shop.id, str(book.id))]) == {}
        assert await products.list_(tx, shop.id) == []
        for act in (
            products.delete(tx, shop.id, "book"),
            products.change(tx, shop.id, products.NewProduct(name="book")),
            products.add_pin_codes(tx, shop.id, "book", ["x"]),
            products.count_pin_codes(tx, shop.id, "book"),
        ):
            with pytest.raises(products.ProductNotFound) as refusal:
                await act
            assert refusal.value.fields == {"product": "book"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(names=st.sets(st.sampled_from(sorted(EVERYTHING))), back=st.booleans())
async def test_a_change_changes_what_is_sent_and_nothing_else(
    world: World, shop: accounts.Account, names: set[str], back: bool
) -> None:
    async with world.transaction() as tx:
        await tx.execute("DELETE FROM products WHERE account_id = $1", shop.id)
        before = await products.create(tx, shop.id, products.NewProduct(name="book", **EVERYTHING))
        plain = await products.create(
            tx, shop.id, products.NewProduct(name="plain", kind="digital", title="Plain", price=Decimal(1))
        )
        # Change the full one to the values of the plain one, or the other way round.
        changed, source = (before, plain) if back else (plain, before)
        pair = [Commission(), Commission()]
        for level in (0, 1):
            for part in ("sum", "percent"):
                origin = source if f"commission_{level + 1}_{part}" in names else changed
                if origin.commissions:
                    value = getattr(origin.commissions[level], part)
                    pair[level] = msgspec.structs.replace(pair[level], **{part: value})
        wanted = {name: getattr(source, name) for name in names - COMMISSIONS - {"kind"}}
        said = {name: EVERYTHING[name] if source is before else None for name in names & COMMISSIONS}
        kind = {"kind": source.kind} if "kind" in names else {}
        after = await products.change(tx, shop.id, products.NewProduct(name=changed.name, **{**wanted, **said, **kind}))
        commissions = (pair[0], pair[1]) if pair != [Commission()] * 2 else None
        assert after == msgspec.structs.replace(changed, commissions=commissions, **wanted)
        assert after == await products.find(tx, shop.id, changed.name)


async def test_groups_that_are_missing_are_made_open_and_those_that_exist_stay_as_they_are(
    world: World, shop: accounts.Account
) -> None:
    asking = await world.group(shop, "asking")
    await world.product(shop, "book", groups=(" asking ", "new", "", "new"))
    async with world.transaction() as tx:
        await products.change(tx, shop.id, products.NewProduct(name="book", groups=("later", "new")))
        listed = {group.name: group for group in await groups.list_(tx, shop.id)}
    assert (await found(world, shop, "book")).groups == ("later", "new")
    assert listed["asking"] == asking
    assert {name: group.confirmation for name, group in listed.items()} == {
        "asking": True,
        "new": False,
        "later": False,
    }


async def test_a_hundred_simultaneous_makings_of_one_product_make_one(world: World, shop: accounts.Account) -> None:
    async def make() -> str:
        try:
            await world.product(shop, "book", groups=("b", "a"))
        except products.ProductTaken:
            return "taken"
        return "made"

    outcomes = await asyncio.gather(*[make() for _ in range(100)])
    assert sorted(outcomes) == ["made"] + ["taken"] * 99
    assert len(await world.ask(products.list_, shop.id)) == 1


async def test_simultaneous_products_share_the_groups_that_they_name(world: World, shop: accounts.Account) -> None:
    names = [f"g{n}" for n in range(8)]
    await asyncio.gather(
        *[world.product(shop, f"p{n}", groups=tuple(names[n % 8 :] + names[: n % 8])) for n in range(24)]
    )
    assert sorted(group.name for group in await world.ask(groups.list_, shop.id)) == names


async def test_one_account_neither_sees_nor_changes_products_of_another(world: World, shop: accounts.Account) -> None:
    other = await world.account()
    book = await world.product(shop, "book")
    async with world.transaction() as tx:
        assert await products.find(tx, other.id, "book") is None
        assert await products.find_all(tx, [(other.id, "book"), (other.id, str(book.id))]) == {}
        assert await products.get_all(tx, [(other.id, book.id)]) == {}
        assert await products.list_(tx, other.id) == []
        with pytest.raises(products.ProductNotFound):
            await products.delete(tx, other.id, "book")
        with pytest.raises(products.ProductNotFound):
            await products.change(tx, other.id, products.NewProduct(name="book", price=Decimal(1)))
    assert await found(world, shop, "book") == book
