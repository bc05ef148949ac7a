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

_SENT = ("site_id", "profile_id", "label", "article", "tags")

# One statement for the whole batch: keep the actions of profiles that exist, note once per site and label whose
# segments may change by that, and tell which actions have nobody.
_INSERT_ACTIONS = """
WITH sent AS MATERIALIZED (
    SELECT n, site_id, profile_id, label, article, tags, p.profile_id IS NOT NULL AS known
    FROM ROWS FROM (json_to_recordset($1::json)
                    AS (site_id bigint, profile_id uuid, label text, article text, tags text[]))
         WITH ORDINALITY AS s (site_id, profile_id, label, article, tags, n)
    LEFT JOIN profile_facts p USING (site_id, profile_id)
), kept AS (
    INSERT INTO actions (site_id, profile_id, created_at, label, article, tags)
    SELECT site_id, profile_id, $2, label, article, tags FROM sent WHERE known
), noted AS (
    INSERT INTO segment_changes (site_id, profile_ids, label, noted_at)
    SELECT site_id, array_agg(DISTINCT profile_id), label, $2 FROM sent WHERE known GROUP BY site_id, label
)
SELECT n FROM sent WHERE NOT known
"""


async def insert_actions(tx: Tx, actions: Sequence[Action]) -> list[int]:
    """Keep actions and note whom they concern; return the places (from 0) of those whose profile does not exist."""
    rows = ((a.site.id, a.profile_id, a.label, a.article, a.tags) for a in actions)
    nobody = await tx.fetch(_INSERT_ACTIONS, records(_SENT, rows), tx.now)
    return [row["n"] - 1 for row in nobody]


_NOTE_CHANGES = """
INSERT INTO segment_changes (site_id, profile_ids, noted_at)
SELECT site_id, array_agg(DISTINCT profile_id), $3
FROM unnest($1::bigint[], $2::uuid[]) WITH ORDINALITY AS c (site_id, profile_id, n)
GROUP BY site_id, n / 400
"""


async def note_changes(tx: Tx, changes: Sequence[tuple[int, str]]) -> None:
    """Note that profiles (site, profile_id) have changed themselves."""
    await tx.execute(_NOTE_CHANGES, *columns(changes, 2), tx.now)


# Lines of the same site come numbered from its end (nth 0 is the last one), and take the next places of its ring.
_WRITE_DIAGNOSTICS = """
WITH fresh AS (
    SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::integer[], $5::jsonb[])
                  AS f (site_id, nth, reason, times, sent)
), counted AS (
    INSERT INTO action_diagnostic_rings AS r (site_id, written)
    SELECT site_id, count(*) FROM fresh GROUP BY site_id ORDER BY site_id
    ON CONFLICT (site_id) DO UPDATE SET written = r.written + excluded.written
    RETURNING r.site_id, r.written
)
INSERT INTO action_diagnostics AS d (site_id, slot, number, noted_at, reason, times, sent)
SELECT site_id, (written - nth) % $6, written - nth, $7, reason, times, sent FROM fresh JOIN counted USING (site_id)
ON CONFLICT (site_id, slot) DO UPDATE SET
    number = excluded.number, noted_at = excluded.noted_at, reason = excluded.reason, times = excluded.times,
    sent = excluded.sent
"""


async def write_diagnostics(tx: Tx, lines: Sequence[tuple[int, int, str, int, str]], kept: int) -> None:
    """Write lines (site, place from the end, reason, times, JSON of what was sent) into rings of ``kept`` lines."""
    await tx.execute(_WRITE_DIAGNOSTICS, *columns(lines, 5), kept, tx.now)


async def diagnostics(tx: Tx, site: Site, *, limit: int = 100) -> list[Diagnostic]:
    """List the latest lines of a site, the newest first."""
    rows = await tx.fetch(
        "SELECT noted_at, reason, times, sent FROM action_diagnostics WHERE site_id = $1 ORDER BY number DESC LIMIT $2",
        site.id,
        limit,
    )
    return [Diagnostic(row[0], row[1], row[2], msgspec.json.decode(row[3])) for row in rows]


_OF_PROFILE = """
SELECT array(SELECT m.segment_id FROM segment_members m JOIN segments g ON g.site_id = m.site_id AND g.id = m.segment_id
             WHERE m.site_id = $1 AND m.profile_id = p.profile_id ORDER BY m.segment_id)
FROM profile_facts p WHERE p.site_id = $1 AND p.profile_id = $2
"""


