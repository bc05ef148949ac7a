"""What a product costs somebody who typed a coupon's code."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enlist.domain import accounts, products
from enlist.domain.products import offering
from tests.support.world import VAULT, World

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def a_product(**said: Any) -> products.Product:
    course: dict[str, Any] = {"account_id": 1, "id": 1, "name": "course", "kind": "digital", "title": "Course"}
    return products.Product(**course | {"price": Decimal(100), "created_at": NOON} | said)


def coupon(**said: Any) -> products.Coupon:
    ten: dict[str, Any] = dict.fromkeys(products.Coupon.__struct_fields__)
    ten |= {"account_id": 1, "id": 1, "code": "TEN", "discount_percent": Decimal(10), "product_ids": (), "uses": 0}
    return products.Coupon(**ten | said)


@given(st.decimals(min_value=0, max_value=10_000, places=2), st.decimals(min_value="0.0001", max_value=100, places=4))
def test_a_code_that_applies_never_makes_it_dearer_or_less_than_nothing(price: Decimal, per_cent: Decimal) -> None:
    offer = offering.price(a_product(price=price), "ten", coupon(discount_percent=per_cent), NOON)
    assert not offer.coupon_fails
    assert offer.reduced is not None
    assert 0 <= offer.reduced <= price


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("ten", None),
        ("TEN", coupon(disabled_at=NOON)),
        ("TEN", coupon(product_ids=(2,))),
        ("TEN", coupon(valid_until=NOON)),
        ("1", coupon()),  # its number, which can be guessed
    ],
)
def test_a_code_that_does_not_apply_is_told(code: str, found: products.Coupon | None) -> None:
    offer = offering.price(a_product(), code, found, NOON)
    assert offer == products.Offer(a_product(), coupon_fails=True)


def test_without_a_code_and_for_floating_prices_there_is_nothing_to_take_off() -> None:
    assert offering.price(a_product(), "", None, NOON) == products.Offer(a_product())
    floating = a_product(kind="floating", price=Decimal(0))
    assert offering.price(floating, "ten", coupon(), NOON) == products.Offer(floating)


async def test_an_offer_is_looked_up_with_its_coupon(world: World) -> None:
    async with world.transaction() as tx:
        shop = await accounts.create(tx, accounts.NewAccount(login="offers"), VAULT)
        await products.create(
            tx, shop.id, products.NewProduct(name="course", kind="digital", title="Course", price=Decimal(100))
        )
        made = await products.create_coupon(
            tx,
            shop.id,
            products.NewCoupon(code="Secret", discount_percent=Decimal(90), valid_until=tx.now + timedelta(days=1)),
        )
        offers = [await products.offer(tx, shop.id, "course", code) for code in ("", "secret", str(made.id), "x", "\0")]
        assert await products.offer(tx, shop.id, "unknown", "secret") is None
        assert await products.offer(tx, shop.id, "\0", "") is None
    assert [(offer.reduced, offer.coupon_fails) for offer in offers if offer] == [
        (None, False),
        (Decimal("10.00"), False),
        (None, True),
        (None, True),
        (None, True),
    ]
