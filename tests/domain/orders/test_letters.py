"""The letter about a bought item: the owner's words or ours, with what the buyer must have, and nobody's tricks."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from enlist.domain import accounts, delivery, orders, products
from enlist.domain.orders.messages.composing import Purchase, purchase
from tests.domain.orders import helpers
from tests.domain.orders.helpers import an_order, pay, placed
from tests.support.world import World

LINKS = orders.Links(pay=lambda account_id, order_id: f"https://shop.example/bill/{account_id}-{order_id}/")


def bought(name: str = "Anna", pin: str = "", **properties: Any) -> Purchase:
    product = products.Product(
        account_id=1, id=2, name="course", kind="digital", title="Course", price=Decimal(5),
        created_at=datetime(2024, 1, 1, tzinfo=UTC), **properties,
    )  # fmt: skip
    return Purchase(
        product=product, title="Course <1>", name=name, order_id=7, sum="1500.00", pin_code=pin,
        order_url="https://x.example/bill/t/", shop="school",
    )  # fmt: skip


WORDS = {"bill_id": "order_id", "good": "product", "pincode": "pin_code", "bill_link": "order_url"}


def letter(locale: str, about: Purchase) -> delivery.Content:
    return purchase(locale, about, WORDS)


def test_our_own_words_for_variables_are_known_without_any_others() -> None:
    words = "{$name}|{$order_id}|{$sum}|{$product}|{$pin_code}|{$order_url}|{$bill_id}"
    content = purchase("en", bought("Ann", "<p1>", letter_text=words), {})
    assert content.text == "Ann|7|1500.00|Course <1>|<p1>|https://x.example/bill/t/|{$bill_id}"


@pytest.mark.parametrize("pin", ["{$pincode}", "{$pin_code}"])
def test_a_pin_code_that_the_owner_mentions_by_either_word_is_not_added(pin: str) -> None:
    assert letter("en", bought(pin="P-1", letter_text=f"Yours: {pin}")).text == "Yours: P-1"


def test_all_variables_are_filled_in_and_escaped_in_html_only() -> None:
    words = "{$name}|{$bill_id}|{$sum}|{$good}|{$pincode}|{$download}|{$bill_link}|{$other}|{$Name}"
    content = letter(
        "en",
        bought(
            "Ann & <b>", "<p1>", download_url="https://d.example/?a=1&b=2", letter_subject="{$good}: {$bill_id}",
            letter_format="html", letter_html=words, letter_text=words,
        ),
    )  # fmt: skip
    assert content.subject == "Course <1>: 7"
    assert content.text == (
        "Ann & <b>|7|1500.00|Course <1>|<p1>|https://d.example/?a=1&b=2|https://x.example/bill/t/|{$other}|{$Name}"
    )
    assert content.html == (
        "Ann &amp; &lt;b&gt;|7|1500.00|Course &lt;1&gt;|&lt;p1&gt;|https://d.example/?a=1&amp;b=2"
        "|https://x.example/bill/t/|{$other}|{$Name}"
    )


def test_what_somebody_is_called_is_not_read_as_a_variable() -> None:
    content = letter(
        "en", bought("{$pincode}", "SECRET", letter_text="Hi {$name}, {$pincode}", letter_subject="{$name}")
    )
    assert content.text == "Hi {$pincode}, SECRET"
    assert content.subject == "{$pincode}"


@pytest.mark.parametrize("name", ["", "win at spam.example", "http://x", "www.spam", "x" * 61, "a@b"])
@pytest.mark.parametrize(("locale", "dear"), [("en", "Dear friend"), ("ru", "Уважаемый друг")])
def test_nobody_is_greeted_by_an_advertisement(name: str, locale: str, dear: str) -> None:
    assert letter(locale, bought(name, letter_text="{$name}!")).text == f"{dear}!"
    ours = letter(locale, bought(name, "CODE"))
    assert {"en": "Hello,", "ru": "Здравствуйте!"}[locale] in ours.text.splitlines()
    if name:
        assert name not in ours.text + ours.html + ours.subject


@pytest.mark.parametrize("letter_format", ["text", "html"])
def test_what_the_owners_words_forget_is_added(letter_format: str) -> None:
    content = letter(
        "en",
        bought(
            pin="P-1", download_url="https://d.example/f", letter_format=letter_format, letter_text="Thanks",
            letter_html="<p>Thanks</p>",
        ),
    )  # fmt: skip
    for text in (content.text, content.html):
        assert text.count("P-1") == 1
        assert "https://d.example/f" in text
        assert "Thanks" in text


def test_a_letter_of_plain_words_shows_them_as_they_are() -> None:
    content = letter("en", bought(letter_text="Line 1\n<script>alert(1)</script> https://x.example/a"))
    assert "&lt;script&gt;" in content.html
    assert "<script" not in content.html
    assert 'href="https://x.example/a"' in content.html


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_without_words_of_the_owner_we_have_our_own(locale: str) -> None:
    content = letter(locale, bought("Анна", "P-1", download_url="https://d.example/f?a=1&b=2"))
    for text in (content.text, content.html):
        assert "P-1" in text
        assert "Анна" in text
        assert "https://x.example/bill/t/" in text
    assert "https://d.example/f?a=1&amp;b=2" in content.html
    assert "\n\n\n" not in content.text
    assert content.subject
    assert content.sender_name == "school"


def test_a_subject_is_one_line() -> None:
    content = letter("en", replace(bought(letter_subject="{$good}\r\nBcc: x@x", letter_text="x"), title="A\r\nB"))
    assert content.subject == "A B Bcc: x@x"
    assert len(letter("en", bought(letter_subject="x" * 250 + "{$good}" * 9)).subject) <= 255


async def written(world: World, *letters: tuple[int, int, int]) -> list[delivery.Content | None]:
    queued = [
        delivery.QueuedLetter(
            account_id=account_id, id=n, kind=orders.ORDER_LETTER, recipient="x@example.com",
            data={"order_id": order_id, "place": place}, message_id="m", attempts=1,
            queued_at=datetime(2024, 1, 1, tzinfo=UTC),
        )
        for n, (account_id, order_id, place) in enumerate(letters)
    ]  # fmt: skip
    async with world.reading() as tx:
        return list(await orders.purchase_composer(LINKS, WORDS)(tx, queued))


@pytest.fixture
async def shop(world: World) -> accounts.Account:
    account = await world.account(locale="ru")
    await world.product(account, "key", "5", title="Ключ")
    await world.product(account, "file", "5", download_url="https://d.example/f")
    await world.do(products.add_pin_codes, account.id, "key", ["PIN-1"])
    return account


async def test_letters_are_written_from_what_the_order_says_when_they_are_sent(
    world: World, shop: accounts.Account
) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "key", "file", buyer={"first_name": "Анна"}))
    await pay(world, order)
    assert await helpers.letters(world, order) == [0, 1]
    await world.do(products.delete, shop.id, "key")  # what was sold is handed out all the same
    key, file, none = await written(world, (shop.id, order.id, 0), (shop.id, order.id, 1), (shop.id, order.id, 9))
    assert key is not None
    assert file is not None
    assert none is None
    assert "PIN-1" in key.text
    assert "Ключ" in key.subject
    assert "https://d.example/f" in file.text
    assert "PIN-1" not in file.text
    assert f"https://shop.example/bill/{shop.id}-{order.id}/" in key.text


async def test_who_got_his_money_back_and_strangers_get_no_letter(world: World, shop: accounts.Account) -> None:
    order = await placed(world, an_order(shop, "anna@example.com", "file"))
    await pay(world, order)
    other = await world.account()
    assert await written(world, (other.id, order.id, 0)) == [None]
    await helpers.refund(world, order)
    assert await written(world, (shop.id, order.id, 0)) == [None]
