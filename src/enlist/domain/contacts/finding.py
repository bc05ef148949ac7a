"""Finding contacts."""

from collections.abc import Sequence

from enlist.domain.contacts import queries
from enlist.domain.contacts.model import Contact
from enlist.kit.email import EmailAddress
from enlist.runtime.db import Tx


async def find(tx: Tx, account_id: int, email: EmailAddress) -> Contact | None:
    """Find the account's contact with this address, in whichever letter case."""
    return await queries.find(tx, account_id, email.key)


async def get(tx: Tx, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Contact]:
    """Return contacts by (account number, contact number); unknown ones are left out."""
    return await queries.get_all(tx, keys)
