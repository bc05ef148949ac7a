"""The compiled rule finds exactly those whom the plain reading of the rule finds."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from enlist.domain.accounts import Site
from enlist.domain.segments import worker_queries
from enlist.domain.segments.compiling import born_by, compile_passed, compile_rules
from enlist.domain.segments.matching import DoneAction, HeldSubscription, Known, age, matches
from enlist.domain.segments.reading import read_rule, write_rule
from enlist.domain.segments.rule import (
    Acted, Age, And, ChannelState, City, Country, Created, Gender, Not, Or, Region, Rule, Span, Subscribed, TimeZone,
)  # fmt: skip
from enlist.runtime.db import Database
from tests.domain.segments.world import NOW, a_site, add_people

HOSTILE = ["it's", "a,b", "{x}", '"q"', "$1", "%s", "\\", "Ж", "x' OR true --", "NULL", ""]
LABELS = ["login", "buy", "it's"]
TAGS = ["1", "2", "a,b", '"q"', "NULL"]
ARTICLES = ["", "{x}", "item"]
COUNTRIES = ["", "RU", "KZ"]
REGIONS = ["", "x' OR true --", "$1"]
ZONES = ["Europe/Moscow", "Asia/Almaty"]
GENDERS = ["", "m", "Ж"]
MARKS = ["", "ch-direct", "\\"]
CHANNELS = ["email", "sms", "push"]

# Instants at and beside the edges of the spans that the rules below use.
SPANS = [Span(hours=1), Span(days=1), Span(days=30), Span(days=1, hours=1)]
_EDGES = [NOW - span.length for span in SPANS]
INSTANTS = sorted({NOW, *(edge + timedelta(seconds=off) for edge in _EDGES for off in (-1, 0, 1))})
BIRTHDAYS = [date(2000, 11, 21), date(2000, 11, 22), date(2000, 11, 20), date(1996, 2, 29), date(1950, 1, 1)]


def some(texts: Sequence[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from([*texts, *HOSTILE[:2]]), min_size=least, max_size=3, unique=True).map(tuple)


spans = st.none() | st.sampled_from(SPANS)
instants = st.none() | st.sampled_from(INSTANTS)
times = st.none() | st.integers(1, 3)


@st.composite
def acted(draw: st.DrawFn) -> Rule:
    least = draw(times)
    most = draw(st.none() | st.integers(least or 0, 3))
    return Acted(labels=draw(some(LABELS)), tags=draw(some(TAGS)), articles=draw(some(ARTICLES)), at_least=least,
                 at_most=most, within=draw(spans))  # fmt: skip


@st.composite
def aged(draw: st.DrawFn) -> Rule:
    least = draw(st.none() | st.sampled_from([0, 25, 26, 27]))
    most = draw(st.sampled_from([26, 27, 76]) if least is None else st.none() | st.just(least + 1))
    return Age(at_least=least, at_most=most)


conditions: st.SearchStrategy[Rule] = st.one_of(
    acted(),
    acted(),
    aged(),
    st.builds(Country, any_of=st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=2).map(tuple)),
    st.builds(Region, any_of=some(REGIONS, 1)),
    st.builds(City, any_of=some(REGIONS, 1)),
    st.builds(TimeZone, any_of=some(ZONES, 1)),
    st.builds(Gender, any_of=some(GENDERS, 1)),
    st.builds(ChannelState, channel=st.sampled_from(CHANNELS), state=st.sampled_from(["active", "inactive", "none"])),
    st.builds(Created, after=instants, before=instants, within=st.sampled_from(SPANS)),
    st.builds(
        Subscribed, channel=st.none() | st.sampled_from(CHANNELS), active=st.none() | st.booleans(),
        refid=some(MARKS), refidm=some(MARKS), utm_source=some(MARKS), utm_medium=some(MARKS), utm_campaign=some(MARKS),
        after=instants, before=instants, within=spans,
    ),  # fmt: skip
)
rules = st.recursive(
    conditions,
    lambda inner: (
        st.builds(And, rules=st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Or, rules=st.lists(inner, min_size=1, max_size=3).map(tuple))
        | st.builds(Not, rule=inner)
    ),
    max_leaves=6,
)
actions = st.builds(
    DoneAction, label=st.sampled_from(LABELS), tags=st.lists(st.sampled_from(TAGS), max_size=3, unique=True),
    article=st.sampled_from(ARTICLES), created_at=st.sampled_from(INSTANTS),
)  # fmt: skip
subscriptions = st.builds(
    HeldSubscription, channel=st.sampled_from(CHANNELS), active=st.booleans(), created_at=st.sampled_from(INSTANTS),
    refid=st.sampled_from(MARKS), refidm=st.sampled_from(MARKS), utm_source=st.sampled_from(MARKS),
    utm_medium=st.sampled_from(MARKS), utm_campaign=st.sampled_from(MARKS),
)  # fmt: skip
people = st.builds(
    Known, created_at=st.sampled_from(INSTANTS), country=st.sampled_from(COUNTRIES), region=st.sampled_from(REGIONS),
    city=st.sampled_from(REGIONS), time_zone=st.sampled_from(ZONES), gender=st.sampled_from(GENDERS),
    born_on=st.none() | st.sampled_from(BIRTHDAYS), subscriptions=st.lists(subscriptions, max_size=2),
    actions=st.lists(actions, max_size=4),
)  # fmt: skip


class Undo(Exception):
    """Raised to roll a transaction back."""


async def site_of(database: Database, known: list[Site]) -> Site:
    if not known:
        known.append(await a_site(database))
    return known[0]


sites: list[Site] = []


@given(st.lists(people, min_size=1, max_size=4), st.lists(rules, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_finds_whom_the_plain_reading_finds(database: Database, them: list[Known], asked: list[Rule]) -> None:
    site = await site_of(database, sites)
    with pytest.raises(Undo):
        async with database.transaction() as tx:
            juids = await add_people(tx, site, them)
            strangers = await add_people(tx, Site(site.account_id, site.id + 1_000_000, "", "UTC"), them) if 0 else []
            expected = {
                (juid, number)
                for juid, known in zip(juids, them, strict=True)
                for number, rule in enumerate(asked)
                if matches(rule, known, NOW)
            }
            for only in (None, [*juids, *strangers]):
                compiled = compile_rules(dict(enumerate(asked)), site.id, NOW, only)
                rows = await tx.fetch(compiled.sql, *compiled.values)
                found = [(row["juid"].hex, row["segment_id"]) for row in rows]
                assert len(found) == len(set(found))
                assert set(found) == expected
            # As a worker does it: membership becomes right from whatever it was.
            await worker_queries.plan_for_sets(tx)
            for rule_set in (dict.fromkeys(range(len(asked)), asked[0]), dict(enumerate(asked))):
                await worker_queries.sort(tx, site.id, rule_set, juids, NOW)  # type: ignore[arg-type]
            held = await tx.fetch("SELECT juid, segment_id FROM segment_members WHERE site_id = $1", site.id)
            assert {(row["juid"].hex, row["segment_id"]) for row in held} == expected
            raise Undo


@given(st.lists(people, min_size=1, max_size=4), rules, st.sampled_from([1, 3600, 86400, 86400 * 30, 86400 * 366]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([Known(created_at=NOW, born_on=date(2000, 11, 22))], Age(at_least=26), 86400)
async def test_whoever_is_moved_by_time_alone_is_noticed(
    database: Database, them: list[Known], rule: Rule, seconds: int
) -> None:
    site = await site_of(database, sites)
    later = NOW + timedelta(seconds=seconds)
    with pytest.raises(Undo):
        async with database.transaction() as tx:
            juids = await add_people(tx, site, them)
            moved = {
                juid
                for juid, known in zip(juids, them, strict=True)
                if matches(rule, known, NOW) != matches(rule, known, later)
            }
            passed = compile_passed(rule, site.id, NOW, later)
            noticed = await tx.fetch(passed.sql, *passed.values) if passed else []
            assert moved <= {row["juid"].hex for row in noticed}
            raise Undo


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(1950, 1, 1), date(2099, 12, 31)), st.integers(0, 50))
def test_who_is_born_by_that_day_has_that_age(born_on: date, today: date, years: int) -> None:
    assert (born_on <= born_by(today, years)) == (age(born_on, today) >= years)


@given(rules)
def test_a_rule_survives_being_written(rule: Rule) -> None:
    assert read_rule(write_rule(rule)) == rule


def test_no_value_stands_in_the_text() -> None:
    rule = And(rules=(Region(any_of=("' OR true --",)), Acted(labels=("drop",), tags=("table",))))
    compiled = compile_rules({1: rule}, 1, datetime(2026, 1, 1, tzinfo=UTC))
    assert not any(word in compiled.sql for word in ("OR true", "drop", "table"))
    assert msgspec.json.encode([str(value) for value in compiled.values]).count(b"drop") == 1
