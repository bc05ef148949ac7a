"""What the products slice refuses."""

from enlist.kit.errors import Refusal


class ProductNotFound(Refusal):
    """The account has no such product, or not any more (field ``product``, as the caller named it)."""

    code = "product_not_found"
    sentence = "There is no product {product}; check its name."


class ProductTaken(Refusal):
    """The account has a product of this name (field ``product``)."""

    code = "product_taken"
    sentence = "There already is a product {product}; choose another name."


class BadProduct(Refusal):
    """A property of a product cannot be kept (fields ``field`` and ``reason``)."""

    code = "bad_product"
    sentence = "The {field} {reason}."


class CategoryNotFound(Refusal):
    """The account has no such category of products (field ``category``, its number)."""

    code = "category_not_found"
    sentence = "There is no category {category}; check its number."


class CategoryTaken(Refusal):
    """The account has a category of this title (field ``category``)."""

    code = "category_taken"
    sentence = "There already is a category {category}; choose another title."


class BadCategory(Refusal):
    """A category cannot be called that (fields ``category`` and ``reason``)."""

    code = "bad_category"
    sentence = "The category {category} cannot be used: it {reason}."


class BadPinCode(Refusal):
    """A pin code cannot be kept (fields ``place``, counted from 1, and ``reason``)."""

    code = "bad_pin_code"
    sentence = "The pin code in line {place} {reason}."


class CouponNotFound(Refusal):
    """The account has no such coupon (field ``coupon``, as the caller named it)."""

    code = "coupon_not_found"
    sentence = "There is no coupon {coupon}; check its code."


class CouponFails(Refusal):
    """A coupon takes nothing off here and now, or there is none of this code (field ``coupon``, as it was typed)."""

    code = "coupon_fails"
    sentence = "The code {coupon} does not apply."


class CouponTaken(Refusal):
    """The account has a coupon of this code, in whichever letter case (field ``coupon``)."""

    code = "coupon_taken"
    sentence = "There already is a coupon {coupon}; choose another code."


class BadCoupon(Refusal):
    """A property of a coupon cannot be kept (fields ``field`` and ``reason``)."""

    code = "bad_coupon"
    sentence = "The {field} {reason}."
