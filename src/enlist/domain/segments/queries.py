"""The SQL statements about actions, diagnostics and the definitions of segments."""

from collections.abc import Sequence

import asyncpg
import msgspec

from enlist.domain.accounts import Site
from enlist.domain.segments.model import Action, Diagnostic, Member, Segment
from enlist.domain.segments.reading import read_rule, write_rule
from enlist.domain.segments.rule import Rule, follows_time
from enlist.kit import paging
from enlist.kit.paging import Page
from enlist.runtime.db import Tx, columns, records

_SENT = ("account_id", "site_id", "profile_id", "label", "article", "tags")

# One statement for the whole batch: keep the actions of profiles that exist, note once per site and label whose
# segments may change by that, and tell which actions have nobody.
_INSERT_ACTIONS = """
WITH sent AS MATERIALIZED (
    SELECT n, s.account_id, s.site_id, s.profile_id, label, article, tags, p.profile_id IS NOT NULL AS known
    FROM ROWS FROM (json_to_recordset($1::json)
                    AS (account_id bigint, site_id bigint, profile_id uuid, label text, article text, tags text[]))
         WITH ORDINALITY AS s (account_id, site_id, profile_id, label, article, tags, n)
    LEFT JOIN profile_facts p ON p.account_id = ANY($3::bigint[])
         AND (p.account_id, p.site_id, p.profile_id) = (s.account_id, s.site_id, s.profile_id)
), kept AS (
    INSERT INTO actions (account_id, site_id, profile_id, created_at, label, article, tags)
    SELECT account_id, site_id, profile_id, $2, label, article, tags FROM sent WHERE known
), noted AS (
    INSERT INTO segment_changes (account_id, site_id, profile_ids, label, noted_at)
    SELECT account_id, site_id, array_agg(DISTINCT profile_id), label, $2
    FROM sent WHERE known GROUP BY account_id, site_id, label
)
SELECT n FROM sent WHERE NOT known
"""


async def insert_actions(tx: Tx, actions: Sequence[Action]) -> list[int]:
    """Keep actions and note whom they concern; return the places (from 0) of those whose profile does not exist."""
    rows = ((a.site.account_id, a.site.id, a.profile_id, a.label, a.article, a.tags) for a in actions)
    owners = list({action.site.account_id for action in actions})
    nobody = await tx.fetch(_INSERT_ACTIONS, records(_SENT, rows), tx.now, owners)
    return [row["n"] - 1 for row in nobody]


_NOTE_CHANGES = """
INSERT INTO segment_changes (account_id, site_id, profile_ids, noted_at)
SELECT account_id, site_id, array_agg(DISTINCT profile_id), $4
FROM unnest($1::bigint[], $2::bigint[], $3::uuid[]) WITH ORDINALITY AS c (account_id, site_id, profile_id, n)
GROUP BY account_id, site_id, n / 400
"""


async def note_changes(tx: Tx, changes: Sequence[tuple[int, int, str]]) -> None:
    """Note that profiles (account, site, profile id) have changed themselves."""
    await tx.execute(_NOTE_CHANGES, *columns(changes, 3), tx.now)


# Lines of the same site come numbered from its end (nth 0 is the last one), and take the next places of its ring.
_WRITE_DIAGNOSTICS = """
WITH fresh AS (
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::integer[], $6::jsonb[])
                  AS f (account_id, site_id, nth, reason, times, sent)
), counted AS (
    INSERT INTO action_diagnostic_rings AS r (account_id, site_id, written)
    SELECT account_id, site_id, count(*) FROM fresh GROUP BY account_id, site_id ORDER BY account_id, site_id
    ON CONFLICT (account_id, site_id) DO UPDATE SET written = r.written + excluded.written
    RETURNING r.account_id, r.site_id, r.written
)
INSERT INTO action_diagnostics AS d (account_id, site_id, slot, number, noted_at, reason, times, sent)
SELECT account_id, site_id, (written - nth) % $7, written - nth, $8, reason, times, sent
FROM fresh JOIN counted USING (account_id, site_id)
ON CONFLICT (account_id, site_id, slot) DO UPDATE SET
    number = excluded.number, noted_at = excluded.noted_at, reason = excluded.reason, times = excluded.times,
    sent = excluded.sent
"""


async def write_diagnostics(tx: Tx, lines: Sequence[tuple[int, int, int, str, int, str]], kept: int) -> None:
    """Write lines (account, site, place from the end, reason, times, JSON of what was sent) into rings of ``kept``."""
    await tx.execute(_WRITE_DIAGNOSTICS, *columns(lines, 6), kept, tx.now)


async def diagnostics(tx: Tx, site: Site, *, limit: int = 100) -> list[Diagnostic]:
    """List the latest lines of a site, the newest first."""
    rows = await tx.fetch(
        "SELECT noted_at, reason, times, sent FROM action_diagnostics WHERE account_id = $1 AND site_id = $2"
        " ORDER BY number DESC LIMIT $3",
        site.account_id,
        site.id,
        limit,
    )
    return [Diagnostic(row[0], row[1], row[2], msgspec.json.decode(row[3])) for row in rows]


