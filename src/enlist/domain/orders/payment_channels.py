"""Payment channels: what one is, and which of them an account has set up, with settings sealed under the secret."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, Protocol

import msgspec

from enlist.domain.orders import channel_queries as queries
from enlist.domain.orders.checking import BY_HAND, LONGEST_NAME
from enlist.domain.orders.errors import BadPaymentChannel, PaymentChannelNotFound
from enlist.kit.text import fits
from enlist.runtime.db import Tx
from enlist.runtime.vault import Vault

_NAME: Final = re.compile(r"[a-z]{1,32}")
_LONGEST_SETTING: Final = 1000


class Due(msgspec.Struct, frozen=True):
    """What a buyer is to pay: ``title`` is what they read, the two addresses are where they go afterwards."""

    account_id: int
    order_id: int
    amount: Decimal
    currency: str
    title: str
    email: str
    success_url: str
    cancel_url: str


class Received(msgspec.Struct, frozen=True):
    """What a payment channel tells: money came or went back; ``reference`` is the channel's own number of it."""

    kind: Literal["payment", "refund"]
    account_id: int
    order_id: int
    amount: Decimal
    reference: str
    at: datetime


class BadEvent(Exception):
    """What came in the name of a payment channel was not signed by it, or cannot be read."""


class PaymentChannelAway(Exception):
    """The payment channel did not answer, or said no: try again later. The reason is for the owner, not the buyer."""


class PaymentChannel(Protocol):
    """A way in which buyers pay. It keeps nothing: what it tells is recorded by ``pay`` and ``refund``."""

    name: str

    async def start(self, settings: Mapping[str, str], due: Due) -> str:
        """Prepare a payment; return the address to send the buyer to. Not to be called inside a transaction.

        Raises PaymentChannelAway.
        """

    def read_event(self, settings: Mapping[str, str], body: bytes, headers: Mapping[str, str]) -> Received | None:
        """Read what the channel reports, header names in lower case; None: nothing that matters here.

        Raises BadEvent.
        """


async def set_payment_channel(tx: Tx, account_id: int, channel: str, settings: Mapping[str, str], vault: Vault) -> None:
    """Set up a payment channel, or replace its settings. Refuses with BadPaymentChannel."""
    if not _NAME.fullmatch(channel) or channel in BY_HAND:
        raise BadPaymentChannel(channel=channel[:LONGEST_NAME], reason="must be 1 to 32 small letters")
    for name, text in settings.items():
        if not text.strip() or not fits(text, _LONGEST_SETTING):
            raise BadPaymentChannel(channel=channel, reason=f"needs a {name} of 1 to {_LONGEST_SETTING} characters")
    sealed = vault.seal(msgspec.json.encode(settings).decode(), _sealed_for(account_id, channel))
    await queries.upsert_channel(tx, account_id, channel, sealed)


async def payment_settings(tx: Tx, account_id: int, channel: str, vault: Vault) -> Mapping[str, str] | None:
    """Return the settings of a payment channel; None if it is not set up."""
    sealed = await queries.channel_settings(tx, account_id, channel)
    if sealed is None:
        return None
    return msgspec.json.decode(vault.open(sealed, _sealed_for(account_id, channel)), type=dict[str, str])


async def remove_payment_channel(tx: Tx, account_id: int, channel: str) -> None:
    """Take no more payments by this channel. Refuses with PaymentChannelNotFound."""
    if not _NAME.fullmatch(channel) or not await queries.delete_channel(tx, account_id, channel):
        raise PaymentChannelNotFound(channel=channel)


def _sealed_for(account_id: int, channel: str) -> str:
    return f"account {account_id} payment channel {channel}"
