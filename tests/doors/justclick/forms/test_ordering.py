"""Order pages: what they show, what they take, what they say when something is wrong, hostile addresses and posts."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import contacts, orders, products
from enlist.domain.products.model import RESERVED_ADDRESSES
from enlist.doors.justclick.forms import looks, order_refusals
from enlist.kit.errors import Refusal
from enlist.kit.php_form import Form
from enlist.runtime.batch import Busy
from enlist.runtime.db import DatabaseAway
from tests.doors.web.helpers import AWAY, browser_of, build, heading_of, inputs_in
from tests.doors.web.order_pages import Shop, a_product, a_shop
from tests.support.world import World

BUYER = {"bill_first_name": "Anna", "bill_email": "anna@example.com", "bill_phone": "+371 2"}
PARCEL = {
    "bill_first_name": "Anna",
    "bill_surname": "Smith",
    "bill_email": "parcel@example.com",
    "bill_country": "LVA",
    "bill_city": "Riga",
    "bill_address": "Brivibas 1",
}


@pytest.fixture(scope="module")
async def shop(world: World) -> AsyncIterator[Shop]:
    async with a_shop(world) as shop:
        yield shop


@pytest.fixture
async def demo(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(shop.app) as client:
        yield client


@pytest.fixture
async def ruslan(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(shop.app, "ruslan.localhost:8080") as client:
        yield client


def labels_in(page: str) -> list[str]:
    return [
        " ".join(re.sub("<[^>]*>", "", label).split())
        for label in re.findall(r"<label[^>]*>(.*?)</label>", page, re.DOTALL)
    ]


@pytest.mark.parametrize("path", ["/order/course", "/order/course/"])
async def test_the_page_shows_the_product_its_price_and_the_fields(demo: httpx.AsyncClient, path: str) -> None:
    answer = await demo.get(path)
    assert answer.status_code == 200
    assert heading_of(answer.text) == "The <Course> & more"
    assert "<strong>$1,500.50</strong>" in answer.text
    assert labels_in(answer.text) == [
        "Name (optional)",
        "Email",
        "Phone (optional)",
        "Discount code (optional)",
    ]
    assert 'action="/order/confirm/course/"' in answer.text
    assert "<script" not in answer.text


async def test_a_parcel_needs_an_address(demo: httpx.AsyncClient) -> None:
    page = (await demo.get("/order/book/")).text
    assert labels_in(page) == [
        "Name",
        "Last name",
        "Email",
        "Phone (optional)",
        "Country",
        "Region (optional)",
        "City",
        "Street address",
        "Postal code (optional)",
        "Comment (optional)",
        "Discount code (optional)",
    ]
    assert re.findall(r"<option[^>]*>(.*?)</option>", page) == ["Choose…", "LVA", "RUS"]


async def test_a_russian_owner_sells_in_russian_and_in_roubles(ruslan: httpx.AsyncClient) -> None:
    page = (await ruslan.get("/order/kurs/", headers={"accept-language": "en"})).text
    assert heading_of(page) == "Курс «Мастерская»"
    assert "<strong>1\N{NO-BREAK SPACE}500\N{NO-BREAK SPACE}₽</strong>" in page
    assert "Заказать</button>" in page


async def test_a_name_in_any_alphabet(demo: httpx.AsyncClient) -> None:
    page = (await demo.get("/order/кружка/")).text
    assert f'action="/order/confirm/{quote("кружка")}/"' in page


@pytest.mark.parametrize(
    "path",
    ["/order/nothing/", "/order/kurs/", "/order/%00/", "/order/" + "x" * 5000, "/order_form/", "/order_form/?goods=no"],
)
async def test_what_is_not_sold_has_no_page(demo: httpx.AsyncClient, path: str) -> None:
    answer = await demo.get(path)
    assert (answer.status_code, heading_of(answer.text)) == (404, "Page not found")


async def test_only_some_products_have_a_short_address(demo: httpx.AsyncClient) -> None:
    assert heading_of((await demo.get("/short")).text) == "Short"
    assert heading_of((await demo.get("/short/")).text) == "Short"
    assert (await demo.get("/course/")).status_code == 404
    assert (await demo.get("/nothing/")).status_code == 404


async def test_an_address_of_ours_is_no_products_even_if_one_was_made_with_it_before(
    shop: Shop, demo: httpx.AsyncClient
) -> None:
    names = sorted(RESERVED_ADDRESSES)
    async with shop.world.transaction() as tx:
        for name in names:
            await products.create(tx, shop.demo.id, a_product(name, "Shadow", "1"))
        await tx.execute(
            "UPDATE products SET short_address = true WHERE account_id = $1 AND name = ANY($2)", shop.demo.id, names
        )
    for name in names:
        for path in (f"/{name}", f"/{name}/"):
            assert "Shadow" not in (await demo.get(path)).text, path
    assert (await demo.get("/admin/")).status_code == 404
    assert (await demo.get("/partner/")).headers["location"] == "/partner/sign-in/"
    assert heading_of((await demo.get("/order/admin/")).text) == "Shadow"
    async with shop.world.transaction() as tx:
        for name in names:
            await products.delete(tx, shop.demo.id, name)


async def test_a_disabled_account_sells_nothing(shop: Shop) -> None:
    async with browser_of(shop.app, "closed.localhost:8080") as client:
        assert (await client.get("/order/course/")).status_code == 404
        assert (await client.post("/order/confirm/course/", data=BUYER)).status_code == 404


async def test_what_stands_in_the_address_is_filled_in_or_carried_along(demo: httpx.AsyncClient) -> None:
    query = (
        "?required=phone,city&tag=top&bill_first_name=Anna&utm_source=bob&utm_medium=affiliate&aff=12&x=%22%3E%3Cb%3E"
    )
    page = (await demo.get("/order/course/" + query)).text
    assert labels_in(page)[2:4] == ["Phone", "City"]
    fields = inputs_in(page)
    assert fields["bill_first_name"] == "Anna"
    assert (fields["tag"], fields["aff"], fields["required"]) == ("top", "12", "phone,city")
    assert (fields["utm[utm_source]"], fields["utm[utm_medium]"]) == ("bob", "affiliate")
    assert "utm_source" not in fields  # which would count as one more click
    assert {"s=bob", "m=affiliate"} == set(fields["clicks"].partition(":")[2].split("&"))
    assert fields["x"] == '"><b>'


async def test_a_link_names_no_partner_outright(demo: httpx.AsyncClient) -> None:
    for path in ("/order/course/?bill_aff_name=bob&tag=x", "/order_form/?goods=course&bill_paff_name=bob&tag=x"):
        page = (await demo.get(path)).text
        assert 'name="tag" value="x"' in page
        assert "aff_name" not in page


@pytest.mark.parametrize("word", ["kupon", "coupon", "bill_kupon", "bill_coupon"])
async def test_a_code_in_the_address_makes_it_cheaper(demo: httpx.AsyncClient, word: str) -> None:
    page = (await demo.get(f"/order/course/?{word}=ten")).text
    assert "<strong>$1,350.45</strong>" in page
    assert "$1,500.50</del>" in page
    assert inputs_in(page)["bill_kupon"] == "ten"


@pytest.mark.parametrize("code", ["over", "once", "nonsense", "%00", "x" * 3000])
async def test_a_code_that_does_not_work_is_said_so_at_once(demo: httpx.AsyncClient, code: str) -> None:
    answer = await demo.get(f"/order/course/?kupon={code}")
    if code == "%00":
        assert answer.status_code == 400
    else:
        assert answer.status_code == 200
        assert "This discount code isn’t valid" in answer.text
        assert "<strong>$1,500.50</strong>" in answer.text


async def test_a_secret_code_is_not_found_by_its_number(shop: Shop, demo: httpx.AsyncClient) -> None:
    async with shop.world.reading() as tx:
        ten = next(one for one in await products.list_coupons(tx, shop.demo.id) if one.code == "TEN")
    page = (await demo.get(f"/order/course/?kupon={ten.id}")).text
    assert "This discount code isn’t valid" in page
    assert "<strong>$1,500.50</strong>" in page
    for spelling in ("kupon", "coupon", "bill_kupon", "bill_coupon"):
        answer = await demo.post(
            "/order/confirm/course/", data={"bill_email": "thief@example.com", spelling: str(ten.id)}
        )
        assert answer.status_code == 422
        assert "TEN" not in answer.text


async def test_an_order_is_placed_and_its_payment_page_follows(shop: Shop, demo: httpx.AsyncClient) -> None:
    answer = await demo.post(
        "/order/confirm/course/?tag=top",
        data=BUYER
        | {
            "good_name": "course",
            "offerta_accept": "on",
            "bill_kupon": " TEN ",
            "bill_comment": "soon, please",
            "utm[utm_source]": "bob",
            "utm[utm_medium]": "affiliate",
            "aff": "12",
            "bill_aff_name": "bob",
            "bill_otchestvo": "M",
        },
    )
    assert answer.status_code == 303
    wish = shop.wishes[-1]
    assert (wish.account, wish.source, wish.domain) == (shop.demo, "page", "demo.localhost:8080")
    assert (wish.buyer.email.address, wish.buyer.first_name, wish.buyer.phone) == ("anna@example.com", "Anna", "+371 2")
    assert (wish.buyer.middle_name, wish.buyer.ip) == ("M", "127.0.0.1")
    assert wish.wanted == (orders.Wanted("course"),)
    assert (wish.coupon, wish.tag, wish.comment) == ("TEN", "top", "soon, please")
    assert wish.marks == {"utm_source": "bob", "utm_medium": "affiliate", "aff": "12"}
    assert (wish.affiliates, wish.extra) == (("bob",), {"offerta_accept": "on"})
    paying = await demo.get(answer.headers["location"])
    assert paying.status_code == 200
    number = int(heading_of(paying.text).removeprefix("Order "))
    order = await shop.find(number)
    assert (order.email, order.total, order.coupon, order.state) == (
        "anna@example.com",
        Decimal("1350.45"),
        "TEN",
        "waiting",
    )


async def test_the_history_of_clicks_goes_with_the_order(shop: Shop, demo: httpx.AsyncClient) -> None:
    page = (await demo.get("/order/course/?utm_source=eve&utm_medium=affiliate")).text
    await demo.post("/order/confirm/course/", data=inputs_in(page) | {"bill_email": "clicked@example.com"})
    wish = shop.wishes[-1]
    assert [dict(touch.marks) for touch in wish.touches] == [{"utm_source": "eve", "utm_medium": "affiliate"}]
    assert wish.touches[0].at <= datetime.now(UTC)
    assert wish.marks == {"utm_source": "eve", "utm_medium": "affiliate"}


async def test_who_orders_the_same_again_comes_to_the_same_order(shop: Shop, demo: httpx.AsyncClient) -> None:
    fields = BUYER | {"bill_email": "twice@example.com"}
    answers = await asyncio.gather(*(demo.post("/order/confirm/course/", data=fields) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {303}
    paths = [answer.headers["location"] for answer in answers]
    number = int(heading_of((await demo.get(paths[0])).text).removeprefix("Order "))
    assert sorted(paths) == sorted([shop.path(number)] + [shop.path(number, visitor=True)] * 19)


async def test_who_types_the_address_of_another_buyer_pays_for_him_but_cancels_nothing(
    shop: Shop, demo: httpx.AsyncClient
) -> None:
    order_id = await shop.order("victim@example.com", "short", coupon="TEN")
    answer = await demo.post("/order/confirm/short/", data={"bill_email": "VICTIM@example.com"})
    path = answer.headers["location"]
    assert path != shop.path(order_id)
    page = (await demo.get(path)).text
    assert heading_of(page) == f"Order {order_id}"
    assert "$8.99" in page
    assert "TEN" not in page  # the code is the buyer's
    assert f"{path}cancel" not in page
    assert (await demo.get(f"{path}cancel")).headers["location"] == path
    assert (await demo.post(f"{path}cancel")).headers["location"] == path
    assert (await shop.find(order_id)).state == "waiting"
    assert f"{shop.path(order_id)}cancel" in (await demo.get(shop.path(order_id))).text
    assert (await demo.post(f"{shop.path(order_id)}cancel")).status_code == 303
    assert (await shop.find(order_id)).state == "cancelled"


async def test_the_same_product_of_another_owner_is_another_order(shop: Shop, ruslan: httpx.AsyncClient) -> None:
    answer = await ruslan.post("/order/confirm/kurs/", data={"bill_email": "anna@example.com"})
    assert answer.status_code == 303
    assert shop.wishes[-1].account == shop.ruslan


async def test_nobody_is_buried_in_letters_about_what_costs_nothing(
    shop: Shop, demo: httpx.AsyncClient, ruslan: httpx.AsyncClient
) -> None:
    for address in ("many@example.com", "Many@Example.com", "many@example.com", "many@example.com", "many@example.com"):
        assert (await demo.post("/order/confirm/gift/", data={"bill_email": address})).status_code == 303
    answer = await demo.post("/order/confirm/gift/", data={"bill_email": "many@example.com"})
    assert (answer.status_code, heading_of(answer.text)) == (429, "Too many attempts")
    async with shop.world.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM orders WHERE lower(email) = 'many@example.com'") == 5
    assert (await demo.post("/order/confirm/gift/", data={"bill_email": "few@example.com"})).status_code == 303
    assert (await demo.post("/order/confirm/short/", data={"bill_email": "many@example.com"})).status_code == 303
    assert (await ruslan.post("/order/confirm/kurs/", data={"bill_email": "many@example.com"})).status_code == 303


async def test_what_costs_nothing_is_paid_at_once(demo: httpx.AsyncClient) -> None:
    answer = await demo.post("/order/confirm/gift/", data={"bill_email": "gift@example.com"})
    page = (await demo.get(answer.headers["location"])).text
    assert "Your order is paid" in page
    assert 'href="https://demo.site/gift"' in page


@pytest.mark.parametrize(("said", "sum_"), [("5", "5.00"), ("10,5", "10.50"), ("1000000", "1000000.00")])
async def test_where_the_buyer_names_the_sum_it_counts(
    shop: Shop, demo: httpx.AsyncClient, said: str, sum_: str
) -> None:
    page = (await demo.get("/order/free-will/")).text
    assert labels_in(page)[0] == "Your price"
    assert inputs_in(page)["good_sum"] == "5.00"
    answer = await demo.post("/order/confirm/free-will/", data={"bill_email": f"{sum_}@example.com", "good_sum": said})
    assert answer.status_code == 303
    assert shop.wishes[-1].wanted == (orders.Wanted("free-will", Decimal(sum_)),)


@pytest.mark.parametrize("said", ["4.99", "0", "-5", "nonsense", "1e99", "NaN", "", "99999999999999999999"])
async def test_a_sum_below_the_price_is_refused(shop: Shop, demo: httpx.AsyncClient, said: str) -> None:
    answer = await demo.post("/order/confirm/free-will/", data={"bill_email": "low@example.com", "good_sum": said})
    assert answer.status_code == 422
    assert "at least $5." in answer.text
    async with shop.world.reading() as tx:
        assert await tx.fetch_value("SELECT count(*) FROM orders WHERE email = 'low@example.com'") == 0


async def test_nobody_names_the_sum_of_what_has_a_price(shop: Shop, demo: httpx.AsyncClient) -> None:
    fields = {"bill_email": "sly@example.com", "good_sum": "0.01", "goods[0][good_sum]": "0.01"}
    await demo.post("/order/confirm/course/", data=fields)
    assert shop.wishes[-1].wanted == (orders.Wanted("course"),)


async def test_a_parcel_is_ordered(shop: Shop, demo: httpx.AsyncClient) -> None:
    answer = await demo.post(
        "/order/confirm/book/", data=PARCEL | {"bill_region": "Vidzeme", "bill_postal_code": "LV-1"}
    )
    assert answer.status_code == 303
    buyer = shop.wishes[-1].buyer
    assert (buyer.last_name, buyer.country, buyer.region, buyer.city, buyer.address, buyer.postal_code) == (
        "Smith",
        "LVA",
        "Vidzeme",
        "Riga",
        "Brivibas 1",
        "LV-1",
    )


@pytest.mark.parametrize(
    ("product", "fields", "word", "field"),
    [
        ("course", {}, "enter your email address", "bill_email"),
        ("course", {"bill_email": "anna@"}, "complete email", "bill_email"),
        ("course", BUYER | {"bill_kupon": "over"}, "isn’t valid", "bill_kupon"),
        ("course", BUYER | {"bill_first_name": "x" * 5000}, "“Name” is too long", "bill_first_name"),
        ("course", BUYER | {"bill_phone": "", "required": "phone"}, "“Phone”", "bill_phone"),
        ("course", BUYER | {"required": "bill_city"}, "“City”", "bill_city"),
        ("course", BUYER | {"tag": "x" * 5000}, "a value that is too long", ""),
        ("book", PARCEL | {"bill_surname": ""}, "“Last name”", "bill_surname"),
        ("book", PARCEL | {"bill_city": ""}, "“City”", "bill_city"),
        ("book", PARCEL | {"bill_country": "USA"}, "don’t deliver", "bill_country"),
        ("book", PARCEL | {"bill_comment": "x" * 100_000}, "“Comment” is too long", "bill_comment"),
    ],
)
async def test_a_refusal_says_what_is_wrong_and_keeps_what_was_typed(
    demo: httpx.AsyncClient, product: str, fields: dict[str, str], word: str, field: str
) -> None:
    answer = await demo.post(f"/order/confirm/{product}/", data=fields | {"bill_middle_name": "<M>"})
    assert answer.status_code == 422
    assert word in answer.text
    assert f'action="/order/confirm/{product}/"' in answer.text
    assert ('aria-invalid="true"' in answer.text) == bool(field)
    if field:
        assert 'aria-invalid="true"' in answer.text.split(f'id="{field}"')[1].split(">")[0]
    kept = inputs_in(answer.text)
    assert {name: value for name, value in fields.items() if name != "bill_country"}.items() <= kept.items()
    assert kept["bill_middle_name"] == "<M>"


async def test_the_corrected_form_can_be_sent(shop: Shop, demo: httpx.AsyncClient) -> None:
    answer = await demo.post(
        "/order/confirm/course/?tag=top", data={"bill_email": "late@", "bill_first_name": '"A" <b>'}
    )
    answer = await demo.post("/order/confirm/course/", data=inputs_in(answer.text) | {"bill_email": "late@example.com"})
    assert answer.status_code == 303
    assert (shop.wishes[-1].tag, shop.wishes[-1].buyer.first_name) == ("top", '"A" <b>')


def test_every_refusal_of_an_order_has_its_words() -> None:
    outcomes: set[type[Refusal]] = {
        orders.NoProducts,
        orders.BadOrder,
        orders.DeliveryDataMissing,
        orders.CountryNotServed,
        orders.SumTooSmall,
        products.CouponFails,
        products.ProductNotFound,
        contacts.BadContact,
    }
    assert outcomes < set(order_refusals.REFUSALS)  # delivery.TooManyLetters and orders.OrderExists lead to other pages


def test_every_field_of_a_buyer_has_an_input() -> None:
    for name in orders.Buyer.__struct_fields__:
        problem = order_refusals.problem_of(orders.BadOrder(field=name, reason="is too long"))
        assert bool(problem.field) == (name != "ip")
        if name not in ("ip", "email"):
            assert order_refusals.problem_of(orders.DeliveryDataMissing(field=name)).label


@pytest.mark.parametrize("reason", [Busy("full"), DatabaseAway("gone")])
async def test_when_busy_the_same_data_can_be_sent_again(
    shop: Shop, demo: httpx.AsyncClient, reason: Exception
) -> None:
    fields = BUYER | {"bill_email": f"patient{type(reason).__name__}@example.com", "bill_comment": "a & b"}
    shop.busy.append(reason)
    answer = await demo.post("/order/confirm/course/?tag=top", data=fields)
    shop.busy.clear()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert heading_of(answer.text) == "Please try again"
    kept = inputs_in(answer.text)
    assert kept == fields | {"tag": "top"}
    assert 'action="/order/confirm/course/"' in answer.text
    assert (await demo.post("/order/confirm/course/", data=kept)).status_code == 303


async def test_without_any_database_one_is_asked_to_try_again(shop: Shop) -> None:
    async def nobody(_: object) -> object:
        raise AssertionError

    async with browser_of(build(AWAY, nobody), **{"accept-language": "ru"}) as client:  # type: ignore[arg-type]
        answer = await client.post("/order/confirm/course/", data=BUYER)
        assert (answer.status_code, heading_of(answer.text)) == (503, "Попробуйте ещё раз")
        assert inputs_in(answer.text) == BUYER
        assert (await client.get("/order/course/")).status_code == 503


async def test_what_was_typed_never_becomes_markup(demo: httpx.AsyncClient) -> None:
    evil = "\"><script>alert(1)</script>'"
    answer = await demo.post("/order/confirm/course/", data={"bill_email": evil, "bill_kupon": evil, evil: evil})
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert inputs_in(answer.text)[evil] == evil
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("body", [b"bill_email=a%00b", b"bill_email=%ff%fe", b"a" + b"[b]" * 50 + b"=1"])
async def test_what_cannot_be_read_is_a_friendly_400(demo: httpx.AsyncClient, body: bytes) -> None:
    answer = await demo.post("/order/confirm/course/", content=body)
    assert (answer.status_code, heading_of(answer.text)) == (400, "We couldn’t read the form")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_nothing_is_ordered_otherwise(shop: Shop, demo: httpx.AsyncClient, method: str) -> None:
    before = len(shop.wishes)
    answer = await demo.request(method, "/order/confirm/course/", params=BUYER)
    assert answer.status_code == 405
    assert len(shop.wishes) == before


async def test_a_form_for_a_frame_looks_as_its_address_says(demo: httpx.AsyncClient) -> None:
    query = "color=ff8800&width=320&font=Georgia&required=phone&button=Buy+%26+go&btn_width=50%25&btn_height=60"
    answer = await demo.get(f"/order_form/?goods=course&kupon=TEN&{query}")
    assert answer.status_code == 200
    assert "frame-ancestors" not in answer.headers["content-security-policy"]
    page = answer.text
    assert 'target="_top"' in page
    assert "background: #ff8800" in page
    assert "max-width: 320px" in page
    assert 'font-family: "Georgia"' in page
    assert "width: 50%" in page
    assert "min-height: 60px" in page
    assert "Buy &amp; go</button>" in page
    assert "<strong>$1,350.45</strong>" in page
    assert set(inputs_in(page)) == {"required", "bill_first_name", "bill_email", "bill_phone", "bill_kupon"}


@pytest.mark.parametrize(
    "evil",
    [
        "red;}</style><script>alert(1)</script>",
        "url(https://evil.example/)",
        "expression(alert(1))",
        '"}body{background:url(//evil.example)}',
        "1px;position:fixed",
        "99999px",
        "-1",
        "é",
        "x" * 500,
    ],
)
async def test_a_look_is_never_more_than_a_look(demo: httpx.AsyncClient, evil: str) -> None:
    names = ("color", "width", "font", "btn_width", "btn_height", "btn_css")
    page = (await demo.get("/order_form/", params={"goods": "course"} | dict.fromkeys(names, evil))).text
    assert evil not in page
    assert "evil.example" not in page
    assert "<script" not in page


@given(st.dictionaries(st.sampled_from(["color", "width", "font", "btn_width", "btn_height", "button"]), st.text()))
def test_whatever_is_asked_for_the_style_sheet_stays_whole(asked: dict[str, str]) -> None:
    look = looks.read(Form(list(asked.items())))
    for value in (look.colour, look.width, look.font, look.button_width, look.button_height):
        assert re.fullmatch(r"[#A-Za-z0-9% -]*", value, re.ASCII)
    assert len(look.button) <= looks.LONGEST_BUTTON
