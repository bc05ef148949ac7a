"""The settings of payment channels: sealed, replaced, removed, and each account's own."""

import pytest

from enlist.domain import orders
from enlist.runtime.vault import Vault, WrongSecret
from tests.support.world import VAULT, World


async def test_settings_are_kept_sealed_and_come_back(world: World) -> None:
    shop, other = await world.account(), await world.account()
    async with world.transaction() as tx:
        await orders.set_payment_channel(tx, shop.id, "stripe", {"secret_key": "sk_old"}, VAULT)
        await orders.set_payment_channel(tx, shop.id, "stripe", {"secret_key": "sk_test_1", "b": "ключ"}, VAULT)
        assert await orders.list_payment_channels(tx, shop.id) == ["stripe"]
        assert await orders.payment_settings(tx, shop.id, "stripe", VAULT) == {"secret_key": "sk_test_1", "b": "ключ"}
        sealed = await tx.fetch_value("SELECT settings FROM payment_channels WHERE account_id = $1", shop.id)
        assert b"sk_" not in sealed
        with pytest.raises(WrongSecret):
            await orders.payment_settings(tx, shop.id, "stripe", Vault(b"another secret " * 4))
        assert await orders.payment_settings(tx, shop.id, "paypal", VAULT) is None
        assert await orders.payment_settings(tx, other.id, "stripe", VAULT) is None
        assert await orders.list_payment_channels(tx, other.id) == []
        with pytest.raises(orders.PaymentChannelNotFound):
            await orders.remove_payment_channel(tx, other.id, "stripe")
        await orders.remove_payment_channel(tx, shop.id, "stripe")
        assert await orders.list_payment_channels(tx, shop.id) == []
        with pytest.raises(orders.PaymentChannelNotFound):
            await orders.remove_payment_channel(tx, shop.id, "stripe\0")


async def test_settings_of_one_account_do_not_open_for_another(world: World) -> None:
    shop, other = await world.account(), await world.account()
    async with world.transaction() as tx:
        await orders.set_payment_channel(tx, shop.id, "stripe", {"secret_key": "sk"}, VAULT)
        await tx.execute(
            "INSERT INTO payment_channels SELECT $2, channel, settings, created_at FROM payment_channels"
            " WHERE account_id = $1", shop.id, other.id,
        )  # fmt: skip
        with pytest.raises(WrongSecret):
            await orders.payment_settings(tx, other.id, "stripe", VAULT)


@pytest.mark.parametrize("channel", ["", "manual", "api", "Stripe", "a b", "x" * 33, "a\0"])
async def test_names_of_no_channel_are_refused(world: World, channel: str) -> None:
    shop = await world.account()
    with pytest.raises(orders.BadPaymentChannel):
        await world.do(orders.set_payment_channel, shop.id, channel, {"secret_key": "sk"}, VAULT)


@pytest.mark.parametrize("text", ["", "  ", "x" * 1001, "a\0"])
async def test_settings_that_cannot_be_kept_are_refused(world: World, text: str) -> None:
    shop = await world.account()
    with pytest.raises(orders.BadPaymentChannel):
        await world.do(orders.set_payment_channel, shop.id, "stripe", {"secret_key": text}, VAULT)
