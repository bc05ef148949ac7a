"""The SQL statements about what is credited: clicks of contacts, decisions, contacts brought, orders and their fees."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from enlist.domain.partners.model import BroughtContact, Decision, FeeRow, PartnerSale, Rule, Touch
from enlist.domain.partners.stored import read_marks, read_touch
from enlist.runtime.db import Tx, columns, records

Key = tuple[int, int]


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


class Brought(NamedTuple):
    """A contact for whom a partner is credited."""

    account_id: int
    partner_id: int
    contact_id: int
    at: datetime
    marks: Any


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


async def bring(tx: Tx, brought: Collection[Brought]) -> set[tuple[int, int, int]]:
    """Note who brought whom; return those (account, partner, contact) of whom it was not known."""
    rows = await tx.fetch(_BRING, records(Brought._fields, brought))
    return {(row[0], row[1], row[2]) for row in rows}


class NewSale(NamedTuple):
    """An order about which something was decided."""

    account_id: int
    order_id: int
    contact_id: int
    created_at: datetime
    partner_id: int | None
    second_id: int | None
    rule: Rule
    touch: Touch | None
    money_back: bool


class NewFee(NamedTuple):
    """What one item of an order earns on one level."""

    account_id: int
    order_id: int
    place: int
    level: int
    partner_id: int
    product_id: int
    amount: Decimal


async def insert_sales(tx: Tx, sales: Collection[NewSale], fees: Collection[NewFee]) -> None:
    """Add orders with what they earn."""
    names = ", ".join(NewSale._fields)
    await tx.write(
        f"INSERT INTO sales ({names}) SELECT {names} FROM json_to_recordset($1::json)"  # noqa: S608
        " AS s (account_id bigint, order_id bigint, contact_id bigint, created_at timestamptz, partner_id bigint,"
        " second_id bigint, rule text, touch jsonb, money_back boolean)",
        records(NewSale._fields, sales),
    )
    if fees:
        names = ", ".join(NewFee._fields)
        await tx.write(
            f"INSERT INTO sale_fees ({names}) SELECT {names} FROM json_to_recordset($1::json)"  # noqa: S608
            " AS f (account_id bigint, order_id bigint, place smallint, level smallint, partner_id bigint,"
            " product_id bigint, amount numeric)",
            records(NewFee._fields, fees),
        )


async def fees(tx: Tx, orders: Collection[Key]) -> dict[Key, tuple[FeeRow, ...]]:
    """Tell by (account, order) what partners earn by items, less what was taken back."""
    rows = await tx.fetch(
        "SELECT f.account_id, f.order_id, f.place, f.level, f.partner_id, p.login,"
        " f.amount - coalesce((SELECT sum(l.amount) FROM ledger l WHERE l.kind = 'reversal'"
        "   AND (l.account_id, l.order_id, l.place, l.level) = (f.account_id, f.order_id, f.place, f.level)), 0)"
        " FROM sale_fees f"
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, order_id) USING (account_id, order_id)"
        " JOIN partners p ON p.account_id = f.account_id AND p.id = f.partner_id"
        " ORDER BY f.account_id, f.order_id, f.place, f.level",
        *columns(list(orders), 2),
    )
    found: dict[Key, list[FeeRow]] = {}
    for account_id, order_id, *properties in rows:
        found.setdefault((account_id, order_id), []).append(FeeRow(*properties))
    return {key: tuple(of_order) for key, of_order in found.items()}


async def sale_decision(tx: Tx, account_id: int, order_id: int) -> tuple[str, str, Decision] | None:
    """Tell what was decided about an order: the logins of both levels (empty: nobody), and the decision."""
    row = await tx.fetch_row(
        "SELECT coalesce(p.login, ''), coalesce(r.login, ''), s.partner_id, s.rule, s.touch FROM sales s"
        " LEFT JOIN partners p ON p.account_id = s.account_id AND p.id = s.partner_id"
        " LEFT JOIN partners r ON r.account_id = s.account_id AND r.id = s.second_id"
        " WHERE s.account_id = $1 AND s.order_id = $2",
        account_id,
        order_id,
    )
    return (row[0], row[1], Decision(row[2], row[3], read_touch(row[4]))) if row else None


async def list_contacts(tx: Tx, account_id: int, partner_id: int, before: int, limit: int) -> list[BroughtContact]:
    """List the contacts that a partner brought, by contact number downwards."""
    rows = await tx.fetch(
        "SELECT contact_id, at, marks FROM partner_contacts"
        " WHERE account_id = $1 AND partner_id = $2 AND contact_id < $3 ORDER BY contact_id DESC LIMIT $4",
        account_id,
        partner_id,
        before,
        limit,
    )
    return [BroughtContact(row[0], row[1], read_marks(row[2])) for row in rows]


# Each level has an index of its own, from which the latest are taken; a partner stands on one level of an order only.
_SALES = """
WITH his AS (
    (SELECT 1 AS level, * FROM sales WHERE account_id = $1 AND partner_id = $2 AND order_id < $3
     ORDER BY order_id DESC LIMIT $4)
    UNION ALL
    (SELECT 2 AS level, * FROM sales WHERE account_id = $1 AND second_id = $2 AND order_id < $3
     ORDER BY order_id DESC LIMIT $4)
)
SELECT s.order_id, s.level, s.created_at, s.charged_at,
       ARRAY(SELECT product_id FROM sale_fees f WHERE (f.account_id, f.order_id, f.level) = ($1, s.order_id, s.level)
             ORDER BY place) AS product_ids,
       (SELECT coalesce(sum(amount), 0) FROM sale_fees f
        WHERE (f.account_id, f.order_id, f.level) = ($1, s.order_id, s.level)) AS amount,
       (SELECT coalesce(sum(amount), 0) FROM ledger l WHERE l.kind = 'reversal'
        AND (l.account_id, l.order_id, l.level) = ($1, s.order_id, s.level)) AS reversed,
       CASE WHEN s.level = 1 THEN s.touch -> 'marks' END AS marks
FROM his s ORDER BY s.order_id DESC LIMIT $4
"""


async def list_sales(tx: Tx, account_id: int, partner_id: int, before: int, limit: int) -> list[PartnerSale]:
    """List the orders by which a partner earns, by order number downwards."""
    rows = await tx.fetch(_SALES, account_id, partner_id, before, limit)
    return [
        PartnerSale(row[0], row[1], row[2], row[3], tuple(row[4]), row[5], row[6], read_marks(row[7])) for row in rows
    ]
