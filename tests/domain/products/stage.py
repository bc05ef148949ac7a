"""The old name of tests.domain.products.helpers, for tests that are being moved."""

from tests.domain.products.helpers import a_coupon, a_product

__all__ = ["a_coupon", "a_product"]
