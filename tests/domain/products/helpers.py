"""What the tests of products share."""

from decimal import Decimal
from typing import Any

from enlist.domain import accounts, products
from tests.support.world import World


async def a_product(
    world: World, account: accounts.Account, name: str, price: str = "100", **properties: Any
) -> products.Product:
    """Create a product, digital unless said otherwise."""
    new = products.NewProduct(
        name=name, price=Decimal(price), **{"kind": "digital", "title": f"Product {name}", **properties}
    )
    return await world.do(products.create, account.id, new)


async def a_coupon(world: World, account: accounts.Account, code: str, **properties: Any) -> products.Coupon:
    """Create a coupon, of ten per cent unless said otherwise."""
    if "discount_sum" not in properties:
        properties = {"discount_percent": Decimal(10), **properties}
    return await world.do(products.create_coupon, account.id, products.NewCoupon(code=code, **properties))
