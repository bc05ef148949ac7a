"""Every SQL statement about groups and memberships."""

from collections.abc import Collection, Iterable, Sequence

import asyncpg

from enlist.domain.groups import count_queries
from enlist.domain.groups.model import Group, Join, KnownMembership, Membership, Origin, State
from enlist.domain.groups.tallying import Tally
from enlist.kit import paging
from enlist.kit.paging import Page
from enlist.runtime.db import Tx, columns, records

_GROUP = "account_id, id, name, title, kind, confirmation, created_at"


def _group(row: asyncpg.Record) -> Group:
    return Group(*row)


async def groups_named(tx: Tx, names: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Group]:
    """Find groups by account and name."""
    rows = await tx.fetch(
        f"SELECT {_GROUP} FROM groups"  # noqa: S608
        " JOIN json_to_recordset($1::json) AS w (account_id bigint, name text) USING (account_id, name)",
        records(("account_id", "name"), names),
    )
    return {(row["account_id"], row["name"]): _group(row) for row in rows}


async def groups_numbered(tx: Tx, account_id: int, numbers: Sequence[int]) -> dict[int, Group]:
    """Find groups of one account by number."""
    rows = await tx.fetch(
        f"SELECT {_GROUP} FROM groups WHERE account_id = $1 AND id = ANY($2::bigint[])",  # noqa: S608
        account_id,
        list(numbers),
    )
    return {row["id"]: _group(row) for row in rows}


async def insert_group(tx: Tx, account_id: int, name: str, title: str, kind: str, confirmation: bool) -> Group | None:
    """Add a group; None if the name is taken."""
    row = await tx.fetch_row(
        "INSERT INTO groups (account_id, name, title, kind, confirmation, created_at)"  # noqa: S608
        f" VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING {_GROUP}",
        account_id,
        name,
        title,
        kind,
        confirmation,
        tx.now,
    )
    return _group(row) if row else None


async def insert_groups(tx: Tx, account_id: int, names: Sequence[str]) -> None:
    """Add ordinary groups that want no confirmation; names that are taken are passed over."""
    # In the order of their names, so that two callers with the same names cannot lock each other out.
    await tx.execute(
        "INSERT INTO groups (account_id, name, title, kind, confirmation, created_at)"
        " SELECT $1, name, name, 'ordinary', false, $3 FROM unnest($2::text[]) AS name ORDER BY name"
        " ON CONFLICT DO NOTHING",
        account_id,
        list(names),
        tx.now,
    )


async def list_(
    tx: Tx, account_id: int, *, auto: bool = False, after: str = "", limit: int = paging.MOST
) -> Page[Group]:
    """List an account's groups in the order in which they were made, with the auto groups if asked for.

    Refuses with BadCursor.
    """
    rows = await tx.fetch(
        f"SELECT {_GROUP} FROM groups WHERE account_id = $1 AND ($2 OR kind <> 'auto') AND id > $3::bigint"  # noqa: S608
        " ORDER BY id LIMIT $4",
        account_id,
        auto,
        paging.read_cursor(after, 0),
        paging.bounded(limit) + 1,
    )
    return paging.cut([_group(row) for row in rows], limit, lambda group: group.id)


async def held_by(tx: Tx, contacts: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[int, KnownMembership]]:
    """Return and lock the memberships of contacts, by (account, contact) and then by group."""
    rows = await tx.fetch(
        "SELECT m.account_id, m.contact_id, m.group_id, m.state, m.activated_at IS NOT NULL AS was_active, m.asked_at"
        " FROM memberships m JOIN unnest($2::bigint[], $3::bigint[]) AS w (account_id, contact_id)"
        " USING (account_id, contact_id) WHERE m.account_id = ANY($1::bigint[])"
        " ORDER BY m.account_id, m.contact_id, m.group_id FOR UPDATE OF m",
        list({account_id for account_id, _ in contacts}),
        *columns(contacts, 2),
    )
    found: dict[tuple[int, int], dict[int, KnownMembership]] = {}
    for account_id, contact_id, group_id, state, was_active, asked_at in rows:
        found.setdefault((account_id, contact_id), {})[group_id] = KnownMembership(state, was_active, asked_at)
    return found


