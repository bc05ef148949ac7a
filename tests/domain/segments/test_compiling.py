"""The compiled rule finds exactly those whom the plain reading of the rule finds."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enlist.domain.accounts import Site
from enlist.domain.segments import worker_queries
from enlist.domain.segments.compiling import born_by, compile_passed, compile_rules
from enlist.domain.segments.matching import Known, age, matches
from enlist.domain.segments.model import SiteKey, key_of
from enlist.domain.segments.reading import read_rule, write_rule
from enlist.domain.segments.rule import Acted, And, Region, Rule
from enlist.runtime.db import Tx
from tests.domain.segments.helpers import NOW, a_site, add_people
from tests.domain.segments.strategies import KINDS, a_crowd, people, rules
from tests.support.world import World


class Undo(Exception):
    """Raised to roll a transaction back."""


class Crowd(NamedTuple):
    """Some hundred people of a site, made up once; rules are made up anew for each example."""

    site: Site
    people: dict[str, Known]

    def who(self, rule: Rule, now: datetime) -> set[str]:
        return {profile_id for profile_id, known in self.people.items() if matches(rule, known, now)}


@pytest.fixture(scope="module")
async def crowd(world: World) -> Crowd:
    site, them = await a_site(world), a_crowd(300)
    profile_ids = await world.do(add_people, site, them)
    async with world.transaction() as tx:  # strangers, who must never be found
        await add_people(tx, await a_site(world), them[:20])
    return Crowd(site, dict(zip(profile_ids, them, strict=True)))


@given(st.lists(rules, min_size=1, max_size=4))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_finds_whom_the_plain_reading_finds(world: World, crowd: Crowd, asked: list[Rule]) -> None:
    expected = {(profile_id, number) for number, rule in enumerate(asked) for profile_id in crowd.who(rule, NOW)}
    few = list(crowd.people)[::7]
    async with world.reading() as tx:
        for only in (None, few):
            compiled = compile_rules(dict(enumerate(asked)), key_of(crowd.site), NOW, only)
            found = [(row[0].hex, row[1]) for row in await tx.fetch(compiled.sql, *compiled.values)]
            assert len(found) == len(set(found))
            assert set(found) == {one for one in expected if only is None or one[0] in only}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_each_kind_of_condition_alone_does(world: World, crowd: Crowd, kind: str, data: st.DataObject) -> None:
    rule = data.draw(KINDS[kind])
    async with world.reading() as tx:
        compiled = compile_rules({1: rule}, key_of(crowd.site), NOW)
        found = {row[0].hex for row in await tx.fetch(compiled.sql, *compiled.values)}
    assert found == crowd.who(rule, NOW)


@given(rules, st.sampled_from([1, 2, 3600, 86400, 86400 * 30, 86400 * 366]), st.sampled_from([0, 1, 3600, 43200]))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whoever_is_moved_by_time_alone_is_noticed(
    world: World, crowd: Crowd, rule: Rule, seconds: int, after: int
) -> None:
    since = NOW + timedelta(seconds=after)
    until = since + timedelta(seconds=seconds)
    moved = crowd.who(rule, since) ^ crowd.who(rule, until)
    passed = compile_passed(rule, key_of(crowd.site), since, until)
    assert not moved or passed is not None
    if passed is not None:
        async with world.reading() as tx:
            assert moved <= {row[0].hex for row in await tx.fetch(passed.sql, *passed.values)}


@pytest.mark.parametrize("kind", ["action", "age", "created", "subscription"])
@given(data=st.data(), seconds=st.sampled_from([1, 2, 86400]), after=st.sampled_from([0, 1, 43200]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_time_is_noticed_for_each_kind_of_condition(
    world: World, crowd: Crowd, kind: str, data: st.DataObject, seconds: int, after: int
) -> None:
    rule = data.draw(KINDS[kind])
    since = NOW + timedelta(seconds=after)
    until = since + timedelta(seconds=seconds)
    moved = crowd.who(rule, since) ^ crowd.who(rule, until)
    passed = compile_passed(rule, key_of(crowd.site), since, until)
    assert not moved or passed is not None
    if passed is not None:
        async with world.reading() as tx:
            assert moved <= {row[0].hex for row in await tx.fetch(passed.sql, *passed.values)}


@given(st.lists(people, min_size=1, max_size=4), st.lists(rules, min_size=2, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_membership_becomes_right_from_whatever_it_was(
    world: World, crowd: Crowd, them: list[Known], asked: list[Rule]
) -> None:
    wanted = dict(enumerate(asked))
    with pytest.raises(Undo):
        async with world.transaction() as tx:
            known = dict(zip(await add_people(tx, crowd.site, them), them, strict=True))
            await worker_queries.plan_for_some(tx)
            profile_ids = [UUID(profile_id) for profile_id in known]
            await worker_queries.sort(tx, key_of(crowd.site), dict.fromkeys(wanted, asked[0]), profile_ids, NOW)
            before = await _held(tx)
            moves = await worker_queries.sort(tx, key_of(crowd.site), wanted, profile_ids, NOW)
            after = await _held(tx)
            assert after == {
                (j, n) for j, one in known.items() for n, rule in wanted.items() if matches(rule, one, NOW)
            }
            assert {(move.profile_id, move.segment_id) for move in moves if move.entered} == after - before
            assert {(move.profile_id, move.segment_id) for move in moves if not move.entered} == before - after
            raise Undo


async def _held(tx: Tx) -> set[tuple[str, int]]:
    return {(row[0].hex, row[1]) for row in await tx.fetch("SELECT profile_id, segment_id FROM segment_members")}


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.integers(0, 50)
)
def test_who_is_born_by_that_day_has_that_age(born_on: date, today: date, years: int) -> None:
    assert (born_on <= born_by(today, years)) == (age(born_on, today) >= years)


@given(rules)
def test_a_rule_survives_being_written(rule: Rule) -> None:
    assert read_rule(write_rule(rule)) == rule


def test_no_value_stands_in_the_text() -> None:
    rule = And(rules=(Region(any_of=("' OR true --",)), Acted(labels=("drop",), tags=("table",))))
    compiled = compile_rules({1: rule}, SiteKey(1, 1), datetime(2026, 1, 1, tzinfo=UTC))
    assert not any(word in compiled.sql for word in ("OR true", "drop", "table"))
    assert msgspec.json.encode([str(value) for value in compiled.values]).count(b"drop") == 1
