"""Keeping an account's managers: who of its people looks after contacts and orders."""

from enlist.domain.accounts import manager_queries as queries
from enlist.domain.accounts.model import Manager, check_manager
from enlist.runtime.db import Tx


async def create_manager(tx: Tx, account_id: int, name: str, *, email: str = "") -> Manager:
    """Note a manager by his ``name`` and surname, with or without an ``email``. Refuses with BadAccount."""
    name, email = name.strip(), email.strip()
    check_manager(name, email)
    return await queries.insert(tx, account_id, name, email)


async def list_managers(tx: Tx, account_id: int) -> list[Manager]:
    """List the account's managers in the order of their making."""
    return await queries.list_all(tx, account_id)


async def find_manager(tx: Tx, account_id: int, manager_id: int) -> Manager | None:
    """Find a manager of the account by his number."""
    return await queries.find(tx, account_id, manager_id)
