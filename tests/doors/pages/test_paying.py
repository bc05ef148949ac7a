"""Payment pages: what is due, paying by Stripe, coming back, cancelling, and what Stripe reports, hostile reports too."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from enlist.channels.stripe_checkout import StripeCheckout
from enlist.domain import orders, products
from enlist.doors import web
from enlist.doors.justclick.api import order_results
from enlist.doors.web.addresses import payment_path
from enlist.kit import money, tokens
from enlist.plan.settings import read_settings
from enlist.runtime import formats
from tests.doors.web.helpers import AWAY, LINKS_KEY, SETTINGS, browser_of, build, heading_of
from tests.doors.web.order_pages import Shop, a_shop
from tests.support.stripe import (
    QUIET,
    WEBHOOK_SECRET,
    FakeStripe,
    a_charge,
    a_session,
    a_stripe,
    an_event,
    signature,
)
from tests.support.stripe import SETTINGS as STRIPE
from tests.support.world import VAULT, World

pytestmark = pytest.mark.filterwarnings(QUIET)

EVENTS = "/pay/stripe/events"
COMPLETED = "checkout.session.completed"
PARCEL = {"first_name": "A", "last_name": "B", "country": "LVA", "city": "Riga", "address": "Brivibas 1"}


@pytest.fixture(scope="module")
async def stripe() -> AsyncIterator[FakeStripe]:
    async with a_stripe() as fake:
        yield fake


@pytest.fixture(scope="module")
async def shop(world: World, stripe: FakeStripe) -> AsyncIterator[Shop]:
    """A shop; only its English owner takes cards."""
    channel = StripeCheckout(stripe.address, patience=1)
    async with a_shop(world, {"stripe": channel}) as shop:
        await world.do(orders.set_payment_channel, shop.demo.id, "stripe", STRIPE, VAULT)
        yield shop
    await channel.close()


@pytest.fixture
async def demo(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(shop.app) as client:
        yield client


@pytest.fixture
async def front(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the installation's own host, where links in letters lead."""
    async with browser_of(shop.app, "localhost:8080") as client:
        yield client


def said_in(page: str) -> str:
    """Return the words of a page's main part."""
    main = page.split("<main>")[1]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", main)).split())


def buttons_in(page: str) -> list[str]:
    return [html.unescape(text) for text in re.findall(r"<button[^>]*>(.*?)</button>", page)]


