"""The SQL statements of the workers: who has to be sorted, and who is in which segment."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from enlist.domain.accounts import Site
from enlist.domain.segments.compiling import compile_passed, compile_rules
from enlist.domain.segments.model import ChangedProfiles, Move, SegmentDefinition, SiteKey, key_of
from enlist.domain.segments.reading import read_rule
from enlist.domain.segments.rule import Rule, follows_time
from enlist.runtime.db import Tx

# For as long as an installation with a hundred million profiles may need, where other statements have ten seconds.
LONGEST_COMPUTATION: Final = timedelta(hours=1)
_FETCHED: Final = 5000

_SETTINGS: Final = (
    "SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true),"
    " set_config('work_mem', '32MB', true), set_config('plan_cache_mode', $1, true)"
)


async def plan_for_all(tx: Tx) -> None:
    """Have the statements of this transaction planned for everybody, whatever the statistics say of fresh tables.

    No loop within a loop; no walk through a whole index either, which would fetch a page for each single row.
    """
    await tx.fetch(f"{_SETTINGS}, set_config('enable_indexscan', 'off', true)", "force_custom_plan")


async def plan_for_some(tx: Tx) -> None:
    """Have the statements of this transaction planned for some thousand profiles, whatever the statistics say.

    That is done once for all: planning over a year of parts takes as long as the statement itself.
    """
    await tx.fetch(_SETTINGS, "force_generic_plan")


# One look into the key for each site: it costs the same however much is noted of them.
_WITH_CHANGES = """
WITH RECURSIVE found AS (
    (SELECT account_id, site_id FROM segment_changes
     WHERE (account_id, site_id) > ($1, $2) ORDER BY account_id, site_id LIMIT 1)
    UNION ALL
    SELECT n.account_id, n.site_id FROM found f CROSS JOIN LATERAL (
        SELECT c.account_id, c.site_id FROM segment_changes c
        WHERE (c.account_id, c.site_id) > (f.account_id, f.site_id) ORDER BY c.account_id, c.site_id LIMIT 1) AS n
)
SELECT account_id, site_id FROM found LIMIT $3
"""


async def sites_with_changes(tx: Tx, after: SiteKey, limit: int) -> list[SiteKey]:
    """List sites in which profiles have to be sorted, in the order of their keys, those behind ``after``."""
    return [SiteKey(*row) for row in await tx.fetch(_WITH_CHANGES, *after, limit)]


async def count_waiting(tx: Tx, most: int) -> int:
    """Count the profiles that wait to be sorted, as noted in the first ``most`` rows."""
    number: int = await tx.fetch_value(
        "SELECT coalesce(sum(cardinality(profile_ids)), 0)::bigint"
        " FROM (SELECT profile_ids FROM segment_changes LIMIT $1) AS first",
        most,
    )
    return number


async def lock_site(tx: Tx, site: SiteKey) -> bool:
    """Take the right to sort a site's profiles; tell whether it was to be had, or another worker is at it."""
    return bool(
        await tx.fetch_value(
            "SELECT true FROM segment_sites WHERE account_id = $1 AND site_id = $2 FOR NO KEY UPDATE SKIP LOCKED", *site
        )
    )


async def drop_idle_changes(tx: Tx, site: SiteKey) -> None:
    """Forget what is noted of a site that never had a segment."""
    await tx.execute(
        "DELETE FROM segment_changes WHERE account_id = $1 AND site_id = $2"
        " AND NOT EXISTS (SELECT 1 FROM segment_sites s WHERE s.account_id = $1 AND s.site_id = $2)",
        *site,
    )


async def lock_segments(tx: Tx, site: SiteKey) -> set[int]:
    """Take the right to change the membership of a site's segments, but for those that others hold; return them."""
    rows = await tx.fetch(
        "SELECT segment_id FROM segment_states WHERE account_id = $1 AND site_id = $2"
        " ORDER BY segment_id FOR NO KEY UPDATE SKIP LOCKED",
        *site,
    )
    return {row["segment_id"] for row in rows}


_DEFINITION = """
SELECT g.account_id, g.site_id, g.id, g.version, t.version = g.version, g.rule, t.followed_until
FROM segments g
JOIN segment_states t ON t.account_id = g.account_id AND t.site_id = g.site_id AND t.segment_id = g.id
"""


