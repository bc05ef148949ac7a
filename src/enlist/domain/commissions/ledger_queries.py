"""The SQL statements about the ledger and payouts."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

import asyncpg

from enlist.domain.commissions.model import LARGEST_NUMBER, Charge, Payout
from enlist.kit import money
from enlist.runtime.actors import read_actor
from enlist.runtime.db import Tx, records


async def mark_charged(tx: Tx, account_id: int, order_id: int, at: datetime) -> tuple[int | None] | None:
    """Note that an order was paid in full; return whose it is, or None if that was noted before, or none of ours."""
    row = await tx.fetch_row(
        "UPDATE sales SET charged_at = $3 WHERE account_id = $1 AND order_id = $2 AND charged_at IS NULL"
        " RETURNING partner_id",
        account_id,
        order_id,
        at,
    )
    return (row[0],) if row else None


async def charge(tx: Tx, account_id: int, order_id: int, at: datetime) -> list[Charge]:
    """Enter what an order earns; return the new rows."""
    rows = await tx.fetch(
        "INSERT INTO ledger (account_id, kind, debit, credit, partner_id, amount, order_id, place, level,"
        " at, recorded_at)"
        " SELECT account_id, 'charge', 'commissions', 'partner', partner_id, amount, order_id, place, level,"
        " $3::timestamptz, $4::timestamptz"
        " FROM sale_fees WHERE account_id = $1 AND order_id = $2 AND amount > 0 ORDER BY place, level"
        " RETURNING place, level, partner_id, amount, at",
        account_id,
        order_id,
        at,
        tx.now,
    )
    return [Charge(row[0], row[1], row[2], row[3], row[4], money.ZERO) for row in rows]


async def lock_returnable(tx: Tx, account_id: int, order_id: int) -> bool:
    """Tell whether commissions of an order are taken back; keep others from doing so at the same time."""
    row = await tx.fetch_row(
        "SELECT money_back AND charged_at IS NOT NULL FROM sales WHERE account_id = $1 AND order_id = $2"
        " FOR NO KEY UPDATE",
        account_id,
        order_id,
    )
    return bool(row and row[0])


async def charges_of(tx: Tx, account_id: int, order_id: int) -> list[Charge]:
    """List what an order earned, with what was taken back of each."""
    rows = await tx.fetch(
        "SELECT c.place, c.level, c.partner_id, c.amount, c.at, coalesce((SELECT sum(r.amount) FROM ledger r"
        "   WHERE r.kind = 'reversal'"
        "   AND (r.account_id, r.order_id, r.place, r.level) = (c.account_id, c.order_id, c.place, c.level)), 0)"
        " FROM ledger c WHERE c.account_id = $1 AND c.order_id = $2 AND c.kind = 'charge' ORDER BY c.place, c.level",
        account_id,
        order_id,
    )
    return [Charge(*row) for row in rows]


async def take_back(
    tx: Tx, account_id: int, order_id: int, taken: Collection[tuple[Charge, Decimal]], at: datetime
) -> None:
    """Enter that amounts of charges are taken back."""
    rows = [(charge.place, charge.level, charge.partner_id, amount) for charge, amount in taken]
    await tx.write(
        "INSERT INTO ledger (account_id, kind, debit, credit, partner_id, amount, order_id, place, level,"
        " at, recorded_at)"
        " SELECT $2::bigint, 'reversal', 'partner', 'commissions', partner_id, amount, $3::bigint, place, level,"
        " $4::timestamptz, $5::timestamptz"
        " FROM json_to_recordset($1::json) AS r (place smallint, level smallint, partner_id bigint, amount numeric)",
        records(("place", "level", "partner_id", "amount"), rows),
        account_id,
        order_id,
        at,
        tx.now,
    )


async def balance(tx: Tx, account_id: int, partner_id: int) -> Decimal:
    """Tell what is due to a partner."""
    total: Decimal = await tx.fetch_value(
        "SELECT coalesce(sum(CASE WHEN credit = 'partner' THEN amount ELSE -amount END), 0.00) FROM ledger"
        " WHERE account_id = $1 AND partner_id = $2",
        account_id,
        partner_id,
    )
    return total


async def insert_payout(tx: Tx, account_id: int, partner_id: int, amount: Decimal, at: datetime, note: str) -> Payout:
    """Add a payout, and enter it."""
    row = await tx.fetch_row(
        "INSERT INTO payouts (account_id, partner_id, amount, at, recorded_at, note, actor, actor_kind, actor_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " RETURNING id, partner_id, amount, at, note, actor_kind, actor_id, actor",
        account_id,
        partner_id,
        amount,
        at,
        tx.now,
        note,
        tx.actor.old_word,
        tx.actor.kind,
        tx.actor.id,
    )
    assert row is not None
    payout = _payout(row)
    await tx.execute(
        "INSERT INTO ledger (account_id, kind, debit, credit, partner_id, amount, payout_id, at, recorded_at)"
        " VALUES ($1, 'payout', 'partner', 'payouts', $2, $3, $4, $5, $6)",
        account_id,
        partner_id,
        amount,
        payout.id,
        at,
        tx.now,
    )
    return payout


def _payout(row: asyncpg.Record) -> Payout:
    number, partner_id, amount, at, note, *actor = row
    return Payout(number, partner_id, amount, at, note, read_actor(*actor))


async def list_payouts(
    tx: Tx, account_id: int, partner_id: int, *, before: int | None = None, limit: int = 100
) -> list[Payout]:
    """List a partner's payouts, the latest first, those recorded before the number ``before``."""
    rows = await tx.fetch(
        "SELECT id, partner_id, amount, at, note, actor_kind, actor_id, actor FROM payouts"
        " WHERE account_id = $1 AND partner_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        account_id,
        partner_id,
        LARGEST_NUMBER if before is None else before,
        limit,
    )
    return [_payout(row) for row in rows]
