"""What the products slice announces."""

from enlist.runtime.events import Event


class PinCodesAdded(Event, frozen=True, tag="products.pin_codes_added"):
    """The stock of a product's pin codes grew: buyers who wait for one can have it."""

    product_id: int
