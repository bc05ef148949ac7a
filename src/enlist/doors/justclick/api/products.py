"""The functions about products and coupons (api-1.0.md §§14-15, api-2.0.md §4)."""

from functools import partial
from typing import Any, Final

from enlist.domain import products
from enlist.doors.justclick.api import codes, product_fields
from enlist.doors.justclick.api.calls import EITHER, Call, Function, always
from enlist.doors.justclick.api.codes import Reply
from enlist.doors.justclick.fields import PRODUCT_NAME, text
from enlist.kit import money
from enlist.kit.paging import collect

# A floating price is sent as an empty text (wire.md §9).
TYPE_NUMBERS: Final[dict[products.Kind, Any]] = {"physical": 1, "digital": 0, "floating": ""}


async def get_all_goods(call: Call) -> Reply:
    """GetAllGoods: the account's products; 700 if there are none."""
    async with call.services.database.reading() as tx:
        found = await collect(partial(products.list_, tx, call.account.id))
    rows = [
        {
            "good_id": product.id,
            "good_name": product.name,
            "good_title": product.title,
            "good_sum": money.write(product.price),
            "good_type": TYPE_NUMBERS[product.kind],
        }
        for product in found
    ]
    return Reply(0, "ok", rows) if rows else codes.NO_PRODUCTS


async def add_good(call: Call) -> Reply:
    """AddGood: make a product; the answer brings its number."""
    new = product_fields.new_product(call.form)
    async with call.services.database.transaction() as tx:
        product = await products.create(tx, call.account.id, new)
    return Reply(0, "ok", {"good_id": product.id, "good_name": product.name})


async def update_good(call: Call) -> Reply:
    """UpdateGood: change of a product what is sent."""
    changes = product_fields.changes(call.form)
    if not changes.name:
        return codes.WRONG_DATA
    async with call.services.database.transaction() as tx:
        await products.change(tx, call.account.id, changes)
    return codes.OK


async def delete_good(call: Call) -> Reply:
    """DeleteGood: delete a product; orders with it stay."""
    name = text(call.form, PRODUCT_NAME)
    if not name:
        return codes.WRONG_DATA
    async with call.services.database.transaction() as tx:
        await products.delete(tx, call.account.id, name)
    return codes.OK


async def get_goods(call: Call) -> Reply:
    """getgoods: the account's products, and nothing is wrong if there are none."""
    async with call.services.database.reading() as tx:
        found = await collect(partial(products.list_, tx, call.account.id))
    return Reply(
        0,
        "ok",
        [{"id": product.id, "good_name": product.name, "good_title": product.title} for product in found],
    )


async def get_coupons(call: Call) -> Reply:
    """Getcoupons: the account's coupons, disabled ones left out."""
    async with call.services.database.reading() as tx:
        found = await collect(partial(products.list_coupons, tx, call.account.id))
    return Reply(0, "ok", [{"id": coupon.id, "coupon": coupon.code} for coupon in found if coupon.disabled_at is None])


def _not_found(refusal: products.ProductNotFound) -> Reply:
    return codes.product_missing(str(refusal.fields["product"]))


FUNCTIONS: Final = (
    Function("GetAllGoods", get_all_goods, {}, EITHER),
    Function(
        "AddGood",
        add_good,
        {
            products.BadProduct: always(codes.WRONG_DATA),
            products.ProductTaken: always(codes.WRONG_DATA),
            products.CategoryNotFound: always(codes.WRONG_DATA),
        },
    ),
    Function(
        "UpdateGood",
        update_good,
        {
            products.BadProduct: always(codes.WRONG_DATA),
            products.ProductNotFound: _not_found,
            products.CategoryNotFound: always(codes.WRONG_DATA),
        },
    ),
    Function("DeleteGood", delete_good, {products.ProductNotFound: _not_found}),
    Function("getgoods", get_goods, {}, EITHER),
    Function("getcoupons", get_coupons, {}, EITHER),
)
