"""Every SQL statement about sites."""

from hashlib import sha256

import asyncpg

from enlist.domain.accounts.model import Site
from enlist.kit import paging
from enlist.kit.paging import Page
from enlist.runtime.db import Tx

_COLUMNS = "account_id, id, name, time_zone"


def _site(row: asyncpg.Record | None) -> Site | None:
    return Site(*row) if row else None


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


async def insert(tx: Tx, account_id: int, name: str, token: str, time_zone: str | None) -> Site | None:
    """Add a site, in the account's zone if no other is named; None if its name or its token is taken."""
    return _site(
        await tx.fetch_row(
            "INSERT INTO sites (account_id, name, token_hash, time_zone, created_at)"  # noqa: S608
            " SELECT id, $2, $3, coalesce($4, time_zone), $5 FROM accounts WHERE id = $1"
            f" ON CONFLICT DO NOTHING RETURNING {_COLUMNS}",
            account_id,
            name,
            _hash(token),
            time_zone,
            tx.now,
        )
    )


async def find(tx: Tx, account_id: int, name: str) -> Site | None:
    """Find a site by its name."""
    return _site(
        await tx.fetch_row(f"SELECT {_COLUMNS} FROM sites WHERE account_id = $1 AND name = $2", account_id, name)  # noqa: S608
    )


async def find_by_token(tx: Tx, token: str) -> Site | None:
    """Find the site of a token; None if its account is disabled."""
    return _site(
        await tx.fetch_row(
            f"SELECT {_COLUMNS} FROM sites s WHERE token_hash = $1"  # noqa: S608
            " AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = s.account_id AND a.disabled_at IS NULL)",
            _hash(token),
        )
    )


async def list_sites(tx: Tx, account_id: int, *, after: str = "", limit: int = paging.MOST) -> Page[Site]:
    """List an account's sites by name. Refuses with BadCursor."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM sites WHERE account_id = $1 AND name > $2 ORDER BY name LIMIT $3",  # noqa: S608
        account_id,
        paging.read_cursor(after, ""),
        paging.bounded(limit) + 1,
    )
    return paging.cut([Site(*row) for row in rows], limit, lambda site: site.name)


async def set_token(tx: Tx, site: Site, token: str) -> bool:
    """Replace a site's token; tell whether the new one was free."""
    try:
        async with tx.savepoint():
            await tx.execute(
                "UPDATE sites SET token_hash = $3 WHERE account_id = $1 AND id = $2",
                site.account_id,
                site.id,
                _hash(token),
            )
    except asyncpg.UniqueViolationError:
        return False
    return True


async def set_time_zone(tx: Tx, site: Site, time_zone: str) -> None:
    """Replace a site's zone."""
    await tx.execute(
        "UPDATE sites SET time_zone = $3 WHERE account_id = $1 AND id = $2", site.account_id, site.id, time_zone
    )


async def knows_zone(tx: Tx, time_zone: str) -> bool:
    """Tell whether PostgreSQL, too, knows a zone by this name, which Python knows."""
    try:
        async with tx.savepoint():
            await tx.fetch_value("SELECT $1::timestamptz AT TIME ZONE $2", tx.now, time_zone)
    except asyncpg.DataError:
        return False
    return True