async def segments_of(tx: Tx, site_id: int, profile_id: str) -> list[int] | None:
    """List the numbers of a profile's segments, ascending; None if there is no such profile."""
    found: list[int] | None = await tx.fetch_value(_OF_PROFILE, site_id, profile_id)
    return found


_SEGMENT = """
SELECT g.site_id, g.id, g.name, g.rule, CASE WHEN t.version = g.version THEN 'ready' ELSE 'computing' END AS state,
       t.members, t.computed_at, t.took, t.error, g.created_at
FROM segments g JOIN segment_states t ON t.site_id = g.site_id AND t.segment_id = g.id
"""


def _segment(row: asyncpg.Record) -> Segment:
    site_id, number, name, rule, *rest = row
    return Segment(site_id, number, name, read_rule(rule), *rest)


async def next_number(tx: Tx, account_id: int, site_id: int) -> int:
    """Give out the site's next number for a segment."""
    number: int = await tx.fetch_value(
        "INSERT INTO segment_sites AS s (site_id, account_id, last_segment) VALUES ($1, $2, 1)"
        " ON CONFLICT (site_id) DO UPDATE SET last_segment = s.last_segment + 1 RETURNING last_segment",
        site_id,
        account_id,
    )
    return number


async def insert_segment(tx: Tx, site_id: int, number: int, name: str, rule: Rule) -> bool:
    """Add a segment that waits to be computed; tell whether its name was free."""
    added = await tx.execute(
        "INSERT INTO segments (site_id, id, name, rule, created_at) VALUES ($1, $2, $3, $4::jsonb, $5)"
        " ON CONFLICT DO NOTHING",
        site_id,
        number,
        name,
        write_rule(rule),
        tx.now,
    )
    if added:
        await tx.execute(
            "INSERT INTO segment_states (site_id, segment_id, follows_time) VALUES ($1, $2, $3)",
            site_id,
            number,
            follows_time(rule),
        )
    return bool(added)


async def rename_segment(tx: Tx, site_id: int, number: int, name: str) -> bool:
    """Give a segment another name; tell whether there is such a segment. Raises asyncpg.UniqueViolationError."""
    return bool(await tx.execute("UPDATE segments SET name = $3 WHERE site_id = $1 AND id = $2", site_id, number, name))


async def set_rule(tx: Tx, site_id: int, number: int, rule: Rule) -> bool:
    """Give a segment another rule, so that everybody has to be sorted anew; tell whether there is such a segment."""
    return bool(
        await tx.execute(
            "UPDATE segments SET rule = $3::jsonb, version = version + 1 WHERE site_id = $1 AND id = $2",
            site_id,
            number,
            write_rule(rule),
        )
    )


async def delete_segment(tx: Tx, site_id: int, number: int) -> bool:
    """Delete the definition of a segment; its members are cleared away later. Tell whether there was such a segment."""
    return bool(await tx.execute("DELETE FROM segments WHERE site_id = $1 AND id = $2", site_id, number))


async def find_segment(tx: Tx, site_id: int, number: int) -> Segment | None:
    """Find a segment by its number."""
    row = await tx.fetch_row(f"{_SEGMENT} WHERE g.site_id = $1 AND g.id = $2", site_id, number)
    return _segment(row) if row else None


async def list_(tx: Tx, site: Site, *, after: str = "", limit: int = paging.MOST) -> Page[Segment]:
    """List a site's segments by number. Refuses with BadCursor."""
    rows = await tx.fetch(
        f"{_SEGMENT} WHERE g.site_id = $1 AND g.id > $2::bigint ORDER BY g.id LIMIT $3",
        site.id,
        paging.read_cursor(after, 0),
        paging.bounded(limit) + 1,
    )
    return paging.cut([_segment(row) for row in rows], limit, lambda segment: segment.id)


async def list_members(tx: Tx, site_id: int, number: int, after: str, limit: int) -> list[Member]:
    """List at most ``limit`` members of a segment by profile id, starting after the id ``after``."""
    rows = await tx.fetch(
        "SELECT profile_id, since FROM segment_members WHERE site_id = $1 AND segment_id = $2 AND profile_id > $3::uuid"
        " ORDER BY profile_id LIMIT $4",
        site_id,
        number,
        after,
        limit,
    )
    return [Member(row["profile_id"].hex, row["since"]) for row in rows]