async def begin(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    return await client.post(path, data={"channel": "stripe"} | fields)


async def report(client: httpx.AsyncClient, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return await client.post(EVENTS, content=body, headers=signature(body) if headers is None else headers)


async def paid_session(
    shop: Shop, client: httpx.AsyncClient, stripe: FakeStripe, order_id: int, **said: Any
) -> dict[str, Any]:
    """Begin to pay an order; return the session that Stripe tells of when that is done."""
    assert (await begin(client, shop.path(order_id))).status_code == 303
    return a_session(stripe.session, f"cs_test_{order_id}_{len(stripe.asked)}") | said


async def test_the_page_says_what_is_due(shop: Shop, demo: httpx.AsyncClient) -> None:
    order_id = await shop.order("due@example.com", "course", "short", coupon="TEN")
    answer = await demo.get(shop.path(order_id))
    assert answer.status_code == 200
    assert heading_of(answer.text) == f"Order {order_id}"
    assert said_in(answer.text).startswith(
        f"demo Order {order_id} Order received. Please pay to complete it."
        " The <Course> & more $1,500.50 Short $9.99"
        " Discount (TEN) −$151.05 Due $1,359.44 Pay by card"
    )
    assert buttons_in(answer.text) == ["Pay by card"]
    assert "Cancel the order" in answer.text
    assert "due@example.com" not in answer.text  # whoever has the link learns nothing of the buyer


async def test_the_owners_words_stand_there_without_their_scripts(shop: Shop, demo: httpx.AsyncClient) -> None:
    answer = await demo.get(shop.path(await shop.order("words@example.com", "course")))
    assert "<p>The &lt;Course&gt; &amp; more costs 1500.50 (1500.50).</p>" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none';")
    assert "img-src http: https: data:" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_russian_owner_without_cards_says_how_to_pay(shop: Shop) -> None:
    order_id = await shop.order("r@example.com", "kurs", account=shop.ruslan)
    async with browser_of(shop.app, "ruslan.localhost:8080") as client:
        page = (await client.get(shop.path(order_id, shop.ruslan))).text
    assert heading_of(page) == f"Заказ {order_id}"
    assert "<p>Карта: 1500.00</p>" in page
    assert buttons_in(page) == []
    assert "К оплате 1 500 ₽" in said_in(page)


async def test_a_deadline_is_told_by_the_owners_clock(shop: Shop, demo: httpx.AsyncClient) -> None:
    order_id = await shop.order("deadline@example.com", "slow")
    order = await shop.find(order_id)
    assert order.cancel_at is not None
    page = (await demo.get(shop.path(order_id))).text
    assert f"Please pay by {formats.moment('en', order.cancel_at, 'Europe/Riga')}." in said_in(page)
    assert " Riga time." in page


async def test_after_the_deadline_nothing_can_be_paid(shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe) -> None:
    order_id = await shop.order("late@example.com", "slow")
    async with shop.world.transaction() as tx:
        await tx.execute("UPDATE orders SET cancel_at = $2 WHERE id = $1", order_id, tx.now - timedelta(seconds=1))
    before = len(stripe.asked)
    for answer in (await demo.get(shop.path(order_id)), await begin(demo, shop.path(order_id))):
        assert "This order was cancelled because it wasn’t paid in time" in answer.text
        assert buttons_in(answer.text) == []
    assert len(stripe.asked) == before


async def test_a_parcel_with_cash_on_delivery(shop: Shop) -> None:
    order_id = await shop.order("cash@example.com", "book", buyer=PARCEL)
    app = build(shop.world, None, SETTINGS)  # type: ignore[arg-type]
    async with browser_of(app) as client:  # where there are no cards at all
        page = (await client.get(shop.path(order_id))).text
    assert "Pay on delivery." in page
    async with browser_of(shop.app) as client:
        assert "Or pay on delivery." in (await client.get(shop.path(order_id))).text


async def test_a_link_works_on_the_owners_hosts_and_on_the_installations(shop: Shop, front: httpx.AsyncClient) -> None:
    path = shop.path(await shop.order("hosts@example.com", "course"))
    assert (await front.get(path)).status_code == 200
    for host in ("shop.example.com", "DEMO.localhost", "demo.shops.example"):
        async with browser_of(shop.app, host) as client:
            assert (await client.get(path)).status_code == 200
    for host in ("ruslan.localhost:8080", "elsewhere.example"):
        async with browser_of(shop.app, host) as client:
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, f"http://localhost:8080{path}")
            assert (await begin(client, path)).status_code == 404


async def test_links_in_letters_are_complete() -> None:
    links = web.payment_links(LINKS_KEY, SETTINGS)
    assert links.pay(1, 2) == "http://localhost:8080" + payment_path(LINKS_KEY)(1, 2)


@pytest.mark.parametrize("tail", ["", "done", "cancel"])
async def test_a_token_that_is_not_ours_leads_nowhere(shop: Shop, front: httpx.AsyncClient, tail: str) -> None:
    order_id = await shop.order(f"token{tail}@example.com", "course")
    numbers = (shop.demo.id, order_id)
    good = tokens.issue(LINKS_KEY, "bill", numbers)
    for token in (
        "nonsense",
        good[:-1],
        good + "A",
        tokens.issue(LINKS_KEY, "confirm", numbers),
        tokens.issue(LINKS_KEY, "bill", (*numbers, 1)),
        tokens.issue(LINKS_KEY, "bill", (shop.demo.id, 10**9)),
        tokens.issue(LINKS_KEY, "bill", (shop.ruslan.id, order_id)),
        tokens.issue(LINKS_KEY, "bill", (10**9, order_id)),
        tokens.issue(b"another key of thirty-two letters", "bill", numbers),
    ):
        answer = await front.get(f"/bill/{token}/{tail}")
        assert answer.status_code == 404
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert (await front.get(f"/bill/{good}/{tail}")).status_code in (200, 303)


async def test_paying_sends_on_to_stripe_with_what_is_due(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe
) -> None:
    order_id = await shop.order("card@example.com", "course", "short")
    path = shop.path(order_id)
    answer = await begin(demo, path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{stripe.address}/c/pay/")
    assert answer.headers["referrer-policy"] == "no-referrer"
    asked = stripe.session
    assert asked["line_items[0][price_data][unit_amount]"] == "151049"
    assert asked["line_items[0][price_data][currency]"] == "usd"
    assert asked["line_items[0][price_data][product_data][name]"] == f"Order {order_id}: The <Course> & more, Short"
    assert asked["success_url"] == f"http://demo.localhost:8080{path}done?had=0.00"
    assert asked["cancel_url"] == f"http://demo.localhost:8080{path}"
    assert asked["customer_email"] == "card@example.com"
    assert stripe.asked[-1].key == STRIPE["secret_key"]
    assert (await shop.find(order_id)).received == 0  # the buyer's word counts nothing, Stripe's does


@pytest.mark.parametrize(
    ("host", "base"),
    [("localhost:8080", "http://localhost:8080"), ("shop.example.com", "http://shop.example.com")],
)
async def test_one_comes_back_to_the_host_that_one_left(shop: Shop, stripe: FakeStripe, host: str, base: str) -> None:
    path = shop.path(await shop.order(f"{host.partition(':')[0]}@example.com", "course"))
    async with browser_of(shop.app, host) as client:
        await begin(client, path)
    assert stripe.session["cancel_url"] == base + path


async def test_from_paying_to_the_page_of_thanks(shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe) -> None:
    order_id = await shop.order("thanks@example.com", "course")
    path = shop.path(order_id)
    session = await paid_session(shop, demo, stripe, order_id)
    waiting = await demo.get(f"{path}done")
    assert heading_of(waiting.text) == "Thank you!"
    assert f'http-equiv="refresh" content="3; url={path}done?had=0.00&amp;looked=1"' in waiting.text
    assert 'http-equiv="refresh"' not in (await demo.get(f"{path}done?looked=20")).text
    answer = await report(demo, an_event(COMPLETED, session))
    assert (answer.status_code, answer.text) == (200, "noted\n")
    onward = await demo.get(f"{path}done?looked=1")
    assert (onward.status_code, onward.headers["location"]) == (303, "https://demo.site/thanks")
    order = await shop.find(order_id)
    assert (order.state, order.received) == ("paid", Decimal("1500.50"))
    page = (await demo.get(path)).text
    assert "Your order is paid. Thank you!" in page
    assert 'href="https://demo.site/thanks"' in page
    assert buttons_in(page) == []
    assert "Cancel the order" not in page


async def test_without_a_page_of_thanks_one_comes_back_to_the_order(shop: Shop, demo: httpx.AsyncClient) -> None:
    order_id = await shop.order("plain@example.com", "short")
    await shop.pay(order_id)
    answer = await demo.get(f"{shop.path(order_id)}done")
    assert answer.headers["location"] == shop.path(order_id)


async def test_an_event_that_comes_again_and_again_is_one_payment(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe
) -> None:
    order_id = await shop.order("replay@example.com", "short")
    session = await paid_session(shop, demo, stripe, order_id)
    kinds = [COMPLETED, "checkout.session.async_payment_succeeded"] * 5
    answers = await asyncio.gather(*(report(demo, an_event(kind, session)) for kind in kinds))
    assert {answer.status_code for answer in answers} == {200}
    assert await shop.payments(order_id) == [("payment", "9.99", "stripe")]


async def test_a_payment_that_takes_days_is_taken_when_it_comes(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe
) -> None:
    order_id = await shop.order("bank@example.com", "short")
    session = await paid_session(shop, demo, stripe, order_id)
    assert (await report(demo, an_event(COMPLETED, session | {"payment_status": "unpaid"}))).text == "nothing of ours\n"
    assert (await shop.find(order_id)).state == "waiting"
    await report(demo, an_event("checkout.session.async_payment_succeeded", session))
    assert (await shop.find(order_id)).state == "paid"


async def test_money_for_a_cancelled_order_is_taken_all_the_same(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe
) -> None:
    order_id = await shop.order("regret@example.com", "short")
    session = await paid_session(shop, demo, stripe, order_id)
    await demo.post(f"{shop.path(order_id)}cancel")
    assert (await shop.find(order_id)).state == "cancelled"
    assert (await report(demo, an_event(COMPLETED, session))).status_code == 200
    assert (await shop.find(order_id)).state == "paid"
    assert await shop.payments(order_id) == [("payment", "9.99", "stripe")]


async def test_refunds_in_parts_and_out_of_turn(shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe) -> None:
    order_id = await shop.order("refund@example.com", "short")
    session = await paid_session(shop, demo, stripe, order_id)
    first = an_event("charge.refunded", a_charge(stripe.session, 400, f"ch_{order_id}"), {"amount_refunded": 0})
    rest = an_event("charge.refunded", a_charge(stripe.session, 999, f"ch_{order_id}"), {"amount_refunded": 400})
    assert (await report(demo, first)).status_code == 409  # before the payment: once more later, please
    await report(demo, an_event(COMPLETED, session))
    for body in (rest, first, first, rest):
        assert (await report(demo, body)).status_code == 200
    assert await shop.payments(order_id) == [
        ("payment", "9.99", "stripe"),
        ("refund", "5.99", "stripe"),
        ("refund", "4.00", "stripe"),
    ]
    assert (await shop.find(order_id)).state == "refunded"
    assert "This order was refunded." in (await demo.get(shop.path(order_id))).text


async def test_what_is_not_signed_by_the_owners_stripe_is_refused(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe, caplog: pytest.LogCaptureFixture
) -> None:
    order_id = await shop.order("forged@example.com", "short")
    body = an_event(COMPLETED, await paid_session(shop, demo, stripe, order_id))
    for headers in ({}, signature(body, "whsec_of_mine"), signature(body + b" "), signature(body, at=1)):
        answer = await report(demo, body, headers)
        assert (answer.status_code, answer.text) == (400, "refused\n")
    assert (await report(demo, body.replace(b"999", b"998"), signature(body))).status_code == 400
    assert (await shop.find(order_id)).received == 0
    assert WEBHOOK_SECRET not in caplog.text


async def test_an_owner_cannot_pay_orders_of_another(shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe) -> None:
    async with shop.world.transaction() as tx:  # a number that no order of the other account has
        await tx.execute("UPDATE number_counters SET last = 5000 WHERE account_id = $1", shop.ruslan.id)
    order_id = await shop.order("mine@example.com", "kurs", account=shop.ruslan)
    session = await paid_session(shop, demo, stripe, await shop.order("lever@example.com", "short"))
    for metadata in (
        {"enlist_account": str(shop.ruslan.id), "enlist_order": str(order_id), "enlist_currency": "usd"},
        {"enlist_account": str(shop.demo.id), "enlist_order": str(order_id), "enlist_currency": "usd"},
        {"enlist_account": str(shop.demo.id), "enlist_order": str(10**12), "enlist_currency": "usd"},
    ):
        answer = await report(demo, an_event(COMPLETED, session | {"metadata": metadata}))
        assert (answer.status_code, answer.text in ("nothing of ours\n", "no such order\n")) == (200, True)
    assert (await shop.find(order_id, shop.ruslan)).received == 0


async def test_events_are_taken_only_where_somebody_takes_cards(shop: Shop, demo: httpx.AsyncClient) -> None:
    body = an_event(COMPLETED, {})
    for host in ("ruslan.localhost:8080", "nobody.localhost", "localhost:8080"):
        async with browser_of(shop.app, host) as client:
            assert (await report(client, body)).status_code == 404
    assert (await demo.post("/pay/paypal/events", content=body, headers=signature(body))).status_code == 404
    assert (await demo.get(EVENTS)).status_code == 405


async def test_a_huge_event_is_not_read(demo: httpx.AsyncClient) -> None:
    assert (await report(demo, b"{" + b" " * 2_000_000)).status_code == 413


async def test_while_the_database_is_away_stripe_is_to_try_again(shop: Shop) -> None:
    app = build(AWAY, None, SETTINGS, payment_channels={"stripe": StripeCheckout()})  # type: ignore[arg-type]
    async with browser_of(app) as client:
        assert (await report(client, an_event(COMPLETED, {}))).status_code == 503
        assert (await client.get(shop.path(1))).status_code == 503
        assert (await client.post(f"{shop.path(1)}cancel")).status_code == 503


async def test_when_stripe_says_no_the_page_says_so(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe, caplog: pytest.LogCaptureFixture
) -> None:
    order_id = await shop.order("no@example.com", "short")
    stripe.answers = [(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}})]
    answer = await begin(demo, shop.path(order_id))
    assert answer.status_code == 503
    assert "This payment method isn’t available right now." in answer.text
    assert buttons_in(answer.text) == ["Pay by card"]
    assert "Invalid API Key" not in answer.text
    assert "Invalid API Key" in caplog.text