_OF_PROFILE = """
SELECT array(SELECT m.segment_id FROM segment_members m
             JOIN segments g ON g.account_id = m.account_id AND g.site_id = m.site_id AND g.id = m.segment_id
             WHERE m.account_id = $1 AND m.site_id = $2 AND m.profile_id = p.profile_id ORDER BY m.segment_id)
FROM profile_facts p WHERE p.account_id = $1 AND p.site_id = $2 AND p.profile_id = $3
"""


async def segments_of(tx: Tx, site: Site, profile_id: str) -> list[int] | None:
    """List the numbers of a profile's segments, ascending; None if there is no such profile."""
    found: list[int] | None = await tx.fetch_value(_OF_PROFILE, site.account_id, site.id, profile_id)
    return found


_SEGMENT = """
SELECT g.site_id, g.id, g.name, g.rule, CASE WHEN t.version = g.version THEN 'ready' ELSE 'computing' END AS state,
       t.members, t.computed_at, t.took, t.error, g.created_at
FROM segments g JOIN segment_states t
    ON t.account_id = g.account_id AND t.site_id = g.site_id AND t.segment_id = g.id
"""


def _segment(row: asyncpg.Record) -> Segment:
    site_id, number, name, rule, *rest = row
    return Segment(site_id, number, name, read_rule(rule), *rest)


async def next_number(tx: Tx, site: Site) -> int:
    """Give out the site's next number for a segment."""
    number: int = await tx.fetch_value(
        "INSERT INTO segment_sites AS s (account_id, site_id, last_segment) VALUES ($1, $2, 1)"
        " ON CONFLICT (account_id, site_id) DO UPDATE SET last_segment = s.last_segment + 1 RETURNING last_segment",
        site.account_id,
        site.id,
    )
    return number


async def insert_segment(tx: Tx, site: Site, number: int, name: str, rule: Rule) -> bool:
    """Add a segment that waits to be computed; tell whether its name was free."""
    added = await tx.execute(
        "INSERT INTO segments (account_id, site_id, id, name, rule, created_at) VALUES ($1, $2, $3, $4, $5::jsonb, $6)"
        " ON CONFLICT DO NOTHING",
        site.account_id,
        site.id,
        number,
        name,
        write_rule(rule),
        tx.now,
    )
    if added:
        await tx.execute(
            "INSERT INTO segment_states (account_id, site_id, segment_id, follows_time) VALUES ($1, $2, $3, $4)",
            site.account_id,
            site.id,
            number,
            follows_time(rule),
        )
    return bool(added)


async def rename_segment(tx: Tx, site: Site, number: int, name: str) -> bool:
    """Give a segment another name; tell whether there is such a segment. Raises asyncpg.UniqueViolationError."""
    return bool(
        await tx.execute(
            "UPDATE segments SET name = $4 WHERE account_id = $1 AND site_id = $2 AND id = $3",
            site.account_id,
            site.id,
            number,
            name,
        )
    )


async def set_rule(tx: Tx, site: Site, number: int, rule: Rule) -> bool:
    """Give a segment another rule, so that everybody has to be sorted anew; tell whether there is such a segment."""
    return bool(
        await tx.execute(
            "UPDATE segments SET rule = $4::jsonb, version = version + 1"
            " WHERE account_id = $1 AND site_id = $2 AND id = $3",
            site.account_id,
            site.id,
            number,
            write_rule(rule),
        )
    )


async def delete_segment(tx: Tx, site: Site, number: int) -> bool:
    """Delete the definition of a segment; its members are cleared away later. Tell whether there was such a segment."""
    return bool(
        await tx.execute(
            "DELETE FROM segments WHERE account_id = $1 AND site_id = $2 AND id = $3", site.account_id, site.id, number
        )
    )


async def find_segment(tx: Tx, site: Site, number: int) -> Segment | None:
    """Find a segment by its number."""
    sql = f"{_SEGMENT} WHERE g.account_id = $1 AND g.site_id = $2 AND g.id = $3"
    row = await tx.fetch_row(sql, site.account_id, site.id, number)
    return _segment(row) if row else None


async def list_(tx: Tx, site: Site, *, after: str = "", limit: int = paging.MOST) -> Page[Segment]:
    """List a site's segments by number. Refuses with BadCursor."""
    rows = await tx.fetch(
        f"{_SEGMENT} WHERE g.account_id = $1 AND g.site_id = $2 AND g.id > $3::bigint ORDER BY g.id LIMIT $4",
        site.account_id,
        site.id,
        paging.read_cursor(after, 0),
        paging.bounded(limit) + 1,
    )
    return paging.cut([_segment(row) for row in rows], limit, lambda segment: segment.id)


async def list_members(tx: Tx, site: Site, number: int, after: str, limit: int) -> list[Member]:
    """List at most ``limit`` members of a segment by profile id, starting after the id ``after``."""
    rows = await tx.fetch(
        "SELECT profile_id, since FROM segment_members WHERE account_id = $1 AND site_id = $2 AND segment_id = $3"
        " AND profile_id > $4::uuid ORDER BY profile_id LIMIT $5",
        site.account_id,
        site.id,
        number,
        after,
        limit,
    )
    return [Member(row["profile_id"].hex, row["since"]) for row in rows]