def _definition(row: Any) -> SegmentDefinition:
    account_id, site_id, number, version, current, rule, followed_until = row
    return SegmentDefinition(SiteKey(account_id, site_id), number, version, current, read_rule(rule), followed_until)


async def definitions(tx: Tx, site: SiteKey) -> list[SegmentDefinition]:
    """Return all segments of a site."""
    sql = f"{_DEFINITION} WHERE g.account_id = $1 AND g.site_id = $2 ORDER BY g.id"
    return [_definition(row) for row in await tx.fetch(sql, *site)]


_TAKE_CHANGES = """
WITH first AS (
    SELECT id, profile_ids FROM segment_changes
    WHERE account_id = $1 AND site_id = $2 AND (segment_id IS NULL OR segment_id <> ALL($3::integer[]))
    ORDER BY id LIMIT 2000
), counted AS (
    SELECT id, sum(cardinality(profile_ids)) OVER (ORDER BY id) - cardinality(profile_ids) AS before FROM first
)
DELETE FROM segment_changes
WHERE account_id = $1 AND site_id = $2 AND id = ANY(ARRAY(SELECT id FROM counted WHERE before < $4))
RETURNING profile_ids, label, segment_id, noted_at
"""


async def take_changes(tx: Tx, site: SiteKey, busy: Iterable[int], room: int) -> list[ChangedProfiles]:
    """Take the oldest changes of a site, of about ``room`` profiles; leave what concerns only ``busy`` segments."""
    rows = await tx.fetch(_TAKE_CHANGES, *site, list(busy), room)
    return [ChangedProfiles(*row) for row in rows]


async def keep_changes(tx: Tx, site: SiteKey, changes: Iterable[tuple[ChangedProfiles, int]]) -> None:
    """Note changes again, each for one segment only."""
    await tx.many(
        "INSERT INTO segment_changes (account_id, site_id, profile_ids, segment_id, noted_at)"
        " VALUES ($1, $2, $3, $4, $5)",
        [(*site, change.profile_ids, segment_id, change.noted_at) for change, segment_id in changes],
    )


def _sorting(
    rules: Mapping[int, Rule], of_site: SiteKey, now: datetime, profile_ids: Sequence[UUID] | None
) -> tuple[str, list[object]]:
    """Return the statement that makes the membership of segments right, and tells the moves.

    The full join never becomes a loop within a loop, however wrong the planner is about the numbers of rows.
    """
    compiled = compile_rules(rules, of_site, now, profile_ids)
    values = [*compiled.values, *of_site, list(rules), now]
    account, site, numbers, since = (f"${len(values) - back}" for back in (3, 2, 1, 0))
    scope = (
        f"m.account_id = {account}::bigint AND m.site_id = {site}::bigint AND m.segment_id = ANY({numbers}::integer[])"
    )
    if profile_ids is not None:
        values.append(profile_ids)
        scope += f" AND m.profile_id = ANY(${len(values)}::uuid[])"
    sql = f"""
        WITH wanted AS ({compiled.sql}),
        held AS (SELECT m.profile_id, m.segment_id FROM segment_members m WHERE {scope}),
        moves AS MATERIALIZED (
            SELECT profile_id, segment_id, h.profile_id IS NULL AS entered
            FROM wanted w FULL JOIN held h USING (profile_id, segment_id)
            WHERE h.profile_id IS NULL OR w.profile_id IS NULL
        ), entered AS (
            INSERT INTO segment_members (account_id, site_id, profile_id, segment_id, since)
            SELECT {account}::bigint, {site}::bigint, profile_id, segment_id, {since}::timestamptz
            FROM moves WHERE entered
        ), gone AS (
            DELETE FROM segment_members m USING moves v
            WHERE NOT v.entered AND m.profile_id = v.profile_id AND m.segment_id = v.segment_id AND {scope}
        )
        SELECT profile_id, segment_id, entered FROM moves"""  # noqa: S608
    return sql, values