@pytest.mark.parametrize("channel", ["", "paypal", "manual", "x" * 1000])
async def test_nothing_is_begun_by_an_unknown_channel(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe, channel: str
) -> None:
    before = len(stripe.asked)
    answer = await begin(demo, shop.path(await shop.order(f"odd-{channel[:9]}@example.com", "short")), channel=channel)
    assert (answer.status_code, buttons_in(answer.text)) == (200, ["Pay by card"])
    assert len(stripe.asked) == before


async def test_paying_in_parts(shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe) -> None:
    order_id = await shop.order("parts@example.com", "slow")
    path = shop.path(order_id)
    page = (await demo.get(path)).text
    assert "At least $100; you can pay the rest later." in page
    assert 'name="amount" value="300.00"' in page
    before = len(stripe.asked)
    for amount in ("99.99", "300.01", "-1", "nonsense", "0", "1e9"):
        answer = await begin(demo, path, amount=amount)
        assert answer.status_code == 422
        assert "from $100 up to" in answer.text
    assert len(stripe.asked) == before
    await begin(demo, path, amount="100,50")
    assert stripe.session["line_items[0][price_data][unit_amount]"] == "10050"
    await report(demo, an_event(COMPLETED, a_session(stripe.session, f"cs_part_{order_id}")))
    back = await demo.get(stripe.session["success_url"])
    assert (back.status_code, back.headers["location"]) == (303, path)
    said = said_in((await demo.get(path)).text)
    assert "$100.50 received, $199.50 left to pay." in said
    assert "Paid so far $100.50 Due $199.50" in said
    assert "Cancel the order" not in said
    assert "Please pay by" not in said
    await begin(demo, path)
    assert stripe.session["line_items[0][price_data][unit_amount]"] == "19950"
    assert heading_of((await demo.get(stripe.session["success_url"])).text) == "Thank you!"  # the rest is waited for
    await report(demo, an_event(COMPLETED, a_session(stripe.session, f"cs_rest_{order_id}")))
    assert (await shop.find(order_id)).state == "paid"


