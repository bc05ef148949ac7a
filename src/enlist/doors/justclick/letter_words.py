"""What owners write in their letters to have something filled in, and what it means (notifications.md, variables)."""

from collections.abc import Mapping
from typing import Final

# Of the protocol are all but the last one, which stands for the address of the payment page.
LETTER_WORDS: Final[Mapping[str, str]] = {
    "name": "name",
    "bill_id": "order_id",
    "sum": "sum",
    "good": "product",
    "pincode": "pin_code",
    "download": "download",
    "bill_link": "order_url",
}
