"""What paying works with: the ways to pay, and what opens the settings that accounts have for them."""

from collections.abc import Mapping

from enlist.domain import orders
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault


class Payments:
    """All payment channels there are, by name; ``vault`` opens what accounts keep for them."""

    # No dataclass or struct: Litestar would take one for data to be checked, and copy it for every request.
    def __init__(self, channels: Mapping[str, orders.PaymentChannel], vault: Vault) -> None:
        self.channels = channels
        self._vault = vault

    async def settings(self, tx: Tx, account_id: int, name: str) -> Mapping[str, str] | None:
        """Return an account's settings for a channel; None if it has not set it up."""
        return await orders.payment_settings(tx, account_id, name, self._vault)
