"""The SQL statements about partners' sessions and the links that begin them; tokens come hashed."""

from datetime import datetime
from typing import Final

from enlist.domain.partners.model import Partner
from enlist.runtime.db import Tx

_PARTNER: Final = "p.account_id, p.id, p.login, p.name, p.email, p.recruited_by, p.state, p.created_at, p.joined_at"
_TABLES: Final = ("partner_links", "partner_sessions")
_OF_PARTNER: Final = "JOIN partners p ON p.account_id = s.account_id AND p.id = s.partner_id"


# The address is looked at and held: of a change of it at the same instant one waits for the other.
_INSERT_LINK: Final = """
INSERT INTO partner_links (account_id, token_hash, partner_id, expires_at)
SELECT account_id, $2, id, $4 FROM partners WHERE account_id = $1 AND id = $3 AND email = $5 FOR SHARE
"""


async def insert_link(tx: Tx, partner: Partner, token_hash: bytes, expires_at: datetime) -> None:
    """Add a link that signs a partner in, unless they have another address by now."""
    await tx.execute(_INSERT_LINK, partner.account_id, token_hash, partner.id, expires_at, partner.email)


async def partner_of_link(tx: Tx, account_id: int, token_hash: bytes) -> Partner | None:
    """Find whom an unused link signs in."""
    return await _partner(
        tx,
        f"SELECT {_PARTNER} FROM partner_links s {_OF_PARTNER}"  # noqa: S608
        " WHERE s.account_id = $1 AND s.token_hash = $2 AND s.used_at IS NULL AND s.expires_at >= $3",
        account_id,
        token_hash,
        tx.now,
    )


# One statement: of two callers at the same instant the second waits for the first, and then finds the link used.
_BEGIN: Final = f"""
WITH s AS (
    UPDATE partner_links SET used_at = $3
    WHERE account_id = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at >= $3
    RETURNING account_id, partner_id
), begun AS (
    INSERT INTO partner_sessions (account_id, token_hash, partner_id, created_at, seen_at, expires_at)
    SELECT account_id, $4, partner_id, $3, $3, $5 FROM s
)
SELECT {_PARTNER} FROM s {_OF_PARTNER}
"""  # noqa: S608


async def begin_session(
    tx: Tx, account_id: int, link_hash: bytes, token_hash: bytes, expires_at: datetime
) -> Partner | None:
    """Use a link up and begin the session of its partner; None if it is used, too old, or unknown."""
    return await _partner(tx, _BEGIN, account_id, link_hash, tx.now, token_hash, expires_at)


# What a page costs: one statement, which writes only if the session was last seen some minutes ago.
_SEE: Final = f"""
WITH seen AS (
    UPDATE partner_sessions SET seen_at = $3
    WHERE account_id = $1 AND token_hash = $2 AND expires_at >= $3 AND seen_at < $4
)
SELECT {_PARTNER} FROM partner_sessions s {_OF_PARTNER}
WHERE s.account_id = $1 AND s.token_hash = $2 AND s.expires_at >= $3
"""  # noqa: S608


async def see_session(tx: Tx, account_id: int, token_hash: bytes, stale: datetime) -> Partner | None:
    """Find whose session it is, and note that it was seen if it was last seen before ``stale``."""
    return await _partner(tx, _SEE, account_id, token_hash, tx.now, stale)


async def delete_session(tx: Tx, account_id: int, token_hash: bytes) -> None:
    """End one session."""
    await tx.execute("DELETE FROM partner_sessions WHERE account_id = $1 AND token_hash = $2", account_id, token_hash)


async def delete_all(tx: Tx, account_id: int, partner_id: int) -> None:
    """End all sessions of a partner, and take the links back that could begin one.

    Links go first: whoever is using one at this moment is waited for, and the session that came of it is seen below.
    """
    for table in _TABLES:
        await tx.execute(
            f"DELETE FROM {table} WHERE account_id = $1 AND partner_id = $2",  # noqa: S608
            account_id,
            partner_id,
        )


_PRUNE: Final = """
WITH old AS (
    SELECT account_id, token_hash FROM {table}
    WHERE account_id = ANY($3::bigint[]) AND expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED
)
DELETE FROM {table} AS t USING old WHERE t.account_id = old.account_id AND t.token_hash = old.token_hash
"""


async def delete_expired(tx: Tx, most: int) -> int:
    """Delete at most ``most`` sessions and as many links that expired; return how many (by the clock)."""
    deleted = 0
    for table in _TABLES:
        if owners := await accounts_with_expired(tx, table, most):
            deleted += await tx.execute(_PRUNE.format(table=table), tx.now, most, owners)
    return deleted


async def accounts_with_expired(tx: Tx, table: str, most: int) -> list[int]:
    """List the accounts of at most ``most`` rows of a table that expired."""
    rows = await tx.fetch(
        "SELECT DISTINCT account_id"  # noqa: S608
        f" FROM (SELECT account_id FROM {table} WHERE expires_at < $1 LIMIT $2) AS first",
        tx.now,
        most,
    )
    return [row[0] for row in rows]


async def _partner(tx: Tx, sql: str, *values: object) -> Partner | None:
    row = await tx.fetch_row(sql, *values)
    return Partner(**dict(row.items())) if row else None
