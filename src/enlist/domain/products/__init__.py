"""Products: what an account sells, their categories and pin codes, and the coupons that make them cheaper."""

from enlist.domain.products.categorising import create_category, list_categories
from enlist.domain.products.couponing import (
    create_coupon,
    disable_coupon,
    find_coupons,
    list_coupons,
    release_coupon,
    release_coupons,
    use_coupon,
    use_coupons,
)
from enlist.domain.products.discounting import applies, discounted
from enlist.domain.products.errors import (
    BadCategory,
    BadCoupon,
    BadPinCode,
    BadProduct,
    CategoryNotFound,
    CategoryTaken,
    CouponNotFound,
    CouponTaken,
    ProductNotFound,
    ProductTaken,
)
from enlist.domain.products.events import PinCodesAdded
from enlist.domain.products.finding import find, find_all, get_all, list_
from enlist.domain.products.issuing import add_pin_codes, count_pin_codes, has_pin_codes, issue_pin_codes
from enlist.domain.products.keeping import change, create, delete
from enlist.domain.products.model import (
    RESERVED_ADDRESSES,
    Category,
    Commission,
    Coupon,
    Kind,
    NewCoupon,
    NewProduct,
    Product,
)
from enlist.domain.products.offering import Offer, offer
from enlist.domain.products.queries import list_for_partners

__all__ = [
    "RESERVED_ADDRESSES",
    "BadCategory",
    "BadCoupon",
    "BadPinCode",
    "BadProduct",
    "Category",
    "CategoryNotFound",
    "CategoryTaken",
    "Commission",
    "Coupon",
    "CouponNotFound",
    "CouponTaken",
    "Kind",
    "NewCoupon",
    "NewProduct",
    "Offer",
    "PinCodesAdded",
    "Product",
    "ProductNotFound",
    "ProductTaken",
    "add_pin_codes",
    "applies",
    "change",
    "count_pin_codes",
    "create",
    "create_category",
    "create_coupon",
    "delete",
    "disable_coupon",
    "discounted",
    "find",
    "find_all",
    "find_coupons",
    "get_all",
    "has_pin_codes",
    "issue_pin_codes",
    "list_",
    "list_categories",
    "list_coupons",
    "list_for_partners",
    "offer",
    "release_coupon",
    "release_coupons",
    "use_coupon",
    "use_coupons",
]
