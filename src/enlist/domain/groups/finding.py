"""Finding groups and memberships."""

from enlist.domain import contacts
from enlist.domain.groups import queries
from enlist.domain.groups.model import Group, Membership
from enlist.kit.email import EmailAddress
from enlist.runtime.db import Tx


async def find(tx: Tx, account_id: int, name: str) -> Group | None:
    """Find a group of the account by its name, auto groups too."""
    return (await queries.groups_named(tx, [(account_id, name)])).get((account_id, name))


async def list_memberships(tx: Tx, account_id: int, email: EmailAddress) -> list[Membership]:
    """List the groups in which a contact is or was, the newest subscription first; auto groups are left out.

    Refuses with contacts.ContactNotFound. Sources: api-1.0.md §5, readings.md#6 and #10.
    """
    contact = await contacts.find(tx, account_id, email)
    if contact is None:
        raise contacts.ContactNotFound(email=email.address)
    return await queries.memberships_of(tx, account_id, contact.id)
