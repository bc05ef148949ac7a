"""Orders of several products, made up without a database."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from enlist.domain import orders, products
from enlist.kit import money

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)

sums = st.decimals(min_value=0, max_value=1000, places=2)
least_parts = st.none() | st.decimals(min_value="0.01", max_value=1000, places=2)


def an_order(*items: tuple[int, Decimal], **properties: Any) -> orders.Order:
    """Build an order of items, each given by the number of its product and what is to be paid for it."""
    said: dict[str, Any] = {
        field: "" for field in orders.Order.__struct_fields__ if field not in ("items", "fees", "hidden")
    } | {"marks": {}, "extra": {}, "manager_id": None, "contact_id": 1, "account_id": 1, "id": 5}
    said |= dict.fromkeys(("cancel_at", "paid_at", "sent_at", "ended_at"))
    said |= {
        "items": tuple(
            orders.Item(place, number, f"p{number}", "P", sum_, sum_, "") for place, (number, sum_) in enumerate(items)
        ),
        "total": sum((sum_ for _, sum_ in items), money.ZERO),
        "received": money.ZERO,
        "state": "waiting",
        "created_at": NOON,
    }
    return orders.Order(**said | properties)


def a_product(number: int, least: Decimal | None = None, **properties: Any) -> products.Product:
    return products.Product(
        account_id=1, id=number, name=f"p{number}", kind="digital", title="P", price=Decimal(10), created_at=NOON,
        least_payment=least, **properties,
    )  # fmt: skip


@st.composite
def mixtures(draw: st.DrawFn) -> tuple[orders.Order, dict[int, products.Product]]:
    """Draw an order that waits, of up to four products, some of them several times, and these products."""
    sold = {number: a_product(number, draw(least_parts)) for number in range(1, draw(st.integers(2, 5)))}
    items = draw(st.lists(st.tuples(st.sampled_from(sorted(sold)), sums), min_size=1, max_size=6))
    return an_order(*items), sold