async def test_nobody_pays_in_parts_what_is_sold_at_once(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe
) -> None:
    order_id = await shop.order("whole@example.com", "short")
    await begin(demo, shop.path(order_id), amount="0.50")
    assert stripe.session["line_items[0][price_data][unit_amount]"] == "999"


@pytest.mark.parametrize(
    "names",
    [
        ("slow",),
        ("slow", "slow"),
        ("slow", "short"),
        ("slow", "short", "slow", "gift"),
        ("short", "course"),
        ("tiny",),  # its least part is more than it costs
        ("tiny", "slow"),
    ],
    ids=" ".join,
)
async def test_the_page_takes_exactly_the_parts_that_the_api_tells_of(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe, names: tuple[str, ...]
) -> None:
    order_id = await shop.order(f"{'-'.join(names)}@mixtures.example", *names)
    order = await shop.find(order_id)
    async with shop.world.reading() as tx:
        sold = await products.get_all(tx, {(shop.demo.id, item.product_id) for item in order.items})
    told = order_results.of_goods(order, {product.id: product for product in sold.values()})
    least, path = Decimal(told["prepayment_minsum"]), shop.path(order_id)
    taken = least if told["prepayment_enabled"] else order.total
    for chosen in {taken, (taken + order.total) / 2, order.total}:
        assert (await begin(demo, path, amount=f"{chosen:.2f}")).status_code == 303
        assert int(stripe.session["line_items[0][price_data][unit_amount]"]) == int(chosen.quantize(money.CENT) * 100)
    below = await begin(demo, path, amount=f"{taken - money.CENT}")
    if taken < order.total:
        assert below.status_code == 422
    else:
        assert below.status_code == 303  # sold at once, whatever was chosen
        assert int(stripe.session["line_items[0][price_data][unit_amount]"]) == int(order.total * 100)