async def sort(
    tx: Tx, site: SiteKey, rules: Mapping[int, Rule], profile_ids: Sequence[UUID], now: datetime
) -> list[Move]:
    """Put some profiles into the segments (rules by number) whose rule they meet, out of the others; tell the moves."""
    sql, values = _sorting(rules, site, now, profile_ids)
    return [Move(profile_id.hex, number, entered) for profile_id, number, entered in await tx.fetch(sql, *values)]


async def sort_all(tx: Tx, site: SiteKey, number: int, rule: Rule, now: datetime) -> AsyncIterator[list[Move]]:
    """Put all profiles of a site into a segment or out of it; tell the moves in portions."""
    sql, values = _sorting({number: rule}, site, now, None)
    async for rows in tx.timeout(LONGEST_COMPUTATION).cursor(sql, *values, portion=_FETCHED):
        yield [Move(profile_id.hex, number, entered) for profile_id, number, entered in rows]


async def count_matching(tx: Tx, site: Site, rule: Rule) -> int:
    """Count the profiles of a site that meet a rule."""
    await plan_for_all(tx)
    compiled = compile_rules({0: rule}, key_of(site), tx.now)
    number: int = await tx.timeout(LONGEST_COMPUTATION).fetch_value(
        f"SELECT count(*) FROM ({compiled.sql}) AS matching",  # noqa: S608
        *compiled.values,
    )
    return number


async def add_members(tx: Tx, site: SiteKey, added: Mapping[int, int]) -> None:
    """Correct the numbers of members of some segments by what was added or, below zero, taken away."""
    await tx.execute(
        "UPDATE segment_states t SET members = t.members + w.added"
        " FROM unnest($3::integer[], $4::bigint[]) AS w (segment_id, added)"
        " WHERE t.account_id = $1 AND t.site_id = $2 AND t.segment_id = w.segment_id",
        *site,
        list(added),
        list(added.values()),
    )


async def uncomputed(tx: Tx, limit: int) -> list[tuple[SiteKey, int]]:
    """List segments (site, number) that have to be computed, those that wait longest first; nothing is locked."""
    rows = await tx.fetch(
        "SELECT t.account_id, t.site_id, t.segment_id FROM segment_states t"
        " JOIN segments g ON g.account_id = t.account_id AND g.site_id = t.site_id AND g.id = t.segment_id"
        " WHERE t.version <> g.version AND coalesce(t.retry_at <= $1, true)"
        " ORDER BY t.computed_at NULLS FIRST, g.created_at LIMIT $2",
        tx.now,
        limit,
    )
    return [(SiteKey(row[0], row[1]), row[2]) for row in rows]


async def claim_uncomputed(tx: Tx, site: SiteKey, number: int) -> SegmentDefinition | None:
    """Take the right to change the membership of a segment if it still has to be computed and nobody else has it."""
    row = await tx.fetch_row(
        f"{_DEFINITION} WHERE t.account_id = $1 AND t.site_id = $2 AND t.segment_id = $3 AND g.account_id = $1"
        " AND t.version <> g.version AND coalesce(t.retry_at <= $4, true) FOR NO KEY UPDATE OF t SKIP LOCKED",
        *site,
        number,
        tx.now,
    )
    return _definition(row) if row else None


async def set_computed(tx: Tx, segment: SegmentDefinition, now: datetime, added: int, took: timedelta) -> None:
    """Note that the membership of a segment was computed as of ``now``."""
    await tx.execute(
        "UPDATE segment_states SET version = $4, members = members + $5, computed_at = $6, took = $7,"
        " follows_time = $8, followed_until = $9, retry_at = NULL, error = ''"
        " WHERE account_id = $1 AND site_id = $2 AND segment_id = $3",
        *segment.site,
        segment.id,
        segment.version,
        added,
        tx.now,
        took,
        follows_time(segment.rule),
        now,
    )


async def set_failed(tx: Tx, segment: SegmentDefinition, error: str, pause: timedelta) -> None:
    """Note that computing a segment failed, and that it is not to be tried again before a ``pause``."""
    await tx.execute(
        "UPDATE segment_states SET retry_at = $4, error = $5"
        " WHERE account_id = $1 AND site_id = $2 AND segment_id = $3",
        *segment.site,
        segment.id,
        tx.now + pause,
        error,
    )


