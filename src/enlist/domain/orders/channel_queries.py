"""The SQL statements about the payment channels of accounts."""

from enlist.runtime.db import Tx


async def upsert_channel(tx: Tx, account_id: int, channel: str, sealed: bytes) -> None:
    """Keep the sealed settings of a payment channel."""
    await tx.execute(
        "INSERT INTO payment_channels (account_id, channel, settings, created_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (account_id, channel) DO UPDATE SET settings = excluded.settings",
        account_id,
        channel,
        sealed,
        tx.now,
    )


async def delete_channel(tx: Tx, account_id: int, channel: str) -> bool:
    """Forget a payment channel; tell whether there was one."""
    return bool(
        await tx.execute("DELETE FROM payment_channels WHERE account_id = $1 AND channel = $2", account_id, channel)
    )


async def channel_settings(tx: Tx, account_id: int, channel: str) -> bytes | None:
    """Return the sealed settings of a payment channel."""
    sealed: bytes | None = await tx.fetch_value(
        "SELECT settings FROM payment_channels WHERE account_id = $1 AND channel = $2", account_id, channel
    )
    return sealed


async def list_payment_channels(tx: Tx, account_id: int) -> list[str]:
    """List by name the payment channels that the account has set up."""
    rows = await tx.fetch("SELECT channel FROM payment_channels WHERE account_id = $1 ORDER BY channel", account_id)
    return [row[0] for row in rows]