# A revived membership keeps the time at which it first became active; what was said with the new wish replaces what
# was said with the old one. One that is still waiting keeps the time of its subscription.
_JOINED = ("account_id", "contact_id", "group_id", "state", "ask", "tag", "city", "done_url", "ip", "marks")
_JOIN = f"""
WITH counted AS ({count_queries.APPEND.format(changes="$3")})
INSERT INTO memberships AS m (account_id, contact_id, group_id, state, subscribed_at, asked_at, activated_at,
                              tag, city, done_url, ip, marks)
SELECT account_id, contact_id, group_id, state, $2::timestamptz, CASE WHEN ask THEN $2::timestamptz END,
       CASE WHEN state = 'active' THEN $2::timestamptz END, tag, city, done_url, ip, marks
FROM json_to_recordset($1::json)
     AS j (account_id bigint, contact_id bigint, group_id bigint, state text, ask boolean,
           tag text, city text, done_url text, ip text, marks jsonb)
ON CONFLICT (account_id, contact_id, group_id) DO UPDATE SET
    state = excluded.state,
    subscribed_at = CASE WHEN m.state = 'waiting' THEN m.subscribed_at ELSE excluded.subscribed_at END,
    asked_at = coalesce(excluded.asked_at, m.asked_at),
    activated_at = coalesce(m.activated_at, excluded.activated_at),
    left_at = NULL,
    tag = excluded.tag, city = excluded.city, done_url = excluded.done_url, ip = excluded.ip, marks = excluded.marks
"""  # noqa: S608


async def join_or_revive(tx: Tx, joins: Iterable[Join], tally: Tally) -> None:
    """Write memberships: new ones are added, others revived; ``tally`` is what that changes in the counts."""
    rows = ((j.account_id, j.contact_id, j.group_id, j.state, j.ask, *_said(j.origin)) for j in joins)
    await tx.write(_JOIN, records(_JOINED, rows), tx.now, count_queries.as_text(tally))


def _said(origin: Origin) -> tuple[object, ...]:
    return origin.tag, origin.city, origin.done_url, origin.ip, origin.marks


