"""What CreateOrder and createorder mean by their fields."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain.accounts import Account
from enlist.domain.orders import Buyer, NewOrder, Wanted
from enlist.doors.justclick.api import order_fields
from enlist.doors.justclick.api.order_fields import UnknownStatus, Wish
from enlist.doors.justclick.fields import EmailMalformed, EmailMissing, Unreadable
from enlist.kit.email import EmailAddress
from enlist.kit.php_form import Form, split

ACCOUNT = Account(1, "demo", "key", True, "Europe/Moscow", "ru", (), None, datetime(2026, 1, 1, tzinfo=UTC))
NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
ANNA = EmailAddress("Anna@Example.com", "anna@example.com")


def signed(email: str = "Anna@Example.com", **fields: str) -> NewOrder:
    return order_fields.signed_order(form({"bill_email": email} | fields), ACCOUNT, NOW)


def keyed(**fields: str) -> Wish:
    return order_fields.keyed_order(form({"customer_email": "Anna@Example.com"} | fields), ACCOUNT, NOW)


def form(fields: dict[str, str]) -> Form:
    return Form(split(urlencode(fields).encode(), max_fields=1000))


def goods(*pairs: tuple[str, str]) -> tuple[Wanted, ...]:
    return order_fields.signed_order(form({"bill_email": "a@b.cc"} | dict(pairs)), ACCOUNT, NOW).wanted


def test_every_field_of_createorder_1_finds_its_place() -> None:
    order = order_fields.signed_order(
        form(
            {
                "goods[0][good_name]": "invoice",
                "goods[0][good_sum]": "1500",
                "goods[1][good_name]": " sales ",
                "bill_email": " Anna@Example.com ",
                "bill_first_name": "Анна",
                "bill_surname": "Smith",
                "bill_middle_name": "Maria",
                "bill_phone": "+7 (999) 1",
                "bill_country": "LVA",
                "bill_region": "Vidzeme",
                "bill_city": "Riga",
                "bill_address": "Street 1",
                "bill_postal_code": "LV-1001",
                "bill_kupon": "SPRING",
                "bill_tag": "top",
                "bill_comment": "ring twice",
                "bill_ip": "192.0.2.1",
                "bill_timer_kill": "1291009999",
                "bill_created": "1291001819",
                "bill_domain": "shop.example.com",
                "utm[utm_medium]": "cpc",
                "utm[aff_term]": "x",
                "utm[other]": "dropped",
                "utm[utm_source]": "",
                "bill_aff": "12",
                "bill_aff_name": "bob",
                "bill_paff": "13",
                "bill_paff_name": "eve",
                "bill_ad_id": "7",
            }
        ),
        ACCOUNT,
        NOW,
    )
    assert order == NewOrder(
        account=ACCOUNT,
        buyer=Buyer(
            email=ANNA,
            first_name="Анна",
            last_name="Smith",
            middle_name="Maria",
            phone="+7 (999) 1",
            country="LVA",
            region="Vidzeme",
            city="Riga",
            address="Street 1",
            postal_code="LV-1001",
            ip="192.0.2.1",
        ),
        wanted=(Wanted("invoice", Decimal("1500.00")), Wanted("sales")),
        coupon="SPRING",
        tag="top",
        comment="ring twice",
        domain="shop.example.com",
        cancel=datetime(2010, 11, 29, 5, 53, 19, tzinfo=UTC),
        created_at=datetime(2010, 11, 29, 3, 36, 59, tzinfo=UTC),
        marks={
            "utm_medium": "cpc",
            "aff_term": "x",
            "aff": "12",
            "aff_name": "bob",
            "paff": "13",
            "paff_name": "eve",
            "ad": "7",
        },
        affiliates=("bob", "eve"),
    )


@pytest.mark.parametrize(
    ("pairs", "named"),
    [({}, ()), ({"bill_aff_name": " ", "bill_paff_name": ""}, ()), ({"bill_aff_name": "bob"}, ("bob",)),
     ({"bill_paff_name": "eve"}, ("", "eve")), ({"bill_aff_name": "", "bill_paff_name": " eve "}, ("", "eve"))],
)  # fmt: skip
def test_a_partner_is_named_for_his_own_level(pairs: dict[str, str], named: tuple[str, ...]) -> None:
    assert signed(**pairs).affiliates == named


def test_the_second_spellings_are_understood() -> None:
    order = signed(bill_otchestvo="Maria", bill_coupon="SPRING")
    assert (order.buyer.middle_name, order.coupon) == ("Maria", "SPRING")
    order = signed(bill_otchestvo="Maria", bill_middle_name="", bill_kupon="A", bill_coupon="B")
    assert (order.buyer.middle_name, order.coupon) == ("Maria", "A")


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ([], ()),
        ([("goods", "a")], (Wanted("a"),)),
        ([("goods[]", "a"), ("goods[7]", "b")], (Wanted("a"), Wanted("b"))),
        ([("goods[good_name]", "a"), ("goods[good_sum]", "5")], (Wanted("a", Decimal(5)),)),
        ([("goods[x][good_name]", "a"), ("goods[1][good_name]", ""), ("goods[1][good_sum]", "")], (Wanted("a"),)),
        ([("goods[1][good_name]", "b"), ("goods[0][good_name]", "a")], (Wanted("b"), Wanted("a"))),
        ([("goods[0][good_sum]", "5")], (Wanted("", Decimal(5)),)),
        ([("goods[0][good_name]", "a"), ("goods[0][good_sum]", "0")], (Wanted("a", Decimal(0)),)),
        ([("goods[0][good_name]", "a"), ("goods[0][good_sum]", "10,555")], (Wanted("a", Decimal("10.56")),)),
    ],
)
def test_products_come_as_rows_in_the_order_of_the_wire(
    pairs: list[tuple[str, str]], wanted: tuple[Wanted, ...]
) -> None:
    assert goods(*pairs) == wanted


@pytest.mark.parametrize(
    "pairs",
    [
        [("goods[0][good_name]", "a"), ("goods[0][good_sum]", "-5")],
        [("goods[0][good_name]", "a"), ("goods[0][good_sum]", "much")],
        [("goods[0][good_name]", "a"), ("goods[0][good_sum]", "1e12")],
        [("goods[0][good_name][x]", "a")],
        [("goods[0][good_name]", "a"), ("goods[0][good_sum][]", "5")],
        [("goods[good_name][x]", "a")],
    ],
)
def test_products_that_cannot_be_read_are_malformed(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(Unreadable):
        goods(*pairs)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("", "by product"), ("1", "by product"), ("true", "by product"), ("TRUE", "by product"), ("yes", "by product"),
     ("0", "never"), ("false", "never"), ("off", "never"), ("1291009999", datetime(2010, 11, 29, 5, 53, 19, tzinfo=UTC))],
)  # fmt: skip
def test_the_timer_is_a_yes_a_no_or_a_time(text: str, meaning: object) -> None:
    assert signed(bill_timer_kill=text).cancel == meaning


@pytest.mark.parametrize("field", ["bill_timer_kill", "bill_created"])
@pytest.mark.parametrize("text", ["soon", "-1", "99999999999", "2020-01-01"])
def test_times_that_are_none_are_malformed(field: str, text: str) -> None:
    with pytest.raises(Unreadable):
        signed(**{field: text})


@pytest.mark.parametrize("text", ["", "0"])
def test_an_empty_time_of_creation_means_now(text: str) -> None:
    assert signed(bill_created=text).created_at is None


def test_an_order_made_in_time_to_come_is_made_now() -> None:
    assert signed(bill_created="1790000000").created_at == NOW
    assert keyed(order_created_at="2026-03-05 12:00:00").order.created_at == NOW


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("shop.example.com", "shop.example.com"), ("https://shop.example.com/", "shop.example.com"),
     ("http://localhost:8080", "localhost:8080"), ("магазин.рф", "магазин.рф"),
     ("shop.example.com/path?x", ""), ("a b", ""), ("user@evil.example", ""), ("javascript:alert(1)", "")],
)  # fmt: skip
def test_a_domain_is_a_host_or_nothing(sent: str, kept: str) -> None:
    assert signed(bill_domain=sent).domain == kept


@pytest.mark.parametrize("email", ["", "-", "a@", "a b@example.com", "@"])
def test_without_an_address_nobody_orders(email: str) -> None:
    with pytest.raises(EmailMalformed if email else EmailMissing):
        signed(email=email)
    with pytest.raises(EmailMalformed if email else EmailMissing):
        keyed(customer_email=email)


def test_every_field_of_createorder_2_finds_its_place() -> None:
    wish = keyed(
        product_names="invoice, 12 ,sales",
        product_prices="10.5,,",
        customer_first_name="Anna",
        customer_last_name="Smith",
        customer_middle_name="Maria",
        customer_phone="+7999",
        order_ip="192.0.2.1",
        customer_shipping="Street 1",
        customer_shipping_phone="+7000",
        customer_shipping_address_2="Flat 2",
        customer_shipping_city="Riga",
        customer_shipping_state="Vidzeme",
        customer_shipping_zip="LV-1001",
        customer_shipping_country_code="LV",
        customer_billing_address_1="Billstreet 1",
        customer_billing_address_2="Flat 3",
        customer_billing_city="Tallinn",
        customer_billing_state="Harju",
        customer_billing_zip="10111",
        customer_billing_country_code="EE",
        order_tag="top",
        note="ring twice",
        order_created_at="30.01.2020 04:22:16",
        order_paid_at="01/30/2020 05:22:16",
        order_status="Paid",
        order_confirmed="\u0421onfirmed",
        order_sales_manager="7",
        payment_method="PayPal",
        coupon="3",
        affiliates="bob, eve",
        utm_medium="cpc",
        utm_source="direct",
        utm_campaign="c",
        utm_content="o",
        utm_term="t",
    )
    assert wish == Wish(
        NewOrder(
            account=ACCOUNT,
            buyer=Buyer(
                email=ANNA,
                first_name="Anna",
                last_name="Smith",
                middle_name="Maria",
                phone="+7999",
                country="LV",
                region="Vidzeme",
                city="Riga",
                address="Street 1, Flat 2",
                postal_code="LV-1001",
                ip="192.0.2.1",
            ),
            wanted=(Wanted("invoice", Decimal("10.50")), Wanted("12"), Wanted("sales")),
            coupon="3",
            tag="top",
            comment="ring twice",
            created_at=datetime(2020, 1, 30, 1, 22, 16, tzinfo=UTC),
            payment_method="PayPal",
            manager_id=7,
            marks={
                "utm_medium": "cpc",
                "utm_source": "direct",
                "utm_campaign": "c",
                "utm_content": "o",
                "utm_term": "t",
            },
            affiliates=("bob", "eve"),
            extra={
                "billing_address_1": "Billstreet 1",
                "billing_address_2": "Flat 3",
                "billing_city": "Tallinn",
                "billing_state": "Harju",
                "billing_zip": "10111",
                "billing_country_code": "EE",
                "shipping_phone": "+7000",
                "confirmed": "yes",
            },
        ),
        "paid",
        datetime(2020, 1, 30, 2, 22, 16, tzinfo=UTC),
    )


def test_without_a_shipping_address_the_billing_address_is_delivered_to() -> None:
    buyer = keyed(customer_billing_address_1="Billstreet 1", customer_billing_city="Tallinn").order.buyer
    assert (buyer.address, buyer.city) == ("Billstreet 1", "Tallinn")
    buyer = keyed(customer_shipping_city="Riga", customer_billing_address_1="Billstreet 1").order.buyer
    assert (buyer.address, buyer.city) == ("", "Riga")
    assert keyed(customer_shipping_address_1="Street 1").order.buyer.address == "Street 1"


@pytest.mark.parametrize(
    ("word", "state"),
    [("", "waiting"), ("Expected", "waiting"), ("Paid", "paid"), ("CANCEL", "cancelled"), ("MoneyBack", "refunded")],
)
def test_the_status_words_are_known_in_any_letter_case(word: str, state: str) -> None:
    assert keyed(order_status=word).state == state


def test_another_status_word_is_unknown() -> None:
    with pytest.raises(UnknownStatus):
        keyed(order_status="Sent")


@pytest.mark.parametrize(
    ("word", "kept"),
    [("Yes", "yes"), ("True", "yes"), ("Confirmed", "yes"), ("\u0421onfirmed", "yes"), ("No", "no"), ("False", "no")],
)
def test_the_words_of_confirmation_are_known(word: str, kept: str) -> None:
    assert keyed(order_confirmed=word).order.extra == {"confirmed": kept}


@pytest.mark.parametrize(
    "fields",
    [
        {"product_names": "a", "product_prices": "much"},
        {"product_names": "a", "product_prices": "1,2"},
        {"order_created_at": "yesterday"},
        {"order_paid_at": "32.01.2020"},
        {"order_confirmed": "perhaps"},
        {"order_sales_manager": "Bob"},
    ],
)
def test_what_createorder_2_cannot_read_is_malformed(fields: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        keyed(**fields)


FIELDS = (
    "goods",
    "goods[0][good_name]",
    "goods[0][good_sum]",
    "goods[x][]",
    "bill_timer_kill",
    "bill_created",
    "bill_domain",
    "bill_email",
    "utm",
    "utm[utm_source]",
    "utm[utm_source][x]",
    "product_names",
    "product_prices",
    "order_created_at",
    "order_status",
    "order_confirmed",
    "order_sales_manager",
)


@given(
    st.dictionaries(
        st.sampled_from(FIELDS), st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
    )
)
def test_whatever_is_sent_is_read_or_refused_in_our_words(fields: dict[str, str]) -> None:
    sent = form({"bill_email": "a@example.com", "customer_email": "a@example.com"} | fields)
    with suppress(EmailMissing, EmailMalformed, Unreadable):
        order_fields.signed_order(sent, ACCOUNT, NOW)
    with suppress(EmailMissing, EmailMalformed, Unreadable, UnknownStatus):
        order_fields.keyed_order(sent, ACCOUNT, NOW)
