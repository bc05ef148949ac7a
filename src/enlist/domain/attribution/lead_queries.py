"""The SQL statements about contacts: their clicks, what was decided about them, who brought whom."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from enlist.domain.attribution.model import (
    LARGEST_NUMBER,
    BroughtContact,
    Decision,
    Key,
    NewBroughtContact,
    Touch,
    read_marks,
    read_touch,
)
from enlist.runtime.db import Tx, columns, records


async def touches_of(tx: Tx, contacts: Collection[Key]) -> dict[Key, list[Touch]]:
    """Tell by (account, contact) the clicks that are kept; contacts without any are left out."""
    rows = await tx.fetch(
        "SELECT account_id, contact_id, at, source, marks FROM touches"
        " JOIN json_to_recordset($1::json) AS w (account_id bigint, contact_id bigint) USING (account_id, contact_id)",
        records(("account_id", "contact_id"), contacts),
    )
    found: dict[Key, list[Touch]] = {}
    for account_id, contact_id, at, source, marks in rows:
        found.setdefault((account_id, contact_id), []).append(Touch(at, read_marks(marks), source))
    return found


async def add_touches(tx: Tx, touches: Iterable[tuple[Key, Touch]]) -> None:
    """Keep clicks of contacts."""
    rows = [(*key, touch.at, touch.source, touch.marks) for key, touch in touches]
    if rows:
        await tx.write(
            "INSERT INTO touches (account_id, contact_id, at, source, marks)"
            " SELECT account_id, contact_id, at, source, marks FROM json_to_recordset($1::json)"
            " AS t (account_id bigint, contact_id bigint, at timestamptz, source text, marks jsonb)"
            " ORDER BY account_id, contact_id, at, source ON CONFLICT DO NOTHING",
            records(("account_id", "contact_id", "at", "source", "marks"), rows),
        )


async def drop_touches(tx: Tx, touches: Iterable[tuple[Key, Touch]]) -> None:
    """Forget clicks of contacts."""
    rows = [(*key, touch.at, touch.source) for key, touch in touches]
    if rows:
        await tx.execute(
            "DELETE FROM touches t USING unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[])"
            " AS w (account_id, contact_id, at, source)"
            " WHERE (t.account_id, t.contact_id, t.at, t.source) = (w.account_id, w.contact_id, w.at, w.source)",
            *columns(rows, 4),
        )


async def add_lead_decisions(tx: Tx, decisions: Sequence[tuple[Key, Decision]]) -> None:
    """Keep what was decided about contacts."""
    rows = [(*key, decision.partner_id, decision.rule, decision.touch) for key, decision in decisions]
    await tx.write(
        "INSERT INTO lead_decisions (account_id, contact_id, at, partner_id, rule, touch)"
        " SELECT account_id, contact_id, $2::timestamptz, partner_id, rule, touch FROM json_to_recordset($1::json)"
        " AS d (account_id bigint, contact_id bigint, partner_id bigint, rule text, touch jsonb)",
        records(("account_id", "contact_id", "partner_id", "rule", "touch"), rows),
        tx.now,
    )


async def lead_decisions(tx: Tx, account_id: int, contact_id: int, limit: int) -> list[tuple[str, datetime, Decision]]:
    """Tell what was decided about a contact: the partner's login, when, the decision; the latest first."""
    rows = await tx.fetch(
        "SELECT coalesce(p.login, ''), d.at, d.partner_id, d.rule, d.touch FROM lead_decisions d"
        " LEFT JOIN partners p ON p.account_id = d.account_id AND p.id = d.partner_id"
        " WHERE d.account_id = $1 AND d.contact_id = $2 ORDER BY d.id DESC LIMIT $3",
        account_id,
        contact_id,
        limit,
    )
    return [(row[0], row[1], Decision(row[2], row[3], read_touch(row[4]))) for row in rows]


# Rows are locked in the order of their keys, so that two batches cannot lock each other out.
_BRING = """
INSERT INTO partner_contacts (account_id, partner_id, contact_id, at, marks)
SELECT account_id, partner_id, contact_id, at, marks
FROM json_to_recordset($1::json)
     AS c (account_id bigint, partner_id bigint, contact_id bigint, at timestamptz, marks jsonb)
ORDER BY account_id, partner_id, contact_id
ON CONFLICT DO NOTHING
RETURNING account_id, partner_id, contact_id
"""


async def bring(tx: Tx, brought: Collection[NewBroughtContact]) -> set[tuple[int, int, int]]:
    """Note who brought whom; return those (account, partner, contact) of whom it was not known."""
    rows = await tx.fetch(_BRING, records(NewBroughtContact._fields, brought))
    return {(row[0], row[1], row[2]) for row in rows}


async def list_contacts(
    tx: Tx, account_id: int, partner_id: int, *, before: int | None = None, limit: int = 100
) -> list[BroughtContact]:
    """List the contacts that a partner brought, by contact number downwards, those with numbers below ``before``."""
    rows = await tx.fetch(
        "SELECT contact_id, at, marks FROM partner_contacts"
        " WHERE account_id = $1 AND partner_id = $2 AND contact_id < $3 ORDER BY contact_id DESC LIMIT $4",
        account_id,
        partner_id,
        LARGEST_NUMBER if before is None else before,
        limit,
    )
    return [BroughtContact(row[0], row[1], read_marks(row[2])) for row in rows]
