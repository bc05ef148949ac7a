"""Every SQL statement about cards and their history."""

from collections.abc import Iterable, Sequence

import asyncpg
import msgspec

from enlist.domain.contacts.cards import Address, Card, Change, Difference
from enlist.runtime.actors import read_actor
from enlist.runtime.db import Tx, columns, records

_COLUMNS = "middle_name, last_name, utc_offset, description, manager_id, shipping, billing, social"


def _card(row: asyncpg.Record) -> Card:
    return Card(
        middle_name=row["middle_name"],
        last_name=row["last_name"],
        utc_offset=row["utc_offset"],
        description=row["description"],
        manager_id=row["manager_id"],
        shipping=msgspec.json.decode(row["shipping"], type=Address),
        billing=msgspec.json.decode(row["billing"], type=Address),
        social=msgspec.json.decode(row["social"], type=dict[str, str]),
    )


async def card(tx: Tx, account_id: int, contact_id: int) -> Card:
    """Return the card of a contact; an empty one if nothing was written on it."""
    row = await tx.fetch_row(
        f"SELECT {_COLUMNS} FROM contact_cards WHERE account_id = $1 AND contact_id = $2",  # noqa: S608
        account_id,
        contact_id,
    )
    return _card(row) if row else Card()


async def write(tx: Tx, account_id: int, contact_id: int, card: Card) -> None:
    """Write the whole card of a contact, be it new or not."""
    await tx.execute(
        f"INSERT INTO contact_cards (account_id, contact_id, {_COLUMNS})"  # noqa: S608
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (account_id, contact_id) DO UPDATE SET"
        " middle_name = excluded.middle_name, last_name = excluded.last_name, utc_offset = excluded.utc_offset,"
        " description = excluded.description, manager_id = excluded.manager_id, shipping = excluded.shipping,"
        " billing = excluded.billing, social = excluded.social",
        account_id,
        contact_id,
        card.middle_name,
        card.last_name,
        card.utc_offset,
        card.description,
        card.manager_id,
        *(msgspec.json.encode(part).decode() for part in (card.shipping, card.billing, card.social)),
    )


_FILLED = ("account_id", "contact_id", "last_name", "middle_name")
_FILL = """
INSERT INTO contact_cards AS c (account_id, contact_id, last_name, middle_name)
SELECT account_id, contact_id, last_name, middle_name
FROM json_to_recordset($1::json) AS said (account_id bigint, contact_id bigint, last_name text, middle_name text)
ORDER BY account_id, contact_id
ON CONFLICT (account_id, contact_id) DO UPDATE SET
    last_name = CASE WHEN c.last_name = '' THEN excluded.last_name ELSE c.last_name END,
    middle_name = CASE WHEN c.middle_name = '' THEN excluded.middle_name ELSE c.middle_name END
WHERE (c.last_name = '' AND excluded.last_name <> '') OR (c.middle_name = '' AND excluded.middle_name <> '')
"""


async def fill_names(tx: Tx, rows: Iterable[Sequence[object]]) -> None:
    """Fill empty names of cards from (account, contact, last name, middle name); each contact may stand there once."""
    await tx.write(_FILL, records(_FILLED, rows))


async def insert_changes(tx: Tx, account_id: int, contact_id: int, differences: Sequence[Difference]) -> None:
    """Add lines to the history of a contact."""
    await tx.execute(
        "INSERT INTO contact_changes (account_id, contact_id, at, actor, actor_kind, actor_id, field, before, after)"
        " SELECT $1, $2, $3, $4, $5, $6, * FROM unnest($7::text[], $8::text[], $9::text[])",
        account_id,
        contact_id,
        tx.now,
        tx.actor.old_word,
        tx.actor.kind,
        tx.actor.id,
        *columns(differences, 3),
    )


async def history(
    tx: Tx, account_id: int, contact_id: int, *, limit: int = 100, before: int | None = None
) -> list[Change]:
    """List a contact's history, the newest first: at most ``limit`` lines, those older than the line ``before``."""
    rows = await tx.fetch(
        "SELECT id, at, actor_kind, actor_id, actor, field, before, after FROM contact_changes"
        " WHERE account_id = $1 AND contact_id = $2 AND ($4::bigint IS NULL OR id < $4) ORDER BY id DESC LIMIT $3",
        account_id,
        contact_id,
        limit,
        before,
    )
    return [Change(row[0], row[1], read_actor(*row[2:5]), *row[5:]) for row in rows]