async def test_cancelling_asks_first(shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe) -> None:
    order_id = await shop.order("cancel@example.com", "course")
    path = shop.path(order_id)
    asked = await demo.get(f"{path}cancel")
    assert heading_of(asked.text) == f"Cancel order {order_id}?"
    assert "“The &lt;Course&gt; &amp; more”, $1,500.50 in total" in asked.text
    assert (await shop.find(order_id)).state == "waiting"
    for _ in range(2):
        answer = await demo.post(f"{path}cancel")
        assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert (await shop.find(order_id)).state == "cancelled"
    page = (await demo.get(path)).text
    assert "This order is cancelled. There is nothing to pay." in page
    assert 'href="/order/course/"' in page
    assert buttons_in(page) == []
    assert heading_of((await demo.get(f"{path}done")).text) == "Thank you!"  # money may be on its way all the same
    before = len(stripe.asked)
    assert (await begin(demo, path)).status_code == 200
    assert len(stripe.asked) == before
    assert (await demo.get(f"{path}cancel")).headers["location"] == path


async def test_a_visitor_pays_and_comes_back_to_his_own_page(
    shop: Shop, demo: httpx.AsyncClient, stripe: FakeStripe
) -> None:
    order_id = await shop.order("helped@example.com", "short")
    path = shop.path(order_id, visitor=True)
    assert (await begin(demo, path)).status_code == 303
    assert stripe.session["cancel_url"].endswith(path)
    assert stripe.session["success_url"].endswith(f"{path}done?had=0.00")
    await report(demo, an_event(COMPLETED, a_session(stripe.session, f"cs_visit_{order_id}")))
    paid = await shop.find(order_id)
    assert (paid.state, paid.payment_method) == ("paid", "stripe")
    assert (await demo.get(f"{path}done")).headers["location"] == path


