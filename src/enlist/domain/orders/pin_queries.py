"""The SQL statements about pin codes of bought items: which were handed out, and which are owed."""

from collections.abc import Iterable, Sequence
from typing import Final

from enlist.domain.orders.model import AwaitingItem
from enlist.runtime.db import Tx, columns

# The hashes may collide: then two products share a lock. They are taken in order, as all locks are.
_LOCK_STOCKS: Final = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended('pin codes ' || account_id || ' ' || product_id, 0) AS key
    FROM unnest($1::bigint[], $2::bigint[]) AS w (account_id, product_id) ORDER BY key
) AS keys
"""


async def lock_stocks(tx: Tx, products: Iterable[tuple[int, int]]) -> None:
    """Let nobody else hand out pin codes of products, by (account, number), until the end of the transaction.

    Two orders that take the last codes of a stock, or several kinds of codes each, would lock each other out.
    """
    await tx.execute(_LOCK_STOCKS, *columns(sorted(set(products)), 2))


_WRITE_PINS: Final = """
UPDATE order_items i SET pin_code = w.pin_code, awaits_pin = w.pin_code = ''
FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::text[]) AS w (account_id, order_id, place, pin_code)
WHERE i.account_id = w.account_id AND i.order_id = w.order_id AND i.place = w.place
"""


async def write_pins(tx: Tx, pins: Sequence[tuple[int, int, int, str]]) -> None:
    """Write the pin codes of items (account, order, place, code); an item with an empty one awaits it from now on."""
    await tx.execute(_WRITE_PINS, *columns(pins, 4))


async def await_no_pins(tx: Tx, account_id: int, order_id: int) -> None:
    """Note that the items of an order are owed no pin codes any more."""
    await tx.execute(
        "UPDATE order_items SET awaits_pin = false WHERE account_id = $1 AND order_id = $2 AND awaits_pin",
        account_id,
        order_id,
    )


_LOCK_AWAITING: Final = """
SELECT i.account_id, i.order_id, i.place, i.product_id, o.email
FROM order_items i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
WHERE i.account_id = $1 AND i.product_id = $2 AND i.awaits_pin
ORDER BY i.order_id, i.place LIMIT {limit} FOR NO KEY UPDATE OF o, i
"""


async def lock_awaiting(tx: Tx, account_id: int, product_id: int, limit: int) -> list[AwaitingItem]:
    """Lock the oldest orders with an item of a product that awaits its pin code."""
    rows = await tx.fetch(_LOCK_AWAITING.format(limit=int(limit)), account_id, product_id)
    return [AwaitingItem(*row) for row in rows]
