"""Drafting orders: items, sums, coupon, deadline and what makes two orders the same; needs no database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Final
from uuid import UUID

import msgspec

from enlist.domain import products
from enlist.domain.orders import pricing
from enlist.domain.orders.errors import BadOrder, CountryNotServed, DeliveryDataMissing
from enlist.domain.orders.model import Item, NewOrder
from enlist.kit import countries, money
from enlist.kit.errors import Refusal

# What a parcel cannot do without (api-1.0.md §8).
DELIVERY_DATA: Final = ("first_name", "last_name", "country", "city", "address")

Key = tuple[int, UUID]


class Draft(msgspec.Struct, frozen=True):
    """An order that can be placed, if the same one is not there already."""

    new: NewOrder
    sold: tuple[products.Product, ...]
    items: tuple[Item, ...]
    total: Decimal
    coupon: products.Coupon | None
    created_at: datetime
    cancel_at: datetime | None
    key: Key

    @property
    def person(self) -> tuple[int, str]:
        """What tells people apart: the account and the address as it is compared."""
        return self.new.account.id, self.new.buyer.email.key


def draw_up(
    new: NewOrder,
    found: Mapping[tuple[int, str], products.Product],
    coupons: Mapping[tuple[int, str], products.Coupon],
    now: datetime,
) -> Draft | Refusal:
    """Draw up an order that passed ``check``, from products and coupons by account and what they were called."""
    sold: list[products.Product] = []
    for wanted in new.wanted:
        product = found.get((new.account.id, wanted.product))
        if product is None:
            return products.ProductNotFound(product=wanted.product)
        sold.append(product)
    if refusal := pricing.check_sums(new, sold) or _check_delivery(new, sold):
        return refusal
    created_at = now if new.created_at is None else min(new.created_at, now)
    coupon = coupons.get((new.account.id, new.coupon)) if new.coupon else None
    if coupon is not None and not pricing.reduces(coupon, new, sold, created_at):
        coupon = None
    if fails := pricing.check_coupon(new, sold, coupon):
        return fails
    items = _items(new, sold, coupon)
    total = sum((item.sum for item in items), money.ZERO)
    if total > money.LARGEST:
        return BadOrder(field="sum", reason=f"of all is above {money.LARGEST}")
    return Draft(
        new=new,
        sold=tuple(sold),
        items=items,
        total=total,
        coupon=coupon,
        created_at=created_at,
        cancel_at=_cancel_at(new, sold, created_at),
        key=(new.account.id, open_key(new.buyer.email.key, [product.id for product in sold])),
    )


def without_coupon(draft: Draft) -> Draft:
    """Return the same order as it is without its coupon."""
    items = _items(draft.new, draft.sold, None)
    total = sum((item.sum for item in items), money.ZERO)
    return msgspec.structs.replace(draft, items=items, total=total, coupon=None)


def open_key(email_key: str, product_ids: list[int]) -> UUID:
    """Return what an account's orders have in common that are the same: the buyer and the products (readings.md#12)."""
    said = f"{email_key} {sorted(product_ids)}"
    return UUID(bytes=blake2b(said.encode(), digest_size=16).digest())


def delivery_data(product: products.Product) -> tuple[str, ...]:
    """Name what must be known of the buyer of a product so that it can be delivered, as in Buyer."""
    return DELIVERY_DATA if product.is_delivered else ()


def _check_delivery(new: NewOrder, sold: list[products.Product]) -> Refusal | None:
    for product in sold:
        for field in delivery_data(product):
            if not getattr(new.buyer, field).strip():
                return DeliveryDataMissing(field=field)
    for product in sold:
        served = product.countries if product.is_delivered else ()
        if served and not countries.may_be_among(new.buyer.country, served):
            return CountryNotServed(country=new.buyer.country, product=product.name)
    return None


def _items(new: NewOrder, sold: Sequence[products.Product], coupon: products.Coupon | None) -> tuple[Item, ...]:
    return tuple(
        Item(place, product.id, product.name, product.title, product.price, sum_, "")
        for place, (product, sum_) in enumerate(zip(sold, pricing.sums(new, sold, coupon), strict=True))
    )


def _cancel_at(new: NewOrder, sold: list[products.Product], created_at: datetime) -> datetime | None:
    if isinstance(new.cancel, datetime):
        return new.cancel
    if new.cancel == "never":
        return None
    deadlines = [product.deadline for product in sold if product.deadline is not None]
    return created_at + min(deadlines) if deadlines else None