async def test_a_visitor_is_not_told_where_the_parcel_is(shop: Shop, demo: httpx.AsyncClient) -> None:
    order_id = await shop.order("parcel@example.com", "book", buyer=PARCEL)
    async with shop.world.transaction() as tx:
        await orders.mark_sent(tx, shop.demo.id, order_id, tracking_number="RR123", at=None)
    assert "RR123" in (await demo.get(shop.path(order_id))).text
    assert "RR123" not in (await demo.get(shop.path(order_id, visitor=True))).text


async def test_what_is_paid_is_not_cancelled(shop: Shop, demo: httpx.AsyncClient) -> None:
    order_id = await shop.order("keep@example.com", "short")
    await shop.pay(order_id)
    assert (await demo.post(f"{shop.path(order_id)}cancel")).status_code == 303
    assert (await shop.find(order_id)).state == "paid"


async def test_a_sent_order_shows_where_it_is(shop: Shop, demo: httpx.AsyncClient) -> None:
    order_id = await shop.order("sent@example.com", "book", buyer=PARCEL)
    async with shop.world.transaction() as tx:
        await orders.mark_sent(tx, shop.demo.id, order_id, tracking_number="RR<1>", at=None)
    page = (await demo.get(shop.path(order_id))).text
    assert "Your order is on its way." in page
    assert "RR&lt;1&gt;" in page
    assert buttons_in(page) == ["Pay by card"]  # nothing was paid yet


async def test_a_hidden_order_has_no_page(shop: Shop, demo: httpx.AsyncClient) -> None:
    order_id = await shop.order("hidden@example.com", "short")
    async with shop.world.transaction() as tx:
        await orders.delete(tx, shop.demo.id, order_id)
    assert (await demo.get(shop.path(order_id))).status_code == 404


def test_a_payment_link_is_a_full_address_on_a_domain_that_is_named_else_a_path() -> None:
    link = web.payment_link(LINKS_KEY, read_settings({"ENLIST_PUBLIC_URL": "https://mail.example"}))
    path = payment_path(LINKS_KEY)(1, 2)
    assert (link(1, 2, ""), link(1, 2, "shop.example")) == (path, f"https://shop.example{path}")
