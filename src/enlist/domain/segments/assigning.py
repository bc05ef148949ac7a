"""Assigning profiles to segments: those that something has happened to are sorted anew within two seconds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from time import monotonic
from typing import Final
from uuid import UUID

from enlist.domain.segments import worker_queries as queries
from enlist.domain.segments.events import ProfileEnteredSegment, ProfileLeftSegment
from enlist.domain.segments.model import ChangedProfiles, Move, SegmentDefinition, SiteKey
from enlist.domain.segments.rule import concerns
from enlist.runtime import events, metrics
from enlist.runtime.db import Database, Tx

_ROOM: Final = 2000  # profiles sorted in one transaction, about
_AT_ONCE: Final = 50  # segments asked for in one statement
_SITES: Final = 500  # looked through in one go
_BEFORE_ALL: Final = SiteKey(0, 0)
_MEASURE_EVERY: Final = 5.0  # seconds
_MOST_COUNTED: Final = 10_000  # rows
_FOLLOWED: Final = 20  # segments for which the passing of time is dealt with in one transaction


class Assigning:
    """Keeps the membership of all segments right as things happen and as time passes; any number of these may run.

    One site is sorted by one worker at a time. A segment whose membership is just being computed as a whole is left
    out; what concerns it is kept for later.
    """

    def __init__(
        self,
        database: Database,
        *,
        follow_every: timedelta = timedelta(seconds=15),
    ) -> None:
        """Prepare to follow the passing of time at that interval."""
        self._database = database
        self._follow_every = follow_every
        self._after = _BEFORE_ALL
        self._measure_at = 0.0

    async def step(self) -> int:
        """Follow the passing of time and sort whoever waits for it, some of each; return how much there was to do."""
        return await self.follow_time() + await self.sort_some()

    async def sort_some(self) -> int:
        """Sort the profiles of each site that wait for it, some thousands per site; return how many there were."""
        async with self._database.reading() as tx:
            await self._measure(tx)
            sites = await queries.sites_with_changes(tx, self._after, _SITES)
        self._after = sites[-1] if len(sites) == _SITES else _BEFORE_ALL
        count = 0
        for site in sites:
            async with self._database.transaction() as tx:
                count += await sort_site(tx, site)
        return count

    async def _measure(self, tx: Tx) -> None:
        """Tell how many profiles wait, now and then; a long queue is not counted to its end."""
        if monotonic() >= self._measure_at:
            self._measure_at = monotonic() + _MEASURE_EVERY
            metrics.waiting.labels("profiles to sort").set(await queries.count_waiting(tx, _MOST_COUNTED))

    async def follow_time(self) -> int:
        """Note who has to be sorted because time passed; return for how many segments that was looked into."""
        async with self._database.transaction() as tx:
            before = tx.now - self._follow_every
            due = await queries.following(tx, before, _FOLLOWED)
            segments = await queries.claim_following(tx, due, before, _FOLLOWED) if due else []
            if segments:
                await queries.plan_for_all(tx)
            for segment in segments:
                await queries.note_passed(tx, segment, tx.now)
        return len(segments)


async def sort_site(tx: Tx, site: SiteKey) -> int:
    """Sort the profiles of a site that have waited longest, unless another worker is at it; return their number."""
    if not await queries.lock_site(tx, site):
        await queries.drop_idle_changes(tx, site)
        return 0
    free = await queries.lock_segments(tx, site)
    segments = await queries.definitions(tx, site)
    busy = [segment for segment in segments if segment.id not in free]
    changes = await queries.take_changes(tx, site, [segment.id for segment in busy], _ROOM)
    if not changes:
        return 0
    await queries.keep_changes(tx, site, _concerning(changes, busy))
    await queries.plan_for_some(tx)
    # A segment that waits to be computed as a whole needs no sorting: its computation will see all this.
    current = {segment.id: segment for segment in segments if segment.id in free and segment.current}
    # Clocks of processes differ: what one has dealt with must not be undone by the slower clock of another.
    seen = [segment.followed_until for segment in current.values() if segment.followed_until]
    now = max([tx.now, *seen, *(change.noted_at for change in changes)])
    for numbers, profile_ids in _grouped(changes, list(current.values())):
        for start in range(0, len(numbers), _AT_ONCE):
            rules = {number: current[number].rule for number in numbers[start : start + _AT_ONCE]}
            moves = await queries.sort(tx, site, rules, profile_ids, now)
            if moves:
                await queries.add_members(tx, site, _balance(moves))
                await announce(tx, site, moves)
    return sum(len(change.profile_ids) for change in changes)


async def announce(tx: Tx, site: SiteKey, moves: Iterable[Move], *, whole: bool = False) -> None:
    """Publish what ``moves`` mean; ``whole`` when everybody was sorted."""
    await events.publish(
        tx,
        [
            (ProfileEnteredSegment if move.entered else ProfileLeftSegment)(
                owner_id=site.account_id,
                site_id=site.id,
                profile_id=move.profile_id,
                segment_id=move.segment_id,
                whole=whole,
            )
            for move in moves
        ],
    )


def _concerning(
    changes: Iterable[ChangedProfiles], segments: Sequence[SegmentDefinition]
) -> list[tuple[ChangedProfiles, int]]:
    return [
        (change, segment.id)
        for change in changes
        if change.segment_id is None
        for segment in segments
        if concerns(segment.rule, change.label)
    ]


def _grouped(
    changes: Iterable[ChangedProfiles], segments: Sequence[SegmentDefinition]
) -> list[tuple[list[int], list[UUID]]]:
    """Group the profiles by the segments that they have to be sorted for, so that each group is one statement."""
    numbers: dict[tuple[str | None, int | None], frozenset[int]] = {}
    wanted: dict[UUID, frozenset[int]] = {}
    for change in changes:
        key = change.label, change.segment_id
        if key not in numbers:
            numbers[key] = frozenset(
                segment.id
                for segment in segments
                if (
                    concerns(segment.rule, change.label)
                    if change.segment_id is None
                    else segment.id == change.segment_id
                )
            )
        for profile_id in change.profile_ids:
            known = wanted.get(profile_id)
            wanted[profile_id] = numbers[key] if known is None else known | numbers[key]
    parts: Mapping[frozenset[int], list[UUID]] = defaultdict(list)
    for profile_id, chosen in wanted.items():
        if chosen:
            parts[chosen].append(profile_id)
    return [(sorted(chosen), profile_ids) for chosen, profile_ids in parts.items()]


def _balance(moves: Iterable[Move]) -> Counter[int]:
    balance: Counter[int] = Counter()
    for move in moves:
        balance[move.segment_id] += 1 if move.entered else -1
    return balance