_DELETED = """
SELECT t.account_id, t.site_id, t.segment_id FROM segment_states t
WHERE {which}NOT EXISTS (SELECT 1 FROM segments g
                  WHERE g.account_id = t.account_id AND g.site_id = t.site_id AND g.id = t.segment_id)
"""


async def deleted(tx: Tx, limit: int) -> list[tuple[SiteKey, int]]:
    """List segments (site, number) that were deleted and are not all cleared away yet; nothing is locked."""
    rows = await tx.fetch(f"{_DELETED.format(which='')} LIMIT $1", limit)
    return [(SiteKey(row[0], row[1]), row[2]) for row in rows]


async def claim_deleted(tx: Tx, site: SiteKey, number: int) -> bool:
    """Take a segment that was deleted, to clear it away; tell whether it is still there and nobody else has it."""
    this_one = "t.account_id = $1 AND t.site_id = $2 AND t.segment_id = $3 AND "
    sql = f"{_DELETED.format(which=this_one)} FOR UPDATE OF t SKIP LOCKED"
    return bool(await tx.fetch(sql, *site, number))


async def clear_members(tx: Tx, site: SiteKey, number: int, portion: int) -> list[str]:
    """Take at most ``portion`` profiles out of a deleted segment; return them. Nothing is left of it when none was."""
    rows = await tx.fetch(
        "DELETE FROM segment_members WHERE account_id = $1 AND site_id = $2 AND segment_id = $3"
        " AND profile_id = ANY(ARRAY(SELECT profile_id FROM segment_members"
        "  WHERE account_id = $1 AND site_id = $2 AND segment_id = $3 ORDER BY profile_id LIMIT $4))"
        " RETURNING profile_id",
        *site,
        number,
        portion,
    )
    if not rows:
        await tx.execute(
            "DELETE FROM segment_states WHERE account_id = $1 AND site_id = $2 AND segment_id = $3", *site, number
        )
    return [row["profile_id"].hex for row in rows]


async def following(tx: Tx, before: datetime, limit: int) -> list[int]:
    """List accounts with segments for which the passing of time is dealt with only up to ``before`` or less far."""
    rows = await tx.fetch(
        "SELECT DISTINCT account_id FROM (SELECT account_id FROM segment_states"
        " WHERE follows_time AND followed_until <= $1 ORDER BY followed_until LIMIT $2) AS due",
        before,
        limit,
    )
    return [row[0] for row in rows]


async def claim_following(tx: Tx, account_ids: Sequence[int], before: datetime, room: int) -> list[SegmentDefinition]:
    """Lock such segments of some accounts, those left behind furthest first."""
    rows = await tx.fetch(
        f"{_DEFINITION} WHERE t.account_id = ANY($1::bigint[]) AND g.account_id = ANY($1::bigint[])"
        " AND t.follows_time AND t.followed_until <= $2 AND t.version = g.version"
        " ORDER BY t.followed_until LIMIT $3 FOR NO KEY UPDATE OF t SKIP LOCKED",
        list(account_ids),
        before,
        room,
    )
    return [_definition(row) for row in rows]


async def note_passed(tx: Tx, segment: SegmentDefinition, until: datetime) -> None:
    """Note whom the passing of time up to ``until`` may have moved, and that time is dealt with so far."""
    assert segment.followed_until is not None
    passed = compile_passed(segment.rule, segment.site, segment.followed_until, until)
    if passed is not None:
        values = [*passed.values, *segment.site, segment.id, until]
        account, site, number, now = (f"${len(values) - back}" for back in (3, 2, 1, 0))
        await tx.timeout(LONGEST_COMPUTATION).execute(
            "INSERT INTO segment_changes (account_id, site_id, profile_ids, segment_id, noted_at)"  # noqa: S608
            f" SELECT {account}::bigint, {site}::bigint, array_agg(profile_id), {number}::integer, {now}::timestamptz"
            f" FROM (SELECT profile_id, row_number() OVER () / 400 AS part FROM ({passed.sql}) AS passed) AS parted"
            " GROUP BY part",
            *values,
        )
    await tx.execute(
        "UPDATE segment_states SET followed_until = $4 WHERE account_id = $1 AND site_id = $2 AND segment_id = $3",
        *segment.site,
        segment.id,
        until,
    )
