"""Every SQL statement about managers."""

from collections.abc import Collection

from enlist.domain.accounts.model import Manager
from enlist.kit import paging
from enlist.kit.paging import Page
from enlist.runtime.db import Tx, columns

_LARGEST = 2**63 - 1


async def insert(tx: Tx, account_id: int, name: str, email: str) -> Manager:
    """Add a manager."""
    row = await tx.fetch_row(
        "INSERT INTO managers (account_id, name, email, created_at) VALUES ($1, $2, $3, $4)"
        " RETURNING account_id, id, name, email",
        account_id,
        name,
        email,
        tx.now,
    )
    assert row is not None
    return Manager(*row)


async def list_managers(tx: Tx, account_id: int, *, after: str = "", limit: int = paging.MOST) -> Page[Manager]:
    """List the account's managers in the order in which they were added. Refuses with BadCursor."""
    rows = await tx.fetch(
        "SELECT account_id, id, name, email FROM managers WHERE account_id = $1 AND id > $2::bigint"
        " ORDER BY id LIMIT $3",
        account_id,
        paging.read_cursor(after, 0),
        paging.bounded(limit) + 1,
    )
    return paging.cut([Manager(*row) for row in rows], limit, lambda manager: manager.id)


async def find_manager(tx: Tx, account_id: int, manager_id: int) -> Manager | None:
    """Find a manager of the account by number, whatever number that is."""
    if not 0 < manager_id <= _LARGEST:
        return None
    row = await tx.fetch_row(
        "SELECT account_id, id, name, email FROM managers WHERE account_id = $1 AND id = $2", account_id, manager_id
    )
    return Manager(*row) if row else None


async def known_managers(tx: Tx, keys: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Tell which managers, by (account, number, whatever number that is), there are."""
    rows = await tx.fetch(
        "SELECT m.account_id, m.id FROM managers m JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, id)"
        " ON m.account_id = w.account_id AND m.id = w.id",
        *columns([key for key in keys if 0 < key[1] <= _LARGEST], 2),
    )
    return {(row[0], row[1]) for row in rows}
