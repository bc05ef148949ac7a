"""Every SQL statement about contacts."""

from collections.abc import Collection, Sequence

import asyncpg

from enlist.domain.contacts.model import MOST_TAGS, Contact, KnownContact, Person
from enlist.kit.email import EmailAddress
from enlist.runtime.db import Tx, columns, records

_SAID = ("account_id", "email", "email_key", "name", "phone", "city", "tags")
_COLUMNS = "account_id, id, email, name, phone, city, tags, confirmed_at, created_at"


def _contact(row: asyncpg.Record) -> Contact:
    return Contact(
        account_id=row["account_id"],
        id=row["id"],
        email=row["email"],
        name=row["name"],
        phone=row["phone"],
        city=row["city"],
        tags=tuple(row["tags"]),
        confirmed_at=row["confirmed_at"],
        created_at=row["created_at"],
    )


# Rows are locked in the order of their keys, so that two batches with the same people cannot lock each other out.
# A person known already is locked, too, but written only if there is an empty field to fill; such rows are not
# returned, and `find_all` brings them.
_UPSERT = f"""
INSERT INTO contacts AS c (account_id, email, email_key, name, phone, city, tags, created_at)
SELECT account_id, email, email_key, name, phone, city, tags, $2
FROM json_to_recordset($1::json)
     AS said (account_id bigint, email text, email_key text, name text, phone text, city text, tags text[])
ORDER BY account_id, email_key
ON CONFLICT (account_id, email_key) DO UPDATE SET
    name = CASE WHEN c.name = '' THEN excluded.name ELSE c.name END,
    phone = CASE WHEN c.phone = '' THEN excluded.phone ELSE c.phone END,
    city = CASE WHEN c.city = '' THEN excluded.city ELSE c.city END,
    tags = c.tags || ARRAY(SELECT t FROM unnest(excluded.tags) AS t WHERE t <> ALL (c.tags))
WHERE (c.name = '' AND excluded.name <> '') OR (c.phone = '' AND excluded.phone <> '')
   OR (c.city = '' AND excluded.city <> '')
   OR (NOT excluded.tags <@ c.tags AND cardinality(c.tags) + cardinality(excluded.tags) <= {MOST_TAGS})
RETURNING account_id, email_key, id, confirmed_at IS NOT NULL AS confirmed, xmax = 0 AS new
"""  # noqa: S608


async def upsert(tx: Tx, people: Sequence[tuple[int, Person]]) -> dict[tuple[int, str], KnownContact]:
    """Add people to their accounts or fill empty fields of known ones; return those that were written, by key.

    Each (account, address) may stand in ``people`` once.
    """
    rows = ((account, p.email.address, p.email.key, p.name, p.phone, p.city, p.tags) for account, p in people)
    written = await tx.fetch(_UPSERT, records(_SAID, rows), tx.now)
    return {(row[0], row[1]): KnownContact(row[2], row[4], row[3]) for row in written}


async def find_all(tx: Tx, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], KnownContact]:
    """Find known contacts by account and address key."""
    rows = await tx.fetch(
        "SELECT c.account_id, c.email_key, c.id, c.confirmed_at IS NOT NULL AS confirmed FROM contacts c"
        " JOIN unnest($1::bigint[], $2::text[]) AS w (account_id, email_key) USING (account_id, email_key)",
        *columns(keys, 2),
    )
    return {(row[0], row[1]): KnownContact(row[2], False, row[3]) for row in rows}


async def find(tx: Tx, account_id: int, email: EmailAddress) -> Contact | None:
    """Find the account's contact with this address, in whichever letter case."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM contacts WHERE account_id = $1 AND email_key = $2",  # noqa: S608
        account_id,
        email.key,
    )
    return _contact(row) if row else None


async def get(tx: Tx, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Contact]:
    """Return contacts by (account, number); unknown ones are left out."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM contacts"  # noqa: S608
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, id) USING (account_id, id)",
        *columns(keys, 2),
    )
    return {(row["account_id"], row["id"]): _contact(row) for row in rows}


async def lock(tx: Tx, account_id: int, contact_id: int) -> Contact | None:
    """Find one contact by number; the row stays locked until the end of the transaction."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM contacts WHERE account_id = $1 AND id = $2 FOR NO KEY UPDATE",  # noqa: S608
        account_id,
        contact_id,
    )
    return _contact(row) if row else None


async def lock_by_email(tx: Tx, account_id: int, email_key: str) -> Contact | None:
    """Find one contact by address key; the row stays locked until the end of the transaction."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM contacts WHERE account_id = $1 AND email_key = $2 FOR NO KEY UPDATE",  # noqa: S608
        account_id,
        email_key,
    )
    return _contact(row) if row else None


async def write(tx: Tx, contact: Contact) -> None:
    """Overwrite what the owner may change of a contact."""
    await tx.execute(
        "UPDATE contacts SET name = $3, phone = $4, city = $5, tags = $6 WHERE account_id = $1 AND id = $2",
        contact.account_id,
        contact.id,
        contact.name,
        contact.phone,
        contact.city,
        list(contact.tags),
    )


async def create_without_email(tx: Tx, account_id: int) -> int:
    """Make a contact without an email address, of whom nothing else is known yet; return the number (api-2.0.md §2)."""
    number: int = await tx.fetch_value(
        "WITH counted AS (INSERT INTO contact_count_changes (account_id, total) VALUES ($1, 1))"
        " INSERT INTO contacts (account_id, email, email_key, name, phone, city, tags, created_at)"
        " VALUES ($1, '', NULL, '', '', '', '{}', $2) RETURNING id",
        account_id,
        tx.now,
    )
    return number


async def hold(tx: Tx, keys: Collection[tuple[int, int]]) -> None:
    """Lock contacts by (account, id) until the end of the transaction, in the order in which batches lock them."""
    await tx.fetch(
        "SELECT 1 FROM contacts c JOIN unnest($2::bigint[], $3::bigint[]) AS w (account_id, id) USING (account_id, id)"
        " WHERE c.account_id = ANY($1::bigint[]) ORDER BY c.account_id, c.email_key FOR NO KEY UPDATE OF c",
        list({account_id for account_id, _ in keys}),
        *columns(list(keys), 2),
    )


async def mark_confirmed(tx: Tx, account_id: int, contact_id: int) -> None:
    """Note that the contact has followed a link in a letter; the first time counts."""
    await tx.execute(
        "UPDATE contacts SET confirmed_at = $3 WHERE account_id = $1 AND id = $2 AND confirmed_at IS NULL",
        account_id,
        contact_id,
        tx.now,
    )
