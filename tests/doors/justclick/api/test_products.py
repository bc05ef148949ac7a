"""The functions about products and coupons: every parameter in all spellings, every result field, every refusal."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import accounts, groups, products
from enlist.domain.partners import Commission
from enlist.doors.justclick.api import product_fields
from enlist.doors.justclick.api.products import FUNCTIONS
from enlist.doors.justclick.fields import Unreadable
from enlist.kit.php_form import Form
from tests.doors.justclick.api.requests import post, post_with_key
from tests.support.world import World

Pairs = list[tuple[str, str]]

NEEDED: Pairs = [("good_name", "book"), ("good_type", "0"), ("good_title", "Book"), ("good_sum", "100")]
EVERYTHING: Pairs = [
    ("good_name", "course"),
    ("good_type", "1"),
    ("good_title", "Вёрстка"),
    ("good_sum", "3900.5"),
    ("good_api_url_notif", "https://example.com/paid"),
    ("good_api_url_new_order", "https://example.com/created"),
    ("good_success_link", "https://example.com/thanks"),
    ("good_client_rassilki", "clients, course"),
    ("good_nalozh_only", "1"),
    ("good_quickpost_article", "A-17"),
    ("good_post_service", "quickpost"),
    ("good_only_countries", "USA,GB"),
    ("good_download", "https://cdn.example.com/a.zip"),
    ("good_mail_subject", "Thank you"),
    ("good_mail_format", "html"),
    ("good_mail_body", "<p>{$download}</p>"),
    ("good_mail_text", "Take it: {$download}"),
    ("good_partner_fee", "10"),
    ("good_partner_fee_perc", "12.5"),
    ("good_partner_pfee", "0"),
    ("good_partner_pfee_perc", "2.3456"),
    ("good_partner_show", "1"),
    ("good_partner_SL_link", "https://example.com/sales"),
    ("good_partner_addition_link", "https://example.com/banners"),
    ("good_partner_text", "Sells best\nin spring"),
    ("good_pay_text", "<b>#PRODUCT#</b> #PRICE#"),
    ("good_timer", "1"),
    ("good_timer_unit", "hour"),
    ("good_timer_duration", "36"),
    ("good_use_short", "1"),
    ("good_rashod", "700"),
    ("good_rashod_perc", "33.3333"),
    ("good_publish", "0"),
]
# What each field says, alone: the property of the product, as it is kept.
SAID: dict[str, tuple[str, Any]] = {
    "good_title": ("title", "Вёрстка"),
    "good_sum": ("price", Decimal("3900.50")),
    "good_api_url_notif": ("paid_hook_url", "https://example.com/paid"),
    "good_api_url_new_order": ("created_hook_url", "https://example.com/created"),
    "good_success_link": ("thanks_url", "https://example.com/thanks"),
    "good_client_rassilki": ("groups", ("clients", "course")),
    "good_nalozh_only": ("cash_on_delivery", True),
    "good_quickpost_article": ("post_article", "A-17"),
    "good_post_service": ("post_service", "quickpost"),
    "good_only_countries": ("countries", ("USA", "GB")),
    "good_download": ("download_url", "https://cdn.example.com/a.zip"),
    "good_mail_subject": ("letter_subject", "Thank you"),
    "good_mail_format": ("letter_format", "html"),
    "good_mail_body": ("letter_html", "<p>{$download}</p>"),
    "good_mail_text": ("letter_text", "Take it: {$download}"),
    "good_partner_fee": ("commissions", (Commission(Decimal(10)), Commission())),
    "good_partner_fee_perc": ("commissions", (Commission(None, Decimal("12.5")), Commission())),
    "good_partner_pfee": ("commissions", (Commission(), Commission(Decimal(0)))),
    "good_partner_pfee_perc": ("commissions", (Commission(), Commission(None, Decimal("2.3456")))),
    "good_partner_show": ("for_partners", True),
    "good_partner_SL_link": ("sales_url", "https://example.com/sales"),
    "good_partner_addition_link": ("promotion_url", "https://example.com/banners"),
    "good_partner_text": ("partner_note", "Sells best\nin spring"),
    "good_pay_text": ("payment_text", "<b>#PRODUCT#</b> #PRICE#"),
    "good_use_short": ("short_address", True),
    "good_rashod": ("cost_sum", Decimal(700)),
    "good_rashod_perc": ("cost_percent", Decimal("33.3333")),
    "good_publish": ("listed", False),
}
TIMER = ("good_timer", "good_timer_unit", "good_timer_duration")


@pytest.fixture(autouse=True)
async def _empty_shelf(at_noon: World, client: httpx.AsyncClient) -> None:
    async with at_noon.transaction() as tx:
        await tx.execute("TRUNCATE products, product_categories, pin_codes, coupons RESTART IDENTITY")
        await tx.execute("UPDATE number_counters SET last = 0 WHERE kind IN ('products', 'product_categories')")


async def kept(world: World, account: accounts.Account, name: str) -> products.Product:
    found = await world.ask(products.find, account.id, name)
    assert found is not None
    return found


async def code(client: httpx.AsyncClient, function: str, pairs: Pairs) -> object:
    said = await post(client, function, pairs)
    assert said["result"] == [] or said["error_code"] in (0, 604)
    return said["error_code"]


def replaced(pairs: Pairs, name: str, *values: str) -> Pairs:
    """Send ``name`` with other values, or not at all."""
    return [pair for pair in pairs if pair[0] != name] + [(name, value) for value in values]


async def keyed(client: httpx.AsyncClient, function: str) -> Any:
    return await post_with_key(client, function, [])


async def test_add_good_keeps_every_parameter(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    category = await at_noon.do(products.create_category, shop.id, "Courses")
    said = await post(client, "AddGood", [*EVERYTHING, ("parent_id", str(category.id))])
    assert (said["error_code"], said["error_text"]) == (0, "ok")
    product = await kept(at_noon, shop, "course")
    assert said["result"] == {"good_id": product.id, "good_name": "course"}
    assert (product.kind, product.category_id, product.deadline) == ("physical", category.id, timedelta(hours=36))
    assert {theirs for theirs, _ in EVERYTHING} == {*SAID, *TIMER, "good_name", "good_type"}
    for ours, value in SAID.values():
        if ours != "commissions":
            assert getattr(product, ours) == value, ours
    assert product.commissions == (
        Commission(Decimal(10), Decimal("12.5")),
        Commission(Decimal(0), Decimal("2.3456")),
    )


async def test_add_good_makes_the_groups_that_are_missing(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    assert await code(client, "AddGood", [*NEEDED, ("good_client_mailings", "news, fresh ,news,")]) == 0
    assert (await kept(at_noon, shop, "book")).groups == ("news", "fresh")
    async with at_noon.reading() as tx:
        news, fresh = [await groups.find(tx, shop.id, name) for name in ("news", "fresh")]
    assert news is not None
    assert news.confirmation
    assert fresh is not None
    assert not fresh.confirmation


@pytest.mark.parametrize(
    ("pairs", "names"),
    [
        ([("good_client_rassilki", "news")], ("news",)),
        ([("good_client_mailings", "news, open")], ("news", "open")),
        ([("good_client_mailings", "open"), ("good_client_rassilki", "news")], ("news",)),
        ([("good_client_rassilki[0]", "news"), ("good_client_rassilki[1]", "open,super")], ("news", "open", "super")),
        ([("good_client_rassilki", "")], ()),
        ([], ()),
    ],
)
async def test_groups_are_named_in_either_spelling(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account, pairs: Pairs, names: tuple[str, ...]
) -> None:
    assert await code(client, "AddGood", NEEDED + pairs) == 0
    assert (await kept(at_noon, shop, "book")).groups == names


@pytest.mark.parametrize(
    ("said", "kind"),
    [("1", "physical"), ("real", "physical"), ("REAL", "physical"), ("0", "digital"), ("digital", "digital"), ("", "floating"), (" 1 ", "physical")],
)  # fmt: skip
async def test_a_type_is_said_by_number_or_word(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account, said: str, kind: str
) -> None:
    assert await code(client, "AddGood", replaced(NEEDED, "good_type", said)) == 0
    assert (await kept(at_noon, shop, "book")).kind == kind


@pytest.mark.parametrize(
    ("pairs", "deadline"),
    [
        ([("good_timer", "1"), ("good_timer_unit", "min"), ("good_timer_duration", "90")], timedelta(minutes=90)),
        ([("good_timer", "true"), ("good_timer_unit", "DAY"), ("good_timer_duration", " 3 ")], timedelta(days=3)),
        ([("good_timer_unit", "hour"), ("good_timer_duration", "5")], timedelta(hours=5)),
        ([("good_timer", "0"), ("good_timer_unit", "day"), ("good_timer_duration", "3")], None),
        ([("good_timer", ""), ("good_timer_unit", ""), ("good_timer_duration", "0")], None),
        ([("good_timer_unit", "day"), ("good_timer_duration", "")], None),
    ],
)
async def test_a_deadline_is_so_many_units(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account, pairs: Pairs, deadline: timedelta | None
) -> None:
    assert await code(client, "AddGood", NEEDED + pairs) == 0
    assert (await kept(at_noon, shop, "book")).deadline == deadline


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("good_sum", "free"),
        ("good_sum", "-1"),
        ("good_sum", "1e99"),
        ("good_type", "used"),
        ("good_title", " "),
        ("good_title", "x" * 256),
        ("good_name", "a b"),
        ("good_name", "../etc/passwd"),
        ("parent_id", "1"),
        ("parent_id", "x"),
        ("parent_id", "9" * 30),
        ("good_partner_fee", "ten"),
        ("good_partner_pfee_perc", "101"),
        ("good_rashod_perc", "-5"),
        ("good_download", "javascript:alert(1)"),
        ("good_success_link", "thanks.html"),
        ("good_api_url_notif", "gopher://127.0.0.1/"),
        ("good_mail_subject", "Hello\r\nBcc: everybody@example.com"),
        ("good_mail_format", "pdf"),
        ("good_post_service", "pigeon"),
        ("good_client_rassilki", "news, allleads"),
        ("good_client_rassilki", "no such name"),
        ("good_mail_body", "x" * 100_001),
        ("good_only_countries", "x" * 65),
        ("good_timer", "1"),
        ("good_timer_duration", "3"),
    ],
)
async def test_what_cannot_be_kept_is_3_and_changes_nothing(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account, name: str, value: str
) -> None:
    assert await code(client, "AddGood", replaced(NEEDED, name, value)) == 3
    book = await at_noon.product(shop, "book")
    # To rename a product is impossible, and of what kind it is, is not asked again.
    if name not in ("good_name", "good_type") and value.strip():
        assert await code(client, "UpdateGood", [("good_name", "book"), ("good_title", "Other"), (name, value)]) == 3
    assert await kept(at_noon, shop, "book") == book


@pytest.mark.parametrize(
    "timer",
    [
        [("good_timer", "1"), ("good_timer_unit", "day"), ("good_timer_duration", "0")],
        [("good_timer", "1"), ("good_timer_unit", "day"), ("good_timer_duration", "-1")],
        [("good_timer", "1"), ("good_timer_unit", "day"), ("good_timer_duration", "9" * 18)],
        [("good_timer", "1"), ("good_timer_unit", "day"), ("good_timer_duration", "9" * 500)],
        [("good_timer", "1"), ("good_timer_unit", "day"), ("good_timer_duration", "4000")],
        [("good_timer", "1"), ("good_timer_unit", "week"), ("good_timer_duration", "1")],
        [("good_timer", "1"), ("good_timer_duration", "1")],
    ],
)
async def test_a_deadline_that_cannot_be_is_3(client: httpx.AsyncClient, timer: Pairs) -> None:
    assert await code(client, "AddGood", NEEDED + timer) == 3


@pytest.mark.parametrize("name", ["good_name", "good_type", "good_title", "good_sum"])
async def test_what_add_good_needs_is_3_when_missing(client: httpx.AsyncClient, name: str) -> None:
    assert await code(client, "AddGood", replaced(NEEDED, name)) == 3
    if name != "good_type":
        assert await code(client, "AddGood", replaced(NEEDED, name, "")) == 3


async def test_a_name_that_is_taken_is_3(client: httpx.AsyncClient, at_noon: World, shop: accounts.Account) -> None:
    await at_noon.product(await at_noon.account(), "book")
    assert await code(client, "AddGood", NEEDED) == 0
    assert await code(client, "AddGood", replaced(NEEDED, "good_sum", "5")) == 3
    assert (await kept(at_noon, shop, "book")).price == 100


@pytest.mark.parametrize("field", SAID)
async def test_update_good_changes_only_what_is_sent(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account, field: str
) -> None:
    before = await at_noon.product(shop, "book")
    ours, value = SAID[field]
    said = await post(client, "UpdateGood", [("good_name", "book"), (field, dict(EVERYTHING)[field])])
    assert (said["error_code"], said["error_text"], said["result"]) == (0, "ok", [])
    after = await kept(at_noon, shop, "book")
    changed = {name for name in after.__struct_fields__ if getattr(after, name) != getattr(before, name)}
    assert changed == {ours}
    assert getattr(after, ours) == value


async def test_update_good_with_empty_fields_clears_all_but_what_every_product_has(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    assert await code(client, "AddGood", EVERYTHING) == 0
    full = await kept(at_noon, shop, "course")
    assert await code(client, "UpdateGood", [(name, "") for name, _ in EVERYTHING[1:]] + EVERYTHING[:1]) == 0
    plain = await at_noon.product(shop, "plain", listed=False)
    empty = await kept(at_noon, shop, "course")
    own = {"id", "name", "kind", "title", "price"}
    assert {n for n in empty.__struct_fields__ if n not in own and getattr(empty, n) != getattr(plain, n)} == set()
    assert {n for n in own if getattr(empty, n) != getattr(full, n)} == set()


async def test_update_good_ignores_a_type_and_spells_groups_and_timer_as_add_good_does(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    await at_noon.product(shop, "book", deadline=timedelta(days=1))
    pairs = [("good_name", " book "), ("good_type", "nonsense"), ("good_client_mailings", "super, open")]
    assert await code(client, "UpdateGood", pairs) == 0
    book = await kept(at_noon, shop, "book")
    assert (book.kind, book.groups, book.deadline) == ("digital", ("super", "open"), timedelta(days=1))
    assert await code(client, "UpdateGood", [("good_name", "book"), ("good_timer", "off")]) == 0
    assert (await kept(at_noon, shop, "book")).deadline is None


@pytest.mark.parametrize("function", ["UpdateGood", "DeleteGood"])
async def test_an_unknown_product_is_604_with_its_name_and_none_at_all_is_3(
    client: httpx.AsyncClient, at_noon: World, function: str
) -> None:
    await at_noon.product(await at_noon.account(), "foreign")
    for name in ("nothing", "foreign", "' OR 1=1 --", "Ж" * 500):
        said = await post(client, function, [("good_name", name), ("good_sum", "1")])
        assert (said["error_code"], said["error_text"]) == (604, "product not exist")
        assert said["result"] == {"good_name": name}
    assert await code(client, function, [("good_sum", "1")]) == 3
    assert await code(client, function, [("good_name", " ")]) == 3


async def test_delete_good_deletes_once_and_frees_the_name(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    await at_noon.product(shop, "book")
    said = await post(client, "DeleteGood", [("good_name", "book")])
    assert (said["error_code"], said["error_text"], said["result"]) == (0, "ok", [])
    assert await code(client, "DeleteGood", [("good_name", "book")]) == 604
    assert await code(client, "GetAllGoods", []) == 700
    assert await code(client, "AddGood", NEEDED) == 0


async def test_get_all_goods_tells_five_fields_of_every_product(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    said = await post(client, "GetAllGoods", [])
    assert (said["error_code"], said["error_text"], said["result"]) == (700, "no products", [])
    first = await at_noon.product(shop, "book", "3900", title="Книга")
    second = await at_noon.product(shop, "mug", "10.5", kind="physical", listed=False)
    third = await at_noon.product(shop, "gift", "0", kind="floating")
    await at_noon.product(await at_noon.account(), "foreign")
    said = await post(client, "GetAllGoods", [])
    assert (said["error_code"], said["error_text"]) == (0, "ok")
    assert said["result"] == [
        {"good_id": first.id, "good_name": "book", "good_title": "Книга", "good_sum": "3900.00", "good_type": 0},
        {"good_id": second.id, "good_name": "mug", "good_title": "Product mug", "good_sum": "10.50", "good_type": 1},
        {"good_id": third.id, "good_name": "gift", "good_title": "Product gift", "good_sum": "0.00", "good_type": ""},
    ]
    by_key = await keyed(client, "getallgoods")
    assert (by_key["error_code"], by_key["error_text"], by_key["result"]) == (0, "OK", said["result"])


async def test_getgoods_and_getcoupons_tell_numbers_and_names_and_nothing_is_wrong_if_there_are_none(
    client: httpx.AsyncClient, at_noon: World, shop: accounts.Account
) -> None:
    for function in ("getgoods", "GetCoupons"):
        empty = await keyed(client, function)
        assert (empty["error_code"], empty["error_text"], empty["result"]) == (0, "OK", [])
    book = await at_noon.product(shop, "book")
    spring, summer = await at_noon.coupon(shop, "Весна"), await at_noon.coupon(shop, "SUMMER")
    other = await at_noon.account()
    await at_noon.product(other, "foreign")
    await at_noon.coupon(other, "FOREIGN")
    await at_noon.do(products.disable_coupon, shop.id, "summer")
    assert (await keyed(client, "getgoods"))["result"] == [
        {"id": book.id, "good_name": "book", "good_title": "Product book"}
    ]
    assert (await keyed(client, "getcoupons"))["result"] == [{"id": spring.id, "coupon": "Весна"}]
    assert summer.id != spring.id
    # Whatever only reads is answered to a signed call, too.
    assert (await post(client, "getcoupons", []))["result"] == [{"id": spring.id, "coupon": "Весна"}]


async def test_writing_functions_take_signed_calls_only(client: httpx.AsyncClient) -> None:
    for function in ("AddGood", "UpdateGood", "DeleteGood"):
        assert (await keyed(client, function))["error_code"] == 3


def test_every_refusal_that_a_function_can_give_has_its_answer() -> None:
    can_give: dict[str, set[type]] = {
        "GetAllGoods": set(),
        "AddGood": {products.BadProduct, products.ProductTaken, products.CategoryNotFound},
        "UpdateGood": {products.BadProduct, products.ProductNotFound, products.CategoryNotFound},
        "DeleteGood": {products.ProductNotFound},
        "getgoods": set(),
        "getcoupons": set(),
    }
    assert {function.name: set(function.refusals) for function in FUNCTIONS} == can_give


names = st.sampled_from([name for name, _ in EVERYTHING] + ["parent_id", "good_client_mailings", "good_sum[0]"])
texts = st.one_of(st.text(), st.sampled_from(["", "1", "0", "-1", "1e5", "true", "html", "day", "9" * 400, "NaN"]))


@given(st.lists(st.tuples(names, texts)))
def test_whatever_is_sent_is_either_read_or_said_to_be_unreadable(pairs: Pairs) -> None:
    for read in (product_fields.new_product, product_fields.changes):
        with suppress(Unreadable):
            read(Form(pairs))