async def confirm(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> list[int]:
    """Make memberships active that wait for it, or that were given up because mail came back; return their groups."""
    rows = await tx.fetch(
        "UPDATE memberships SET state = 'active', activated_at = coalesce(activated_at, $4)"
        " WHERE account_id = $1 AND contact_id = $2 AND group_id = ANY($3::bigint[])"
        " AND state IN ('waiting', 'undeliverable') RETURNING group_id",
        account_id,
        contact_id,
        list(group_ids),
        tx.now,
    )
    return [row["group_id"] for row in rows]


async def places(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> list[tuple[int, str, str]]:
    """Tell (group, state, address after confirming) of some memberships of a contact, in the order of ``group_ids``."""
    rows = await tx.fetch(
        "SELECT group_id, state, done_url FROM memberships"
        " WHERE account_id = $1 AND contact_id = $2 AND group_id = ANY($3::bigint[])"
        " ORDER BY array_position($3::bigint[], group_id)",
        account_id,
        contact_id,
        list(group_ids),
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def leave(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> list[int]:
    """End memberships that wait or are active; return their groups."""
    rows = await tx.fetch(
        "UPDATE memberships SET state = 'left', left_at = $4"
        " WHERE account_id = $1 AND contact_id = $2 AND group_id = ANY($3::bigint[])"
        " AND state IN ('waiting', 'active') RETURNING group_id",
        account_id,
        contact_id,
        list(group_ids),
        tx.now,
    )
    return [row["group_id"] for row in rows]


# Locked in the order in which enrolling locks them, so that the two cannot lock each other out.
_REMOVE = """
WITH found AS (
    SELECT group_id, state FROM memberships
    WHERE account_id = $1 AND contact_id = $2 AND group_id = ANY($3::bigint[])
      AND state NOT IN ('removed', 'undeliverable')
    ORDER BY group_id FOR UPDATE
)
DELETE FROM memberships m USING found
WHERE m.account_id = $1 AND m.contact_id = $2 AND m.group_id = found.group_id
RETURNING m.group_id, found.state
"""


async def remove(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> dict[int, State]:
    """Delete memberships but those that mail systems or the service ended; return by group the states they had."""
    rows = await tx.fetch(_REMOVE, account_id, contact_id, list(group_ids))
    return {row[0]: row[1] for row in rows}


async def insert_waiting(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> list[int]:
    """Add memberships that wait, where there are none; return their groups."""
    rows = await tx.fetch(
        "INSERT INTO memberships (account_id, contact_id, group_id, state, subscribed_at, tag, city, done_url, ip)"
        " SELECT $1, $2, group_id, 'waiting', $4, '', '', '', '' FROM unnest($3::bigint[]) AS group_id"
        " ON CONFLICT DO NOTHING RETURNING group_id",
        account_id,
        contact_id,
        list(group_ids),
        tx.now,
    )
    return [row[0] for row in rows]


async def rejoin(tx: Tx, account_id: int, contact_id: int, group_ids: Sequence[int]) -> list[int]:
    """Take back a leaving: active again who was active before, waiting who was not; return their groups."""
    rows = await tx.fetch(
        "UPDATE memberships SET state = CASE WHEN activated_at IS NULL THEN 'waiting' ELSE 'active' END, left_at = NULL"
        " WHERE account_id = $1 AND contact_id = $2 AND group_id = ANY($3::bigint[]) AND state = 'left'"
        " RETURNING group_id",
        account_id,
        contact_id,
        list(group_ids),
    )
    return [row["group_id"] for row in rows]


async def mark_undeliverable(tx: Tx, places: Sequence[tuple[int, int, int]]) -> None:
    """Note for (account, contact, group) that mail to the address was refused for good, where it still waits."""
    await tx.execute(
        "UPDATE memberships m SET state = 'undeliverable'"
        " FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (account_id, contact_id, group_id)"
        " WHERE (m.account_id, m.contact_id, m.group_id) = (w.account_id, w.contact_id, w.group_id)"
        " AND m.state = 'waiting'",
        *columns(places, 3),
    )


async def memberships_of(tx: Tx, account_id: int, contact_id: int) -> list[Membership]:
    """List a contact's memberships in ordinary groups, the newest subscription first."""
    rows = await tx.fetch(
        "SELECT g.name, g.title, m.state, m.subscribed_at FROM memberships m"
        " JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id AND g.kind <> 'auto'"
        " WHERE m.account_id = $1 AND m.contact_id = $2 ORDER BY m.subscribed_at DESC, m.group_id DESC",
        account_id,
        contact_id,
    )
    return [Membership(*row) for row in rows]


async def waiting_places(tx: Tx, contacts: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[tuple[int, str]]]:
    """Tell by (account, contact) in which groups (number and title) a confirmation is awaited."""
    rows = await tx.fetch(
        "SELECT m.account_id, m.contact_id, g.id, g.title FROM memberships m"
        " JOIN unnest($1::bigint[], $2::bigint[]) AS w (account_id, contact_id) USING (account_id, contact_id)"
        " JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id"
        " WHERE m.state = 'waiting' ORDER BY g.id",
        *columns(contacts, 2),
    )
    found: dict[tuple[int, int], list[tuple[int, str]]] = {}
    for account_id, contact_id, group_id, title in rows:
        found.setdefault((account_id, contact_id), []).append((group_id, title))
    return found


async def count_active(tx: Tx, account_id: int, group_id: int) -> int:
    """Count the active memberships of one group."""
    number: int = await tx.fetch_value(
        "SELECT count(*) FROM memberships WHERE account_id = $1 AND group_id = $2 AND state = 'active'",
        account_id,
        group_id,
    )
    return number


async def count_active_people(tx: Tx, account_id: int) -> int:
    """Count the contacts that are active in at least one group."""
    number: int = await tx.fetch_value(
        "SELECT count(DISTINCT contact_id) FROM memberships WHERE account_id = $1 AND state = 'active'", account_id
    )
    return number


async def set_site_group(tx: Tx, site_id: int, group: Group) -> None:
    """Note which group a site enrols into."""
    await tx.execute(
        "INSERT INTO site_groups (account_id, site_id, group_id) VALUES ($1, $2, $3)"
        " ON CONFLICT (account_id, site_id) DO UPDATE SET group_id = excluded.group_id",
        group.account_id,
        site_id,
        group.id,
    )


async def clear_site_group(tx: Tx, account_id: int, site_id: int) -> None:
    """Note that a site enrols into no group."""
    await tx.execute("DELETE FROM site_groups WHERE account_id = $1 AND site_id = $2", account_id, site_id)


async def groups_of_sites(tx: Tx, sites: Collection[tuple[int, int]]) -> dict[int, Group]:
    """Tell by site the groups that sites, given as (account, site), enrol into."""
    if not sites:
        return {}
    rows = await tx.fetch(
        "SELECT s.site_id, g.account_id, g.id, g.name, g.title, g.kind, g.confirmation, g.created_at FROM site_groups s"
        " JOIN groups g ON g.account_id = s.account_id AND g.id = s.group_id"
        " WHERE s.account_id = ANY($1::bigint[]) AND s.site_id = ANY($2::bigint[])",
        *columns(list(sites), 2),
    )
    return {row[0]: Group(*row[1:]) for row in rows}
